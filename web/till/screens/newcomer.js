// @ts-check
/** A new customer: a card handed out, and the form, now or later. Somebody who has the phone already is shown while it is typed. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction, useRef, useSignal } from "./ui.js";
import { act } from "./act.js";
import { LANGUAGES } from "./language.js";
import { high } from "./sound.js";

/** What may be allowed, and the wording that was shown. */
const PURPOSES = ["data", "sms", "email"];
const WORDING = "till-1";
const REST_MS = 250;

function Field({ id, label, value, ...rest }) {
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} autocomplete="off" spellcheck=${false} value=${value.value} onInput=${(event) => void (value.value = event.currentTarget.value)} ...${rest} /></div>`;
}

/** The card first, where the sale has no customer yet: scanned or typed. */
function CardFirst({ action }) {
  const card = useSignal("");
  const open = () => action.run(async () => {
    const scanned = await till.scan(card.value);
    if (scanned.kind !== "card") throw scanned.error ?? { code: "scan.unknown_card", fields: { code: card.value } };
    high();
  });
  return html`<div class="dialog-body">
      <p class="quiet"><${Icon} name="credit-card" />${t("newcomer.scan")}</p>
      <${Field} id="newcomer-card" label=${t("newcomer.card")} value=${card} inputmode="numeric" maxlength="40" data-first=${true} onKeyDown=${(event) => { if (event.key === "Enter") void open(); }} />
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot"><${Button} kind="primary" icon="check" disabled=${action.busy.value || !card.value.trim()} data-testid="newcomer-open" onClick=${open}>${t("newcomer.open")}<//></footer>`;
}

function Form({ account, action, onClose }) {
  const [given, family, phone, born, language] = ["", "", "", "", till.language.value].map((first) => useSignal(first));
  const allowed = useSignal(/** @type {string[]} */ ([]));
  const others = useSignal(/** @type {any[]} */ ([]));
  const resting = useRef(0);
  const asked = useRef(0);
  const typed = (event) => {
    phone.value = event.currentTarget.value;
    clearTimeout(resting.current);
    const mine = (asked.current += 1);
    resting.current = setTimeout(async () => {
      const found = await till.samePhone(phone.value).catch(() => []);
      if (mine === asked.current) others.value = found.filter((each) => each.account !== account.id);
    }, REST_MS);
  };
  const save = () => action.run(async () => {
    await till.fillIn(account.id, {
      given: given.value.trim(), family: family.value.trim(), phone: phone.value.trim() || null, born_on: born.value || null, language: language.value,
      consents: allowed.value.map((purpose) => ({ purpose, text_version: WORDING })),
    });
    high();
    onClose();
  });
  const take = (id) => {
    onClose();
    void act(() => till.attachAccount(id));
  };
  const turn = (purpose) => void (allowed.value = allowed.value.includes(purpose) ? allowed.value.filter((each) => each !== purpose) : [...allowed.value, purpose]);
  return html`<div class="dialog-body">
      <div class="pair-fields">
        <${Field} id="newcomer-given" label=${t("newcomer.given")} value=${given} maxlength="100" data-first=${true} />
        <${Field} id="newcomer-family" label=${t("newcomer.family")} value=${family} maxlength="100" />
        <${Field} id="newcomer-phone" label=${t("newcomer.phone")} value=${phone} type="tel" inputmode="tel" maxlength="40" onInput=${typed} />
        <${Field} id="newcomer-born" label=${t("newcomer.born")} value=${born} type="date" />
      </div>
      <div role="status" data-testid="newcomer-same">${others.value.map((each) => html`<p class="warning" key=${each.account}><${Icon} name="users" /><span>${t(each.whole ? "newcomer.same" : "newcomer.similar", { name: each.name, phone: each.phone })}</span>
        <${Button} data-same=${each.account} onClick=${() => take(each.account)}>${t("newcomer.take")}<//></p>`)}</div>
      <div class="segments" role="radiogroup" aria-label=${t("newcomer.language")}>${LANGUAGES.map(([code, name]) => html`<button type="button" role="radio" key=${code} class="segment" aria-checked=${language.value === code} lang=${code} onClick=${() => void (language.value = code)}>${name}</button>`)}</div>
      <div class="claims" role="group" aria-label=${t("newcomer.consents")}>${PURPOSES.map((purpose) => html`<button type="button" key=${purpose} class="claim" data-consent=${purpose} aria-pressed=${allowed.value.includes(purpose)} onClick=${() => turn(purpose)}>
        <${Icon} name=${allowed.value.includes(purpose) ? "check" : "plus"} />${t(`newcomer.consent_${purpose}`)}</button>`)}</div>
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot"><${Button} onClick=${onClose}>${t("newcomer.later")}<//>
      <${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="newcomer-save" onClick=${save}>${t("newcomer.save")}<//></footer>`;
}

export function Newcomer({ onClose }) {
  const action = useAction();
  const account = till.basket.value.account;
  return html`<${Dialog} id="newcomer" title=${t("newcomer.title")} onClose=${onClose}>
    ${account ? html`<${Form} key=${account.id} account=${account} action=${action} onClose=${onClose} />` : html`<${CardFirst} action=${action} />`}
  <//>`;
}
