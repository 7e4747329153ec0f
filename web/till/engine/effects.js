// @ts-check
/** What one effect makes of one line: the arithmetic of rounding at the unit and at the line (R2). */

import { rounded } from "./money.js";
import { cost, total } from "./parts.js";
import { repriced, Slabs, stretches } from "./slabs.js";

/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./slabs.js").Value} Value */
/** What a line would cost; `held` if its lowest price stood in the way of more. @typedef {{parts: import("./quote.js").Part[], net: number, held: boolean}} Offer */

/**
 * `kind` is the effect's; a line is never made dearer and never cheaper than allowed.
 * @param {PricedLine} line
 * @param {string} kind
 * @param {string} rounding
 * @param {Value} value
 * @param {number} priceStep
 * @returns {Offer}
 */
export function offer(line, kind, rounding, value, priceStep) {
  if (typeof value !== "number") return bySlabs(line, kind, rounding, /** @type {Slabs} */ (value), priceStep);
  if (rounding === "unit" && line.parts.length === 1) {
    const [{ quantity, price: before }] = line.parts;
    const wanted = unitPrice(kind, before, value, priceStep);
    const price = Math.min(before, Math.max(wanted, line.low));
    return { parts: [{ quantity, price }], net: cost(price, quantity), held: line.low > 0 && wanted < line.low };
  }
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
  if (kind === "percent" || kind === "personal" || kind === "n_for_m") return rounded(price, 10_000 - value, 10_000 * priceStep) * priceStep;
  return kind === "amount_unit" ? price - value : value;
}

/**
 * @param {PricedLine} line
 * @param {string} kind
 * @param {string} rounding
 * @param {Slabs} slabs
 * @param {number} priceStep
 * @returns {Offer}
 */
function bySlabs(line, kind, rounding, slabs, priceStep) {
  const cut = stretches(line.parts, slabs);
  let held = false;
  let parts;
  if (rounding === "unit") {
    const priced = cut.map(({ part, value }) => {
      const wanted = value === null ? part.price : unitPrice(kind, part.price, value, priceStep);
      held = held || (line.low > 0 && wanted < line.low);
      return { quantity: part.quantity, price: Math.min(part.price, Math.max(wanted, line.low)) };
    });
    parts = repriced(line, priced);
  } else {
    let net = line.net;
    for (const { part, value } of cut) net -= lineDiscount(kind, cost(part.price, part.quantity), value ?? 0);
    held = line.low > 0 && net < line.lowNet;
    parts = line.atNet(net);
  }
  return { parts, net: total(parts), held };
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
