// @ts-check
/** Which screen is seen, and the one dialog that may lie over it. */
import { effect, html, render, till } from "./ui.js";
import { Broken, Insecure, OtherTab, Starting } from "./blocked.js";
import { CashMove } from "./cash-move.js";
import { Choice } from "./choice.js";
import { listenToKeys } from "./keys.js";
import { followScans } from "./scanned.js";
import { Menu } from "./menu.js";
import { Pair } from "./pair.js";
import { Parked } from "./parked.js";
import { Pay } from "./pay.js";
import { Price } from "./price.js";
import { DrawerReason, VoidReason } from "./reason.js";
import { Receipts } from "./receipts.js";
import { Return } from "./return.js";
import { unlockSound } from "./sound.js";
import { Sell } from "./sell.js";
import { ShiftClose } from "./shift-close.js";
import { ShiftOpen } from "./shift-open.js";
import { SignIn } from "./sign-in.js";
import { Status } from "./status.js";
import { UpdateReady, watchUpdates } from "./update.js";
import { close, dialog, hand, note } from "./view.js";
import { Weight } from "./weight.js";
import { Why } from "./why.js";
import { XReport } from "./x-report.js";

const SCREENS = { starting: Starting, insecure: Insecure, "other-tab": OtherTab, broken: Broken, unpaired: Pair, "signed-out": SignIn, "no-shift": ShiftOpen, ready: Sell };

const DIALOGS = {
  weight: Weight, why: Why, choice: Choice, parked: Parked, price: Price, menu: Menu, receipts: Receipts, return: Return, "x-report": XReport, cash: CashMove,
  drawer: DrawerReason, void: VoidReason, "shift-close": ShiftClose, status: Status,
};

function Root() {
  const ready = till.ready.value;
  const Screen = ready === "ready" && till.paying.value ? Pay : SCREENS[ready];
  const over = dialog.value;
  const Over = over && DIALOGS[over.name];
  return html`<${Screen} key=${ready} />${Over && html`<${Over} key=${over.name} ...${over} onClose=${close} />`}<${UpdateReady} />`;
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
    if (till.ready.value !== "ready" && !["status"].includes(dialog.peek()?.name ?? "")) close();
  });
  listenToKeys();
  document.addEventListener("pointerdown", unlockSound, { once: true, capture: true });
  followScans();
  render(html`<${Root} />`, place);
  document.documentElement.dataset.ready = "yes";
  watchUpdates().catch(() => note("worker", { code: "offline.not_prepared", fields: {} }));
}

