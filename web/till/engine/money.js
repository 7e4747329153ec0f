// @ts-check
/** Whole-number money: rounding and splitting, as `pos/core/money.py` does. Halves go away from zero; no fractions anywhere. */

import { Malformed } from "./errors.js";

/** Largest amount, quantity or total, at both signs. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/**
 * `amount` itself; throws `money.too_large` beyond +-(2^53 - 1).
 * @param {number} amount
 * @returns {number}
 */
export function checked(amount) {
  if (!(amount <= MAX_AMOUNT && amount >= -MAX_AMOUNT)) throw new Malformed("money.too_large", "");
  return amount;
}

/**
 * `a * b / divisor` rounded down, and what remains; `a` and `b` not negative, `divisor` positive, the answer in range.
 * @param {number} a
 * @param {number} b
 * @param {number} divisor
 * @returns {[number, number]}
 */
export function divided(a, b, divisor) {
  const product = a * b;
  if (product <= MAX_AMOUNT) {
    const remainder = product % divisor;
    return [(product - remainder) / divisor, remainder];
  }
  const exact = BigInt(a) * BigInt(b);
  const by = BigInt(divisor);
  return [Number(exact / by), Number(exact % by)];
}

/**
 * `a * b / divisor` to the nearest whole number, halves up; none negative.
 * @param {number} a
 * @param {number} b
 * @param {number} divisor
 * @returns {number}
 */
export function rounded(a, b, divisor) {
  const [whole, remainder] = divided(a, b, divisor);
  return remainder >= divisor - remainder ? whole + 1 : whole;
}

/**
 * Split `total` over `weights` (none negative, not all zero unless `total` is) so that the parts add up to it exactly;
 * coins lost to rounding go to the largest remainders, the earlier weight first (sorting keeps the order of equals).
 * @param {number} total
 * @param {number[]} weights
 * @returns {number[]}
 */
export function prorate(total, weights) {
  const whole = sum(weights);
  if (whole === 0) {
    if (total !== 0) throw new Malformed("money.nothing_to_split_over", "");
    return weights.map(() => 0);
  }
  /** @type {number[]} */
  const parts = [];
  /** @type {number[]} */
  const remainders = [];
  let left = total;
  for (const weight of weights) {
    const [part, remainder] = divided(total, weight, whole);
    parts.push(part);
    remainders.push(remainder);
    left -= part;
  }
  const order = remainders.map((_, at) => at).sort((a, b) => remainders[b] - remainders[a]);
  for (const at of order.slice(0, left)) parts[at] += 1;
  return parts;
}

/**
 * @param {number[]} amounts
 * @returns {number}
 */
export function sum(amounts) {
  let all = 0;
  for (const amount of amounts) all += amount;
  return all;
}
