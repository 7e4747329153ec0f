// @ts-check
/** The whole sale without a touch. Keys are shown on the buttons they press. */
import { till } from "./ui.js";
import { act } from "./act.js";
import { showsDone } from "./done.js";
import { clearSearch, text } from "./search.js";
import { pay } from "./totals.js";
import { closePanel, dialog, open, panel, seen } from "./view.js";

const search = () => document.getElementById("search")?.focus();
const tap = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector))?.click();

/** Moves the chosen line; past either end none is chosen. */
function move(by) {
  const lines = till.basket.value.lines;
  if (!lines.length) return;
  const at = lines.findIndex((line) => line.key === panel.value?.key);
  const next = at < 0 ? (by < 0 ? lines.length - 1 : 0) : at + by;
  panel.value = lines[next] ? { name: "line", key: lines[next].key } : null;
}

const SELL = {
  F2: search,
  F3: () => void (panel.value = till.basket.value.account && panel.value?.name !== "customer" ? { name: "customer" } : null),
  F4: () => act(() => till.undo()),
  F6: () => tap("[data-testid=park]:enabled"),
  F7: () => tap("[data-testid=parked]:enabled"),
  F8: () => open("receipts"),
  F9: () => open("menu"),
  F10: pay,
  ArrowUp: () => move(-1),
  ArrowDown: () => move(1),
  Delete: () => {
    const key = panel.value?.name === "line" ? panel.value.key : till.basket.value.lines.at(-1)?.key;
    if (key === undefined) return;
    closePanel();
    void act(() => till.removeLine(key));
  },
  Escape: () => {
    if (text.value) clearSearch();
    else if (panel.value) closePanel();
    else if (showsDone()) seen.value = till.lastReceipt.value.receipt;
  },
};

const PAY = {
  F2: () => tap("[data-testid=exact]"),
  F3: () => tap("[data-testid=card]"),
  ...Object.fromEntries([4, 5, 6, 7, 8].map((at) => [`F${at}`, () => tap(`[data-quick]:nth-of-type(${at - 2})`)])),
  ...Object.fromEntries(["points", "coupon", "gift-card", "on-account", "qr"].map((way, at) => [`⇧F${at + 2}`, () => tap(`[data-testid=pay-${way}]:enabled`)])),
  F10: () => undefined,
  Escape: () => tap("[data-testid=pay-back]"),
};

/** Listens until told to stop. */
export function listenToKeys() {
  const press = (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (dialog.value || till.age.value || till.card.value || till.ready.value !== "ready") return;
    const keys = till.paying.value ? PAY : SELL;
    const field = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    const work = keys[`${event.shiftKey && event.key.startsWith("F") ? "⇧" : ""}${event.key}`];
    if (work && !(field && ["ArrowUp", "ArrowDown", "Delete"].includes(event.key))) {
      event.preventDefault();
      void work();
    } else if (!till.paying.value && !field && !panel.value && event.key.length === 1 && event.key !== " ") {
      search(); // what is typed goes on into the field
    }
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
