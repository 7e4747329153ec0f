// @ts-check
/** How much a rule may give on this receipt: its own limits per receipt, and what limits from outside leave. */

import { divided, MAX_AMOUNT, prorate, sum } from "./money.js";
import { BY_UNITS, fromOutside, NOT_DISCOUNTS } from "./rules.js";

/** @typedef {import("./basket.js").Basket} Basket */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Discount} Discount */
/** @typedef {import("./quote.js").Use} Use */
/** @typedef {import("./rules.js").Rule} Rule */
/**
 * The most of each; null: not limited. `whole…`: where the rule would give more, it gives nothing. `…By`: what limits.
 * @typedef {{times: number | null, units: number | null, unitsBy: string, wholeUnits: number | null, sum: number | null, sumBy: string, wholeSum: number | null}} Allowed
 */

/** @type {Allowed} */
export const UNLIMITED = { times: null, units: null, unitsBy: "limit_receipt", wholeUnits: null, sum: null, sumBy: "limit_receipt", wholeSum: null };

/** @param {Allowed} allowance */
export const mostTimes = ({ times }) => times ?? MAX_AMOUNT;

/**
 * `gross` is the receipt's at list prices; a share of it is rounded down.
 * @param {Rule} rule
 * @param {Basket} basket
 * @param {number} gross
 * @returns {Allowed}
 */
export function allowed(rule, basket, gross) {
  const { receipt, budget } = rule.limits;
  const left = basket.left.get(rule.id);
  const found = { ...UNLIMITED, times: receipt.times, units: receipt.units, sum: receipt.sum };
  if (receipt.percent !== null) found.sum = least(found.sum, divided(gross, receipt.percent, 10_000)[0]);
  if (left === undefined) return found;
  found.times = least(found.times, left.times);
  if (budget !== null && budget.short === "refuse") return { ...found, wholeUnits: left.pieces, wholeSum: left.sum };
  if (left.pieces !== null && (found.units === null || left.pieces < found.units)) {
    found.units = left.pieces;
    found.unitsBy = "budget";
  }
  if (left.sum !== null && (found.sum === null || left.sum < found.sum)) {
    found.sum = left.sum;
    found.sumBy = "budget";
  }
  return found;
}

/**
 * @param {number | null} one
 * @param {number | null} other
 */
function least(one, other) {
  return one === null ? other : other === null ? one : Math.min(one, other);
}

/**
 * What the rule took off the lines.
 * @param {string} rule
 * @param {PricedLine[]} lines
 * @returns {number}
 */
export function givenBy(rule, lines) {
  let all = 0;
  for (const line of lines) for (const each of line.discounts) if (each.rule === rule) all += each.amount;
  return all;
}

/**
 * Lower what the rule gave to the sum it may give, each line in proportion.
 * @param {string} rule
 * @param {Allowed} allowance
 * @param {PricedLine[]} lines
 * @param {Events} events
 */
export function keepTo(rule, allowance, lines, events) {
  if (allowance.sum === null) return;
  const gave = lines.map((line) => givenBy(rule, [line]));
  if (sum(gave) <= allowance.sum) return;
  const fair = prorate(allowance.sum, gave);
  lines.forEach((line, at) => {
    if (fair[at] >= gave[at]) return;
    giveBack(line, rule, gave[at] - fair[at]);
    if (!line.discounts.some((each) => each.rule === rule)) events.notMet(rule, line, allowance.sumBy);
  });
}

/**
 * Make the line dearer by at least `amount`, all of it the rule's (a weight's price may not say the amount).
 * @param {PricedLine} line
 * @param {string} rule
 * @param {number} amount
 */
function giveBack(line, rule, amount) {
  const before = line.net;
  line.raiseTo(before + amount);
  let back = line.net - before;
  /** @type {Discount[]} */
  const kept = [];
  for (const each of line.discounts) {
    const less = each.rule === rule ? Math.min(each.amount, back) : 0;
    back -= less;
    if (each.amount > less) kept.push({ ...each, amount: each.amount - less });
  }
  line.discounts = kept;
  for (let last = back ? kept.pop() : undefined; last; last = back ? kept.pop() : undefined) {
    // a weight rose by more than the rule had given: the others gave that much less
    const less = Math.min(last.amount, back);
    back -= less;
    if (last.amount > less) kept.push({ ...last, amount: last.amount - less });
  }
}

/**
 * What rules with limits from outside took of them; `earned` are the rules that earned some.
 * @param {Rule[]} rules
 * @param {PricedLine[]} lines
 * @param {Map<string, number>} times
 * @param {Map<string, number>} pieces
 * @param {Set<string>} earned
 * @returns {Use[]}
 */
export function uses(rules, lines, times, pieces, earned) {
  /** @type {Use[]} */
  const found = [];
  for (const rule of rules) {
    if (!fromOutside(rule.limits)) continue;
    const on = lines.filter((line) => line.discounts.some((each) => each.rule === rule.id));
    if (!on.length && !earned.has(rule.id)) continue;
    const lowered = BY_UNITS.includes(rule.effect.kind) ? sum(on.map((line) => (line.measured ? 1_000 : line.quantity))) : 0;
    const money = NOT_DISCOUNTS.includes(rule.effect.kind) ? 0 : givenBy(rule.id, on);
    found.push({ rule: rule.id, times: times.get(rule.id) ?? 1, sum: money, pieces: pieces.get(rule.id) ?? lowered });
  }
  return found;
}
