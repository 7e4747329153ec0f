// @ts-check
/** Lines as quantities times unit prices (R3): at most two parts, a measured line exactly one. */

import { MAX_AMOUNT, rounded } from "./money.js";

/** @typedef {import("./quote.js").Part} Part */

/**
 * `quantity` thousandths at a unit `price`, rounded once.
 * @param {number} price
 * @param {number} quantity
 */
export function cost(price, quantity) {
  const product = price * quantity;
  if (product > MAX_AMOUNT) return rounded(price, quantity, 1_000);
  const remainder = product % 1_000;
  return (product - remainder) / 1_000 + (remainder >= 500 ? 1 : 0);
}

/** @param {Part[]} parts */
export function total(parts) {
  let all = 0;
  for (const part of parts) all += cost(part.price, part.quantity);
  return all;
}

/**
 * Whole pieces that cost `net` together: the dearer ones first, one coin apart.
 * @param {number} net
 * @param {number} quantity
 * @returns {Part[]}
 */
export function split(net, quantity) {
  const pieces = quantity / 1_000;
  const dearer = net % pieces;
  const low = (net - dearer) / pieces;
  const parts = [
    { quantity: dearer * 1_000, price: low + 1 },
    { quantity: (pieces - dearer) * 1_000, price: low },
  ];
  return parts.filter((part) => part.quantity > 0);
}

/**
 * One part at the lowest unit price from `low` to `high` that costs at least `net`, nearest to it.
 *
 * Above one kilogram not every amount is a whole unit price times the weight: then the part costs a little more.
 * `net` lies between the costs of `low` and `high`.
 * @param {number} net
 * @param {number} quantity
 * @param {number} low
 * @param {number} high
 * @returns {Part[]}
 */
export function measured(net, quantity, low, high) {
  let price = Math.min(Math.max(rounded(net, 1_000, quantity), low), high);
  if (cost(price, quantity) < net) price += 1;
  return [{ quantity, price }];
}

/**
 * The same quantities at other prices; parts that have come to cost the same are one.
 * @param {Part[]} parts
 * @param {number[]} prices
 * @returns {Part[]}
 */
export function repriced(parts, prices) {
  if (parts.length === 1) return [{ quantity: parts[0].quantity, price: prices[0] }];
  return byPrice(parts.map((part, at) => ({ quantity: part.quantity, price: prices[at] })));
}

/**
 * Units of one line put together, dearer ones first, one part for each price.
 * @param {Part[]} parts
 * @returns {Part[]}
 */
export function byPrice(parts) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const part of parts) counts.set(part.price, (counts.get(part.price) ?? 0) + part.quantity);
  return [...counts].sort((a, b) => b[0] - a[0]).map(([price, quantity]) => ({ quantity, price }));
}

/**
 * At most two parts: three prices or more of whole pieces are evened out, one coin apart.
 * @param {Part[]} parts
 * @returns {Part[]}
 */
export function evened(parts) {
  if (parts.length <= 2) return parts;
  let quantity = 0;
  for (const part of parts) quantity += part.quantity;
  return split(total(parts), quantity);
}
