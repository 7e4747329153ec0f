// @ts-check
/** Tax of a line: rounded once, from the line's net. */

import { checked, rounded } from "./money.js";

/**
 * Base and tax of `net` at `rate` basis points; with `included` they add up to `net`, else the base is `net`.
 * @param {number} net
 * @param {number} rate
 * @param {boolean} included
 * @returns {[number, number]}
 */
export function taxOf(net, rate, included) {
  if (included) {
    const tax = rounded(net, rate, 10_000 + rate);
    return [net - tax, tax];
  }
  return [net, checked(rounded(net, rate, 10_000))];
}
