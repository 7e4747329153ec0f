// @ts-check
/** Whole-number arithmetic at the till's edges; prices are the engine's. */

/**
 * `numerator / denominator` to the nearest whole number, halves away from zero; `denominator` is positive.
 * @param {bigint} numerator @param {bigint} denominator @returns {number}
 */
export function rounded(numerator, denominator) {
  const size = numerator < 0n ? -numerator : numerator;
  const whole = (2n * size + denominator) / (2n * denominator);
  return Number(numerator < 0n ? -whole : whole);
}

/**
 * An amount for `quantity` thousandths at `price` each, rounded once.
 * @param {number} price @param {number} quantity
 */
export const times = (price, quantity) => rounded(BigInt(price) * BigInt(quantity), 1000n);

/**
 * What has to be added to `amount` to reach a multiple of `step`; direction "up" and "down" are meant for a positive amount, a
 * negative one is its mirror.
 * @param {number} amount @param {number} step @param {"nearest" | "down" | "up"} direction
 */
export function toStep(amount, step, direction) {
  const size = Math.abs(amount);
  const below = size - (size % step);
  let target = below;
  if (below !== size) {
    const up = direction === "up" || (direction === "nearest" && 2 * (size - below) >= step);
    target = up ? below + step : below;
  }
  return amount < 0 ? size - target : target - size;
}

/** @param {readonly number[]} amounts */
export const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);
