// @ts-check
/** What is done a few times a day. */
import { Button, Dialog, html, t, till } from "./ui.js";
import { act } from "./act.js";
import { display } from "../core/later.js";
import { isWired } from "../devices/wired.js";
import { LanguageRow } from "./language.js";
import { close, hand, open, setHand } from "./view.js";

export function Menu({ onClose }) {
  const basket = till.basket.value;
  const items = [
    ["receipts", "receipt-text", t("menu.receipts"), () => open("receipts")],
    ["x", "file-text", t("menu.x"), () => open("x-report")],
    ["newcomer", "users", t("newcomer.title"), () => open("newcomer"), Boolean(basket.account?.name)],
    ["gift-card", "gift", t("menu.gift_card"), () => open("gift-card-sell")],
    ["coupon", "ticket-percent", t("menu.coupon"), () => open("coupon")],
    ["debt", "notebook-pen", t("menu.debt"), () => open("debt"), !till.holder.value],
    ["cash-in", "hand-coins", t("menu.cash_in"), () => open("cash", { way: "in" })],
    ["cash-out", "wallet", t("menu.cash_out"), () => open("cash", { way: "out" })],
    ["drawer", "vault", t("menu.drawer"), () => open("drawer")],
    ["void", "trash-2", t("menu.void"), () => open("void"), !basket.lines.length],
    ["status", "cloud-check", t("menu.status"), () => open("status")],
    ["display", "monitor-smartphone", t("menu.display"), () => { close(); void act(async () => (await display()).openDisplay(till)); }],
    ...(till.fiscal.value ? [["fiscal", "receipt-text", t("fiscal.title"), () => open("fiscal")]] : []),
    ...(till.devices.value.all.some(isWired) ? [["terminal-day", "credit-card", t("terminal_day.title"), () => { close(); void act(() => till.atTerminal("wishEndOfDay")); }]] : []),
    ["close", "lock", t("menu.close_shift"), () => open("shift-close"), basket.lines.length > 0],
    ["sign-out", "log-out", t("menu.sign_out"), () => { close(); void act(() => till.signOut()); }],
  ];
  return html`<${Dialog} id="menu" title=${t("menu.title")} onClose=${onClose} size="wide">
    <div class="dialog-body">
      <div class="menu">${items.map(([id, icon, label, work, off], at) => html`<${Button} key=${id} icon=${icon} kind="item" data-menu=${id} data-first=${at === 0 || undefined} disabled=${off || undefined} onClick=${work}>${label}<//>`)}</div>
      <div class="menu-settings">
        <${LanguageRow} />
        <div class="segments" role="group" aria-label=${t("hand.label")}>
          <button type="button" class="segment" aria-pressed=${hand.value === "left"} onClick=${() => setHand("left")}>${t("hand.left")}</button>
          <button type="button" class="segment" aria-pressed=${hand.value === "right"} onClick=${() => setHand("right")}>${t("hand.right")}</button>
        </div>
      </div>
    </div>
  <//>`;
}
