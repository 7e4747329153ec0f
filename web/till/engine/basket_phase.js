// @ts-check
/** The basket phase: the best basket rule, then stackable ones on the rest, each spread over its lines (R3). */

import { lineDiscount } from "./effects.js";
import { prorate, rounded, sum } from "./money.js";
import { total } from "./parts.js";

/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** @typedef {import("./rules.js").Rule} Rule */
/** A basket rule with its value and the lines it may lower. @typedef {{rule: Rule, value: number, lines: PricedLine[]}} OnLines */
/** What each line would cost, and what comes off in all; `capped` if the receipt's cap held more back. @typedef {{parts: Part[][], amount: number, capped: boolean}} Plan */

/**
 * Apply the rules to the receipt, at most `most` in all; returns what is left of it.
 * @param {OnLines[]} wanted the rules in their order: priority, then id
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
export function discountBasket(wanted, most, events) {
  let left = most;
  const plans = wanted.filter((on) => !on.rule.stackable).map((on) => ({ on, made: plan(on, most) }));
  /** @type {{on: OnLines, made: Plan} | null} */
  let best = null;
  for (const each of plans) {
    if (each.made.amount > 0 && (best === null || each.made.amount > best.made.amount)) best = each;
  }
  for (const each of plans) {
    if (each.made.amount === 0) nothing(each.on, most, events);
    else if (best !== null && each !== best) beaten(each.on, each.made, best.on.rule.id, events);
  }
  if (best !== null) left -= apply(best.on, best.made, events);
  for (const on of wanted) {
    if (!on.rule.stackable) continue;
    const rest = notDiscounted(on, events);
    const made = plan(rest, left);
    if (made.amount === 0) nothing(rest, left, events);
    else left -= apply(rest, made, events);
  }
  return left;
}

/**
 * The rule on the lines that nothing lowered meanwhile, if it asks for that.
 * @param {OnLines} on
 * @param {Events} events
 * @returns {OnLines}
 */
function notDiscounted(on, events) {
  if (on.rule.over_discounted) return on;
  for (const line of on.lines) if (line.discounted) events.notMet(on.rule.id, line, "discounted");
  return { ...on, lines: on.lines.filter((line) => !line.discounted) };
}

/**
 * What the rule would take off which line, without doing it.
 * @param {OnLines} on
 * @param {number} most
 * @returns {Plan}
 */
export function plan(on, most) {
  const { rule, value, lines } = on;
  const kind = rule.effect.kind;
  if (rule.rounding === "line") {
    const made = each(lines, lines.map((line) => lineDiscount(kind, line.net, value)));
    if (made.amount <= most) return made;
    const fair = prorate(most, lines.map((line, at) => line.net - total(made.parts[at])));
    return { ...each(lines, fair), capped: true };
  }
  const amount = kind === "basket_percent" ? rounded(sum(lines.map((line) => line.net)), value, 10_000) : value;
  return { ...spread(lines, Math.min(amount, most)), capped: amount > most };
}

/**
 * @param {PricedLine[]} lines
 * @param {number[]} takes
 * @returns {Plan}
 */
function each(lines, takes) {
  const parts = lines.map((line, at) => line.atNet(line.net - takes[at]));
  return { parts, amount: sum(lines.map((line, at) => line.net - total(parts[at]))), capped: false };
}

/**
 * Spread `amount` by what the lines cost, the largest remainder first, ties to the earlier line.
 *
 * What cannot land on a line (its lowest price, a weight whose price cannot say it) flows to the others; what
 * lands nowhere is not given.
 * @param {PricedLine[]} lines
 * @param {number} amount
 * @returns {Plan}
 */
function spread(lines, amount) {
  const taken = lines.map(() => 0);
  let left = Math.min(amount, sum(lines.map((line) => line.room)));
  let able = lines.map((_, at) => at).filter((at) => lines[at].room > 0);
  while (left > 0 && able.length > 0) {
    const shares = prorate(left, able.map((at) => lines[at].net));
    /** @type {number[]} */
    const still = [];
    able.forEach((at, nth) => {
      const line = lines[at];
      const landed = lands(line, taken[at] + Math.min(shares[nth], line.room - taken[at])) - taken[at];
      taken[at] += landed;
      left -= landed;
      if (landed === shares[nth] && taken[at] < line.room && !line.measured) still.push(at);
    });
    able = still;
  }
  lines.forEach((line, at) => {
    if (left > 0 && line.measured) {
      const landed = lands(line, Math.min(line.room, taken[at] + left)) - taken[at];
      taken[at] += landed;
      left -= landed;
    }
  });
  return { parts: lines.map((line, at) => line.atNet(line.net - taken[at])), amount: sum(taken), capped: false };
}

/**
 * How much of `amount` can come off the line.
 * @param {PricedLine} line
 * @param {number} amount
 */
function lands(line, amount) {
  return line.measured ? line.net - total(line.atNet(line.net - amount)) : amount;
}

/**
 * @param {OnLines} on
 * @param {Plan} made
 * @param {Events} events
 * @returns {number}
 */
function apply({ rule, lines }, made, events) {
  lines.forEach((line, at) => {
    if (!line.take(made.parts[at], rule.id, rule.name, rule.source, rule.effect.kind)) {
      events.notMet(rule.id, line, line.room === 0 ? "minimum" : "saving");
      return;
    }
    if (line.room === 0 && line.low > 0) line.limits.add(line.lowBy);
    if (made.capped) line.limits.add("cap");
  });
  return made.amount;
}

/**
 * @param {OnLines} on
 * @param {Plan} made
 * @param {string} by
 * @param {Events} events
 */
function beaten({ rule, lines }, made, by, events) {
  events.beatenOnReceipt(rule.id, by, made.amount);
  lines.forEach((line, at) => events.beaten(rule.id, line, by, line.net - total(made.parts[at])));
}

/**
 * @param {OnLines} on
 * @param {number} most
 * @param {Events} events
 */
function nothing(on, most, events) {
  for (const line of on.lines) {
    events.notMet(on.rule.id, line, line.room === 0 ? "minimum" : most === 0 ? "cap" : "saving");
  }
}
