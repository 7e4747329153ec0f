// @ts-check
/**
 * Returns (R7): what was charged comes back, part by part; no rules run.
 *
 * Each return takes its share of what is left of the line, so any sequence of partial returns adds up to exactly what was
 * charged: net, tax, each discount, the points earned; and so do points spent, uses of limits, and the tenders paid with.
 */

import { Malformed } from "./errors.js";
import { checked, divided, prorate, rounded, sum } from "./money.js";
import { cost, total } from "./parts.js";

/** @typedef {import("./quote.js").Part} Part */
/**
 * A line as its document says: `discounts` are the amounts in their order, `measured` if it was weighed, `points` the line's share of the points earned.
 * @typedef {{quantity: number, measured: boolean, gross: number, net: number, tax: number, tax_base: number, discounts: number[], parts: Part[], points: number}} Sold
 */
/**
 * What came back of a line, all positive: `gross` less the discounts is `net`, the parts multiply to `net`. `points` of those earned are taken back.
 * @typedef {{quantity: number, gross: number, net: number, tax: number, tax_base: number, discounts: number[], parts: Part[], points: number}} Returned
 */

/**
 * @param {Sold} sold
 * @returns {Returned}
 */
export function nothingReturned(sold) {
  return { quantity: 0, gross: 0, net: 0, tax: 0, tax_base: 0, discounts: sold.discounts.map(() => 0), parts: [], points: 0 };
}

/**
 * All returns of a line so far, as one; its parts are not kept.
 * @param {Sold} sold
 * @param {Returned[]} returns
 * @returns {Returned}
 */
export function addUp(sold, returns) {
  return {
    quantity: sum(returns.map((each) => each.quantity)),
    gross: sum(returns.map((each) => each.gross)),
    net: sum(returns.map((each) => each.net)),
    tax: sum(returns.map((each) => each.tax)),
    tax_base: sum(returns.map((each) => each.tax_base)),
    discounts: sold.discounts.map((_, at) => sum(returns.map((each) => each.discounts[at]))),
    parts: [],
    points: sum(returns.map((each) => each.points)),
  };
}

/**
 * What goes back for `quantity` thousandths, after the returns `before` (their sum).
 *
 * Pieces go back in the order of the line's parts. Of a weighed line it is the share of what is left; where one unit
 * price cannot say it, the last kilogram carries the difference as a second part. Throws `refund.nothing`,
 * `refund.too_much`, or `refund.part_of_piece` for half of a piece.
 * @param {Sold} sold
 * @param {Returned} before
 * @param {number} quantity
 * @returns {Returned}
 */
export function returned(sold, before, quantity) {
  if (quantity <= 0) throw new Malformed("refund.nothing", "");
  const left = sold.quantity - before.quantity;
  if (quantity > left) throw new Malformed("refund.too_much", "");
  if (!sold.measured && quantity % 1_000 !== 0) throw new Malformed("refund.part_of_piece", "");
  const netLeft = sold.net - before.net;
  const taxLeft = sold.tax - before.tax;
  const parts = sold.measured
    ? weighed(rounded(netLeft, quantity, left), quantity, sold.parts[0].price)
    : pieces(sold.parts, before.quantity, quantity);
  const net = total(parts);
  const gross = rounded(sold.gross - before.gross, quantity, left);
  const tax = netLeft > 0 ? rounded(taxLeft, net, netLeft) : taxLeft;
  const included = sold.tax_base + sold.tax === sold.net;
  const discountsLeft = sold.discounts.map((was, at) => was - before.discounts[at]);
  return {
    quantity,
    gross,
    net,
    tax,
    tax_base: included ? net - tax : net,
    discounts: prorate(gross - net, discountsLeft),
    parts,
    points: pointsLost(sold, before, quantity, net),
  };
}

/**
 * Points earned go back with the money that earned them, whole ones, the rest with the last unit.
 * @param {Sold} sold
 * @param {Returned} before
 * @param {number} quantity
 * @param {number} net
 */
function pointsLost(sold, before, quantity, net) {
  if (before.quantity + quantity === sold.quantity) return sold.points - before.points;
  return sold.net === 0 ? 0 : divided(sold.points, before.net + net, sold.net)[0] - before.points;
}

/**
 * The parts of the next `quantity` pieces after the first `skip`.
 * @param {Part[]} parts
 * @param {number} skip
 * @param {number} quantity
 * @returns {Part[]}
 */
function pieces(parts, skip, quantity) {
  /** @type {Part[]} */
  const taken = [];
  for (const part of parts) {
    const here = Math.min(Math.max(part.quantity - skip, 0), quantity);
    skip = Math.max(skip - part.quantity, 0);
    quantity -= here;
    if (here > 0) taken.push({ quantity: here, price: part.price });
  }
  return taken;
}

/**
 * `net` as a quantity times a unit price, at the price that was charged where that says it.
 * @param {number} net
 * @param {number} quantity
 * @param {number} charged
 * @returns {Part[]}
 */
function weighed(net, quantity, charged) {
  if (cost(charged, quantity) === net) return [{ quantity, price: charged }];
  const near = checked(rounded(net, 1_000, quantity));
  if (cost(near, quantity) === net) return [{ quantity, price: near }];
  const below = divided(net, 1_000, quantity)[0];
  const rest = quantity - 1_000;
  return [
    { quantity: rest, price: below },
    { quantity: 1_000, price: net - cost(below, rest) },
  ];
}

/**
 * Points given back when `now` minor units of the discount they paid come back, after `before`, of `amount` in all.
 * Whole points; the last return lands on what was spent.
 * @param {number} spent
 * @param {number} amount
 * @param {number} before
 * @param {number} now
 * @returns {number}
 */
export function pointsRestored(spent, amount, before, now) {
  return amount === 0 ? 0 : divided(spent, before + now, amount)[0] - divided(spent, before, amount)[0];
}

/** What came back of the lines that a rule lowered: the rule's discounts in minor units, the lines' thousandths. @typedef {{sum: number, quantity: number}} RuleBack */

/**
 * The use of a rule's limits that a return gives back, as a negative use. Money and pieces go back with their goods, times only when the whole sale
 * has come back by now (and a coupon with them).
 * @param {import("./quote.js").Use} used
 * @param {number} sold thousandths of the lines that the rule lowered
 * @param {RuleBack} before
 * @param {RuleBack} now
 * @param {boolean} whole
 * @returns {import("./quote.js").Use}
 */
export function useGivenBack(used, sold, before, now, whole) {
  const share = (/** @type {number} */ quantity) => (sold ? divided(used.pieces, quantity, sold)[0] : 0);
  const pieces = share(before.quantity + now.quantity) - share(before.quantity);
  return { rule: used.rule, times: whole ? 0 - used.times : 0, sum: 0 - now.sum, pieces: 0 - pieces };
}

/**
 * `now` split over the tenders by what is `left` of each, so that any sequence gives each back what it paid. Throws `refund.too_much` if less is left in all.
 * @param {number} now
 * @param {number[]} left
 * @returns {number[]}
 */
export function refundByTender(now, left) {
  if (now > sum(left)) throw new Malformed("refund.too_much", "");
  return prorate(now, left);
}
