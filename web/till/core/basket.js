// @ts-check
/** The open basket as a value. Nothing here writes, prices or knows the time; each verb answers a new basket. */
import { newId } from "./bytes.js";
import { TillError } from "./errors.js";
import { times } from "./numbers.js";

/**
 * @typedef {{kind: "price" | "percent" | "amount", value: number, reason: string, approver: string | null}} Manual
 * @typedef {"scan" | "search" | "tile" | "label"} Entry
 * @typedef {{key: string, product: number, name: string, names: Record<string, string>, item: "goods" | "open" | "gift_card", code: string | null, entry: Entry,
 *   unit: "piece" | "kg", category: number[], quantity: number, price: number, priceSource: "list" | "manual" | "label", regulation: string | null,
 *   minimum: number, manual: Manual | null, taxCode: string, tax: number, gift: string | null, units?: string[]}} Line `gift`: the rule that gives it; `units`: the
 *   marking codes of the packs, as scanned
 * @typedef {{id: string, name: string, phone: string, tier: string | null, categories: string[], personal: number, points: number, version: number, note: string,
 *   blocked: string | null, tags: string[], prices: {product: number, price: number}[], birthday: number | null}} Holder
 *   the account as the till knew it when it was attached; `birthday` is days since the nearest one, negative before it
 * @typedef {{code: string, batch: string}} Coupon
 * @typedef {{rule: string, times: number | null, sum: number | null, pieces: number | null}} Left what a rule's limits leave for this receipt
 * @typedef {{what: "added", key: string, quantity: number} | {what: "removed", line: Line, at: number} | {what: "quantity", key: string, before: number}} Step
 * @typedef {{date: string, minute: number, weekday: number}} LocalTime
 *   of a basket: `shown` says that the total has been shown for payment, `afterPay` that the card came after that, `passed` which limits on its use a manager let pass;
 *   `ageConfirmed` how old the buyer is at least, and who saw it
 * @typedef {{id: string, lines: Line[], account: Holder | null, claimed: string[], coupons: Coupon[], spend: number, left: Left[],
 *   stock: {product: number, quantity: number}[], reservation: string | null,
 *   shown: boolean, afterPay: boolean, passed: string[], ageConfirmed: {age: number, staff: string} | null, firstScan: LocalTime | null, payment: LocalTime | null, pricedAt: number | null, state: "open" | "paying", steps: Step[], parkedAt: number | null}} Basket
 */

export const MOST_LINES = 2_000;
const MOST_STEPS = 50;
const MOST = Number.MAX_SAFE_INTEGER;

/** @returns {Basket} */
export const emptyBasket = () => ({ id: newId(), lines: [], account: null, claimed: [], coupons: [], spend: 0, left: [], stock: [], reservation: null, shown: false, afterPay: false, passed: [], ageConfirmed: null, firstScan: null, payment: null, pricedAt: null, state: "open", steps: [], parkedAt: null });

/** @param {Basket} basket @param {string} key */
export function lineOf(basket, key) {
  const line = basket.lines.find((candidate) => candidate.key === key);
  if (!line) throw new TillError("basket.no_such_line", { key });
  return line;
}

/** Gross of the lines: list prices. @param {Basket} basket */
export const grossOf = (basket) => basket.lines.reduce((total, line) => total + times(line.price, line.quantity), 0);

/**
 * The basket with `quantity` more of a product: on its last line if that one is the same thing, else on a new one.
 * @param {Basket} basket @param {Omit<Line, "key" | "manual">} goods @param {LocalTime} now
 */
export function added(basket, goods, now) {
  if (goods.quantity <= 0) throw new TillError("quantity.not_positive");
  const last = [...basket.lines].reverse().find((line) => same(line, goods));
  const firstScan = basket.firstScan ?? now;
  if (last) {
    const quantity = within(last.quantity + goods.quantity);
    const lines = basket.lines.map((line) => (line === last ? { ...line, quantity } : line));
    return stepped({ ...basket, lines, firstScan }, { what: "added", key: last.key, quantity: goods.quantity });
  }
  if (basket.lines.length === MOST_LINES) throw new TillError("basket.too_long", { most: MOST_LINES });
  within(goods.quantity);
  within(times(goods.price, goods.quantity));
  const line = { ...goods, key: newId(), manual: null };
  return stepped({ ...basket, lines: [...basket.lines, line], firstScan }, { what: "added", key: line.key, quantity: goods.quantity });
}

/** A marked pack is a line of its own: it can be taken out again by itself. @param {Line} line @param {Omit<Line, "key" | "manual">} goods */
const same = (line, goods) =>
  !line.units?.length && !goods.units?.length && line.product === goods.product && line.item === "goods" && line.gift === goods.gift && line.unit === "piece" && goods.unit === "piece" && line.manual === null && line.price === goods.price && line.priceSource === "list" && goods.priceSource === "list";

/** @param {Basket} basket @param {string} key @param {number} quantity thousandths, above 0 */
export function withQuantity(basket, key, quantity) {
  const { quantity: before, unit, price, units } = lineOf(basket, key);
  if (quantity <= 0) throw new TillError("quantity.not_positive");
  if (unit === "piece" && quantity % 1_000 !== 0) throw new TillError("quantity.not_whole");
  if (unit === "piece" && units?.length) throw new TillError("marking.scan_each");
  within(quantity);
  within(times(price, quantity));
  const lines = basket.lines.map((line) => (line.key === key ? { ...line, quantity } : line));
  return stepped({ ...basket, lines }, { what: "quantity", key, before });
}

/** @param {Basket} basket @param {string} key */
export function without(basket, key) {
  const line = lineOf(basket, key);
  const at = basket.lines.indexOf(line);
  return stepped({ ...basket, lines: basket.lines.filter((other) => other !== line) }, { what: "removed", line, at });
}

/**
 * The basket before its last step, and which line that made smaller (null if it made none smaller).
 * @param {Basket} basket @returns {{basket: Basket, reduced: {line: Line, after: number} | null}}
 */
export function undone(basket) {
  const step = basket.steps.at(-1);
  if (!step) throw new TillError("basket.nothing_to_undo");
  const before = { ...basket, steps: basket.steps.slice(0, -1) };
  if (step.what === "removed") return { basket: { ...before, lines: [...basket.lines.slice(0, step.at), step.line, ...basket.lines.slice(step.at)] }, reduced: null };
  const line = lineOf(basket, step.key);
  const after = step.what === "added" ? Math.max(0, line.quantity - step.quantity) : step.before;
  const lines = after === 0 ? basket.lines.filter((other) => other !== line) : basket.lines.map((other) => (other === line ? { ...line, quantity: after } : other));
  return { basket: { ...before, lines }, reduced: after < line.quantity ? { line, after } : null };
}

/** @param {Basket} basket @param {Step} step */
function stepped(basket, step) {
  const gone = step.what === "removed" ? step.line.key : null;
  const steps = basket.steps.filter((old) => old.what === "removed" || old.key !== gone);
  return { ...basket, steps: [...steps, step].slice(-MOST_STEPS) };
}

/** @param {number} amount */
function within(amount) {
  if (!Number.isSafeInteger(amount) || amount > MOST) throw new TillError("amount.too_large");
  return amount;
}
