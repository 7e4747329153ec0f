// @ts-check
/** Cash rounding (R11): a signed amount on the cash part, never spread over lines. */

import { checked, rounded } from "./money.js";

/** @typedef {import("./basket.js").Direction} Direction */

/**
 * What is added to a cash `amount` to make it a multiple of `step`; a negative amount mirrors its positive twin.
 * `nearest` takes halves away from zero; `down` and `up` go by the size of the amount.
 * @param {number} amount
 * @param {number} step
 * @param {Direction} direction
 * @returns {number}
 */
export function cashRounding(amount, step, direction) {
  const size = Math.abs(amount);
  const over = size % step;
  let target = size - over;
  if (direction === "nearest") target = rounded(size, 1, step) * step;
  else if (direction === "up" && over > 0) target += step;
  const change = checked(target) - size;
  return amount >= 0 ? change : 0 - change;
}

/**
 * The rounding of a cash refund of `now`, given what was paid and what was given back before (all before rounding).
 *
 * Rounds the refunds of one sale together, never above what was paid; the last one lands on it exactly.
 * Amounts are positive; money back is `now` plus the answer.
 * @param {number} paid
 * @param {number} paidRounding
 * @param {number} returned
 * @param {number} returnedRounding
 * @param {number} now
 * @param {number} step
 * @param {Direction} direction
 * @returns {number}
 */
export function refundRounding(paid, paidRounding, returned, returnedRounding, now, step, direction) {
  const together = returned + now;
  const most = paid + paidRounding;
  let given = most;
  if (together !== paid) given = Math.min(together + cashRounding(together, step, direction), most);
  given = Math.max(given, returned + returnedRounding);
  return given - (returned + returnedRounding) - now;
}
