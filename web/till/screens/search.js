// @ts-check
/** One field for goods and people: name, code, phone or card. Scans do not need it. */
import { Icon, amount, html, signal, t, till, useRef } from "./ui.js";
import { act } from "./act.js";
import { high } from "./sound.js";
import { TierBadge } from "./customer.js";
import { half, open, times } from "./view.js";

/** What stands in the field, and what is searched for: a little later, so that a scanner's burst of keys searches nothing. */
export const text = signal("");
export const query = signal("");
const SETTLE_MS = 60;
const LOOK_UP_MS = 300;
let settling = 0;

function searchFor(value) {
  clearTimeout(settling);
  if (value.trim()) settling = setTimeout(() => void (query.value = value), SETTLE_MS);
  else query.value = "";
}

const marked = signal(-1);
const remote = signal(/** @type {{text: string, accounts: any[]}} */ ({ text: "", accounts: [] }));

export function clearSearch() {
  text.value = "";
  marked.value = -1;
  searchFor("");
}

/** Goods and people that fit, people first where the text looks like a phone. */
function found(wanted) {
  if (wanted.trim().length < 2) return [];
  const local = till.search(wanted.trim());
  const known = new Set(local.accounts.map((account) => account.id));
  const others = remote.value.text === wanted ? remote.value.accounts.filter((account) => !known.has(account.id)) : [];
  const people = [...local.accounts, ...others].slice(0, 12).map((account) => ({ kind: "account", id: account.id, account }));
  const goods = local.products.slice(0, 40).map((product) => ({ kind: "product", id: product.seq, product }));
  return /^\+?\d{3,}$/.test(wanted.trim()) ? [...people, ...goods] : [...goods, ...people];
}

/** Adds goods once or as often as `6*` said; what is weighed asks for its weight. */
export async function addGoods(product, entry) {
  if (product.unit === "kg") return open("weight", { product, entry });
  const count = times.value;
  times.value = 1;
  await act(() => till.addProduct(product.seq, count * 1000, entry));
  high();
  return undefined;
}

export async function choose(entry) {
  clearSearch();
  half.value = "basket";
  if (entry.kind === "account") await act(() => till.attachAccount(entry.id));
  else await addGoods(entry.product, "search");
}

async function enter() {
  const wanted = text.value.trim();
  if (!wanted) return;
  clearTimeout(settling);
  query.value = text.value;
  const results = found(text.value);
  const pick = marked.value >= 0 ? results[marked.value] : null;
  if (pick) return void (await choose(pick));
  if (/^\d{8,}$/.test(wanted) || !results.length) {
    clearSearch();
    await act(() => till.scan(wanted));
    return;
  }
  await choose(results[0]);
}

let asked = 0;
let asking = 0;

/** People the till does not hold, by the last digits of their phone; asked for once the typing rests, never during a scan. */
function lookUp(value) {
  clearTimeout(asking);
  const mine = ++asked;
  if (!/^\+?\d{4,12}$/.test(value.trim())) return;
  asking = setTimeout(async () => {
    const accounts = await till.lookupAccounts(value.trim()).catch(() => []);
    if (mine === asked) remote.value = { text: value, accounts };
  }, LOOK_UP_MS);
}

function type(value) {
  const many = /^(\d{1,3})\*(.*)$/.exec(value);
  if (many && Number(many[1]) > 0) {
    times.value = Number(many[1]);
    value = many[2];
  }
  text.value = value;
  marked.value = -1;
  searchFor(value);
  lookUp(value);
}

export function Search() {
  const results = found(query.value);
  const field = useRef(null);
  const key = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      marked.value = Math.max(-1, Math.min(results.length - 1, marked.value + step));
      document.getElementById(`found-${marked.value}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      void enter();
    } else if (event.key === "Escape" && text.value) {
      event.preventDefault();
      event.stopPropagation();
      clearSearch();
    }
  };
  return html`<div class="search" role="search">
    <${Icon} name="search" />
    ${times.value > 1 && html`<span class="times">${times.value} ×</span>`}
    <input ref=${field} id="search" type="search" role="combobox" aria-label=${t("search.label")} aria-autocomplete="list" aria-expanded=${results.length > 0}
      aria-controls="found" aria-activedescendant=${marked.value >= 0 ? `found-${marked.value}` : undefined} placeholder=${t("search.placeholder")}
      autocomplete="off" spellcheck=${false} enterkeyhint="search" aria-keyshortcuts="F2" value=${text.value}
      onInput=${(event) => type(event.currentTarget.value)} onKeyDown=${key} />
    <kbd aria-hidden="true">F2</kbd>
    <button type="button" class="icon-button" aria-label=${t("search.clear")} hidden=${!text.value && times.value === 1}
      onClick=${() => { clearSearch(); times.value = 1; /** @type {any} */ (field.current)?.focus(); }}><${Icon} name="x" /></button>
  </div>`;
}

/** The one list of goods and people; it lies where the tiles are. */
export function Found() {
  const results = found(query.value);
  return html`<ul class="found" id="found" role="listbox" aria-label=${t("search.results")}>
    ${results.map((entry, at) => html`<li key=${entry.kind + entry.id} id=${`found-${at}`} role="option" aria-selected=${at === marked.value} onClick=${() => void choose(entry)}>
      ${entry.kind === "account"
        ? html`<${Icon} name="user" /><span class="found-name">${entry.account.name}</span><span class="quiet">${entry.account.phone ? `··· ${entry.account.phone}` : ""}</span><${TierBadge} account=${entry.account} />`
        : html`<${Icon} name=${entry.product.unit === "kg" ? "scale" : "tag"} /><span class="found-name">${entry.product.name}</span><span class="quiet wide-only">${entry.product.code ?? ""}</span><span class="amount">${amount(entry.product.price)}${entry.product.unit === "kg" ? ` / ${t("unit.kg")}` : ""}</span>`}
    </li>`)}
    ${!results.length && html`<li role="option" aria-selected="false" aria-disabled="true" class="nothing">${t("search.nothing", { text: query.value.trim() })}</li>`}
  </ul>`;
}
