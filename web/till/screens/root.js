// @ts-check
/** Which screen is seen, and the one dialog that may lie over it. */
import { clients, day, fiscal, joining, law, line, payment, returns, scanning } from "../core/later.js";
import { effect, html, render, till } from "./ui.js";
import { act } from "./act.js";
import { Broken, Insecure, OtherTab, Starting } from "./blocked.js";
import { listenToKeys } from "./keys.js";
import { later } from "./later.js";
import { followScans } from "./scanned.js";
import { Pay } from "./pay.js";
import { unlockSound } from "./sound.js";
import { Sell } from "./sell.js";
import { SignIn } from "./sign-in.js";
import { UpdateReady, watchUpdates } from "./update.js";
import { close, dialog, hand, note } from "./view.js";
import { Weight } from "./weight.js";

const SCREENS = { starting: Starting, insecure: Insecure, "other-tab": OtherTab, broken: Broken, unpaired: later(day, "Pair"), "signed-out": SignIn, "no-shift": later(day, "ShiftOpen"), ready: Sell };

const DIALOGS = {
  weight: Weight, choice: later(scanning, "Choice"),
  why: later(line, "Why"), price: later(line, "Price"),
  receipts: later(returns, "Receipts"), return: later(returns, "Return"),
  menu: later(day, "Menu"), parked: later(day, "Parked"), "x-report": later(day, "XReport"), cash: later(day, "CashMove"), drawer: later(day, "DrawerReason"), void: later(day, "VoidReason"),
  "shift-close": later(day, "ShiftClose"), status: later(day, "Status"),
  points: later(clients, "PointsDialog"), coupon: later(clients, "CouponDialog"), gift: later(clients, "GiftDialog"), limit: later(clients, "LimitDialog"),
  "gift-card": later(clients, "GiftCardPay"), "gift-card-sell": later(clients, "GiftCardSell"), debt: later(clients, "DebtDialog"), newcomer: later(clients, "Newcomer"),
  fiscal: later(fiscal, "FiscalDialog"), joining: later(joining, "Joining"), age: later(law, "AgeQuestion"),
};

const CardPayment = later(payment, "CardPayment");

function Root() {
  const ready = till.ready.value;
  const Screen = ready === "ready" && till.paying.value ? Pay : SCREENS[ready];
  const age = ready === "ready" ? till.age.value : 0;
  const over = dialog.value ?? (age ? { name: "age", age, onClose: () => act(() => till.refuseAge(age)) } : null);
  const Over = over && DIALOGS[over.name];
  return html`<${Screen} key=${ready} />${Over && html`<${Over} key=${over.name} onClose=${close} ...${over} />`}${till.card.value && ready === "ready" && html`<${CardPayment} card=${till.card.value} />`}<${UpdateReady} />`;
}

/** Puts the till on the page. */
export function mount(place) {
  effect(() => {
    document.documentElement.lang = till.language.value;
    document.documentElement.dataset.hand = hand.value;
    document.title = till.identity.value ? `Tillcard · ${till.identity.value.prefix}` : "Tillcard";
  });
  effect(() => {
    // a dialog belongs to the screen it was opened on
    if (till.ready.value !== "ready" && !["status", "joining", "fiscal"].includes(dialog.peek()?.name ?? "")) close();
  });
  listenToKeys();
  document.addEventListener("pointerdown", unlockSound, { once: true, capture: true });
  followScans();
  render(html`<${Root} />`, place);
  document.documentElement.dataset.ready = "yes";
  watchUpdates().catch(() => note("worker", { code: "offline.not_prepared", fields: {} }));
}

