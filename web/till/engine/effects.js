// @ts-check
/** What one effect makes of one line: the arithmetic of rounding at the unit and at the line (R2). */

import { rounded } from "./money.js";
import { total } from "./parts.js";

/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** What a line would cost; `held` if its lowest price stood in the way of more. @typedef {{parts: import("./quote.js").Part[], net: number, held: boolean}} Offer */

/**
 * `kind` is the effect's; a line is never made dearer and never cheaper than allowed.
 * @param {PricedLine} line
 * @param {string} kind
 * @param {string} rounding
 * @param {number} value
 * @param {number} priceStep
 * @returns {Offer}
 */
export function offer(line, kind, rounding, value, priceStep) {
  if (rounding === "unit") {
    const prices = line.parts.map((part) => unitPrice(kind, part.price, value, priceStep));
    const parts = line.atPrices(prices);
    return { parts, net: total(parts), held: line.low > 0 && prices.some((price) => price < line.low) };
  }
  const net = line.net - lineDiscount(kind, line.net, value);
  const parts = line.atNet(net);
  return { parts, net: total(parts), held: line.low > 0 && net < line.lowNet };
}

/**
 * The net price of one unit; a percentage is rounded to the price step.
 * @param {string} kind
 * @param {number} price
 * @param {number} value
 * @param {number} priceStep
 * @returns {number}
 */
export function unitPrice(kind, price, value, priceStep) {
  if (kind === "percent" || kind === "personal") return rounded(price, 10_000 - value, 10_000 * priceStep) * priceStep;
  return kind === "amount_unit" ? price - value : value;
}

/**
 * What comes off a line that costs `net`; a percentage is rounded once.
 * @param {string} kind
 * @param {number} net
 * @param {number} value
 * @returns {number}
 */
export function lineDiscount(kind, net, value) {
  if (kind === "percent" || kind === "personal" || kind === "basket_percent") return rounded(net, value, 10_000);
  return value;
}
