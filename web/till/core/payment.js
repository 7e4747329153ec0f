// @ts-check
/** What is left to pay, what cash rounding adds, what goes back. Pure. */
import { TillError } from "./errors.js";
import { sum, toStep } from "./numbers.js";

/**
 * @typedef {"cash" | "card" | "gift_card" | "on_account"} TenderKind
 * @typedef {{kind: TenderKind, received: number, applied: number, change: number, reference: string | null}} Tender
 * @typedef {{cash_step: number, cash_rounding: "nearest" | "down" | "up"}} CashSettings
 * @typedef {{toPay: number, rounding: number, tenders: Tender[], left: number, cashLeft: number, change: number}} Paying
 *   `toPay` before cash rounding; `cashLeft` is `left` if the rest is paid in cash
 */

/** Notes and coins in major units, by currency, the smallest first. */
const NOTES = /** @type {Record<string, number[]>} */ ({
  AMD: [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
  RUB: [1, 2, 5, 10, 50, 100, 200, 500, 1_000, 2_000, 5_000],
  EUR: [1, 2, 5, 10, 20, 50, 100, 200],
  USD: [1, 2, 5, 10, 20, 50, 100],
});

/** Whether a card terminal is being asked for the basket's money. @param {{phase: string} | null} card */
export const asks = (card) => card?.phase === "running" || card?.phase === "unclear";

/** Notes and coins in minor units. @param {string} currency @param {number} exponent */
export const notes = (currency, exponent) => (NOTES[currency] ?? [1, 2, 5, 10, 20, 50, 100]).map((note) => note * 10 ** exponent);

/**
 * What people hand over for `toPay`: the exact amount first, then the next amounts that whole notes make, each once, at most `most`.
 * @param {number} toPay @param {readonly number[]} values @param {number} [most]
 */
export function quickAmounts(toPay, values, most = 6) {
  if (toPay <= 0) return [Math.max(0, toPay)];
  const above = values.filter((note) => note * 10 >= toPay).map((note) => Math.ceil(toPay / note) * note);
  return [toPay, ...[...new Set(above)].filter((amount) => amount > toPay).sort((a, b) => a - b)].slice(0, most);
}

/**
 * @param {number} toPay @param {readonly Tender[]} tenders @param {CashSettings} settings @returns {Paying}
 */
export function paying(toPay, tenders, settings) {
  const applied = sum(tenders.map((tender) => tender.applied));
  const last = tenders.at(-1);
  const step = toStep(toPay - sum(tenders.slice(0, -1).map((tender) => tender.applied)), settings.cash_step, settings.cash_rounding);
  const roundedOff = last?.kind === "cash" && applied === toPay + step;
  const rounding = roundedOff ? step : 0;
  const left = toPay + rounding - applied;
  const cashLeft = left === 0 ? 0 : left + toStep(left, settings.cash_step, settings.cash_rounding);
  return { toPay, rounding, tenders: [...tenders], left, cashLeft, change: sum(tenders.map((tender) => tender.change)) };
}

/**
 * The tenders with one more. Cash beyond what is left goes back as change; nothing else pays more than is left. Cash that settles the
 * rest is rounded to the cash step.
 * @param {Paying} now @param {{kind: TenderKind, amount: number, reference?: string | null}} tender @returns {Tender[]}
 */
export function withTender(now, { kind, amount, reference = null }) {
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("tender.not_positive");
  if (now.left <= 0) throw new TillError("tender.nothing_left");
  if (now.tenders.length === 20) throw new TillError("tender.too_many");
  if (kind !== "cash" && amount > now.left) throw new TillError("tender.more_than_left", { left: now.left });
  const due = kind === "cash" ? now.cashLeft : now.left;
  const settles = kind === "cash" ? amount >= due : amount === due;
  const applied = settles ? due : Math.min(amount, now.left);
  return [...now.tenders, { kind, received: amount, applied, change: amount - applied, reference }];
}
