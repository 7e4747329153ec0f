// @ts-check
/** What the screen does when something was scanned: a sound, a look, and the few codes that open something. */
import { effect, till } from "./ui.js";
import { act } from "./act.js";
import { beginReturn } from "./begin-return.js";
import { clearSearch } from "./search.js";
import { high, low } from "./sound.js";
import { renewQuick } from "./totals.js";
import { badge, closePanel, dialog, half, open, times } from "./view.js";

/** `6*` was typed before the scan: the line gets the other five. */
function multiply(line) {
  const more = times.peek() - 1;
  times.value = 1;
  if (more > 0) void act(() => till.setQuantity(line.key, line.quantity + more * 1000));
}

function react(result) {
  switch (result.kind) {
    case "product":
      (result.expired ? low : high)();
      clearSearch();
      closePanel();
      half.value = "basket";
      if (result.line.unit === "piece") multiply(result.line);
      break;
    case "weigh":
      high();
      clearSearch();
      open("weight", { product: result.product, entry: "scan", code: result.code });
      break;
    case "card":
      (["active", "new"].includes(result.state) ? high : low)();
      closePanel();
      half.value = "basket";
      break;
    case "choice":
      high();
      open("choice", { code: result.code, candidates: result.candidates, times: result.times });
      break;
    case "receipt":
      if (till.ready.peek() === "ready" && !till.paying.peek() && dialog.peek()?.name !== "return") void act(() => beginReturn(result.receipt));
      break;
    case "badge":
      high();
      badge.value = result.staff.id;
      break;
    case "coupon":
      high();
      void renewQuick();
      break;
    case "gift_card":
      high();
      open(till.paying.peek() ? "gift-card" : "gift-card-sell", { number: result.code });
      break;
    default: // unknown or refused: the bar says it
      low();
  }
}

/** Follows the core's scans from now on. */
export function followScans() {
  let last = till.scanned.peek()?.at ?? 0;
  return effect(() => {
    const scanned = till.scanned.value;
    if (!scanned || scanned.at === last) return;
    last = scanned.at;
    queueMicrotask(() => react(scanned.result)); // not inside the effect: what it reads must not call it again
  });
}
