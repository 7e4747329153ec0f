// @ts-check
/**
 * What the customer sees of the sale, in a second window and on a display of two lines. It follows the till's signals and is told nothing:
 * a change is shown a moment later, the latest wins, and nothing that goes wrong here is anybody's trouble.
 */
import { effect } from "../vendor/preact-signals-htm.js";
import { amount, language, money, quantity, t } from "../core/i18n.js";
import { ruleName } from "../screens/reading.js";

const CHANNEL = "tillcard-display";
/** How long thanks and change stand there. */
const THANKS_MS = 20_000;

/** @typedef {{state: "idle" | "selling" | "paying" | "done", lines: any[], totals: any, points: any, paying: any, done: any, qr: string[] | null}} Seen */

/** What there is to see, from the till's signals; of a client before, nothing. @param {any} till @param {any} done @param {string[] | null} qr @returns {Seen} */
export function seenOf(till, done, qr) {
  const lines = till.ready.value === "ready" ? till.basket.value.lines : [];
  const quote = till.quote.value;
  const paying = till.paying.value;
  const state = lines.length && quote ? (paying ? "paying" : "selling") : done ? "done" : "idle";
  const priced = state === "idle" || state === "done" ? [] : lines.flatMap((line, at) => (quote.lines[at] ? [{ line, priced: quote.lines[at] }] : []));
  return { state, lines: priced, totals: priced.length ? quote.totals : null, points: priced.length ? quote.points : null, paying: state === "paying" ? paying : null, done: state === "done" ? done : null, qr: state === "paying" ? qr : null };
}

/** The window's view, every word and figure in the till's language. @param {Seen} seen */
export function viewOf({ state, lines, totals, points, paying, done, qr }) {
  const sums = [];
  if (totals?.discount > 0) sums.push({ kind: "saved", name: t("totals.saved"), amount: money(totals.discount) });
  if (points?.earned > 0) sums.push({ kind: "points", name: t("totals.earned"), amount: `+${points.earned}` });
  if (totals) sums.push({ kind: "total", name: t(paying ? "pay.to_pay" : "totals.total"), amount: money(paying ? paying.toPay : totals.total) });
  if (paying?.tenders.length && paying.left > 0) sums.push({ kind: "left", name: t("pay.left"), amount: money(paying.left) });
  if (done?.rounding) sums.push({ kind: "rounding", name: t("pay.rounding"), amount: money(done.rounding) });
  if (done?.saved > 0) sums.push({ kind: "saved", name: t("totals.saved"), amount: money(done.saved) });
  if (done) sums.push({ kind: "change", name: t(done.kind === "refund" ? "done.give_back" : "done.change"), amount: money(Math.abs(done.change)) });
  return {
    state, language: language.value, sums, welcome: t("display.welcome"), thanks: t("display.thanks"),
    lines: lines.map(({ line, priced }) => ({
      name: line.name, quantity: `${quantity(line.quantity, line.unit)} × ${amount(line.price)}`, net: amount(priced.net), gross: priced.gross === priced.net ? null : amount(priced.gross),
      cuts: priced.discounts.map((discount) => ({ name: ruleName(discount), amount: `${discount.amount < 0 ? "+" : "−"}${amount(Math.abs(discount.amount))}` })),
    })),
    qr: qr && { rows: qr, words: t("display.scan") },
  };
}

/** What stands on two lines: the goods that changed last and the total; to pay; the change. @param {Seen} seen @param {Seen | null} before */
export function figuresOf({ state, lines, totals, paying, done }, before) {
  const said = { language: language.value };
  if (state === "idle") return { ...said, lines: [t("display.welcome")] };
  if (state === "done") return { ...said, total: amount(done.total), change: amount(Math.abs(done.change)) };
  if (state === "paying") return { ...said, total: amount(paying.toPay), ...(totals.discount > 0 && { saved: amount(totals.discount) }) };
  const was = new Map((before?.lines ?? []).map(({ line }) => [line.key, line.quantity]));
  const { line, priced } = lines.findLast(({ line }) => was.get(line.key) !== line.quantity) ?? lines.at(-1);
  const many = line.quantity === 1_000 ? {} : { quantity: quantity(line.quantity, line.unit) };
  return { ...said, name: line.name, price: amount(many.quantity ? line.price : priced.net), ...many, total: amount(totals.total) };
}

/** One question to a display at a time, and after it the latest. @param {(content: any) => Promise<unknown>} ask */
export function latest(ask) {
  let busy = false;
  /** @type {any} */
  let next = null;
  return function show(content) {
    next = content;
    if (busy) return;
    busy = true;
    const now = next;
    next = null;
    void ask(now).catch(() => undefined).finally(() => {
      busy = false;
      if (next) show(next);
    });
  };
}

/** @type {(() => void) | null} */
let sayAgain = null;

/** Follows the till from now on; called again it says once more how things stand, for a window that has just opened. @param {any} till */
export function followDisplays(till) {
  if (sayAgain) return sayAgain();
  const channel = new BroadcastChannel(CHANNEL);
  /** @type {Map<string, (content: any) => void>} */
  const poles = new Map();
  /** @type {Seen | null} */
  let before = null;
  /** @type {string[] | null} */
  let qr = null;
  let known = till.lastReceipt.peek()?.document ?? null;
  /** @type {any} */
  let done = null;
  let said = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon, over;

  const say = () => {
    const last = till.lastReceipt.peek();
    if (last && last.document !== known) {
      known = last.document;
      done = { kind: last.kind, change: last.change, saved: last.saved, total: Math.abs(last.total), rounding: last.rounding };
      clearTimeout(over);
      over = setTimeout(() => ((done = null), say()), THANKS_MS);
    }
    if (till.basket.peek().lines.length || till.ready.peek() !== "ready") done = null;
    if (!till.card.peek()) qr = null;
    const seen = seenOf(till, done, qr);
    const view = viewOf(seen);
    if (JSON.stringify(view) !== said) {
      said = JSON.stringify(view);
      channel.postMessage({ type: "view", view });
    }
    const figures = figuresOf(seen, before);
    before = seen;
    for (const { id, kind } of till.devices.peek().all) {
      if (kind !== "customer-display") continue;
      if (!poles.has(id)) poles.set(id, latest(changed(id)));
      poles.get(id)?.(figures);
    }
  };
  /** Asks only what differs from what the display shows. @param {string} id */
  function changed(id) {
    let shown = "";
    return async (/** @type {any} */ content) => {
      const wanted = JSON.stringify(content);
      if (wanted === shown) return;
      shown = "";
      await till.ask(id, "show", content);
      shown = wanted;
    };
  }

  till.hear("said", ({ said: told }) => {
    if (Array.isArray(told?.qr) && told.qr.every((row) => /^[01]+$/.test(row))) ((qr = told.qr), later());
  });
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(say, 0);
  };
  effect(() => {
    for (const signal of [till.ready, till.basket, till.quote, till.paying, till.lastReceipt, till.card, till.devices, language]) void signal.value;
    later();
  });
  addEventListener("pagehide", () => channel.postMessage({ type: "view", view: { state: "idle", language: language.peek() } }));
  sayAgain = () => {
    said = "";
    later();
  };
  return undefined;
}

/** The second window, on the screen that the shop moves it to. @param {any} till */
export function openDisplay(till) {
  globalThis.open("/till/display", "tillcard-display", "popup,width=1024,height=768");
  followDisplays(till);
}
