// @ts-check
/** Caps on the discount of one receipt (R4): by hand first, then line rules, then basket rules, while there is allowance. */

import { divided, prorate, sum } from "./money.js";
import { total } from "./parts.js";

/** @typedef {import("./basket.js").Settings} Settings */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** A line as it stood when a phase began. @typedef {{line: PricedLine, parts: import("./quote.js").Part[], net: number, discounts: number}} Before */

/**
 * The most that may come off a receipt of `gross` at list prices; a percentage is rounded down.
 * @param {Settings} settings
 * @param {number} gross
 * @returns {number}
 */
export function allowance(settings, gross) {
  let most = gross;
  if (settings.cap_percent !== null) most = Math.min(most, divided(gross, settings.cap_percent, 10_000)[0]);
  if (settings.cap_sum !== null) most = Math.min(most, settings.cap_sum);
  return most;
}

/**
 * @param {PricedLine[]} lines
 * @returns {Before[]}
 */
export function remember(lines) {
  return lines.map((line) => ({ line, parts: line.parts, net: line.net, discounts: line.discounts.length }));
}

/**
 * Lower the phase's discounts to `most` in all, each line in proportion, the last rule first. Returns what is left.
 * @param {Before[]} began
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
export function keepWithin(began, most, events) {
  const taken = began.map((before) => before.net - before.line.net);
  const all = sum(taken);
  if (all <= most) return most - all;
  const fair = prorate(most, taken);
  let left = most;
  began.forEach((before, at) => {
    left -= fair[at] < taken[at] ? lower(before, fair[at], events) : taken[at];
  });
  return left;
}

/**
 * Take at most `amount` off the line instead of what the phase took; returns what it is now.
 * @param {Before} before
 * @param {number} amount
 * @param {Events} events
 * @returns {number}
 */
function lower(before, amount, events) {
  const line = before.line;
  line.parts = before.parts;
  line.net = before.net;
  line.parts = line.atNet(before.net - amount);
  line.net = total(line.parts);
  line.limits.add("cap");
  let left = before.net - line.net;
  for (const discount of line.discounts.splice(before.discounts)) {
    const kept = Math.min(discount.amount, left);
    left -= kept;
    if (kept > 0) line.discounts.push({ ...discount, amount: kept });
    else events.notMet(discount.rule, line, "cap");
  }
  return before.net - line.net;
}
