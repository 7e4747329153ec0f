// @ts-check
/** The basket phase: the best basket rule, then stackable ones on the rest, each spread over its lines (R3). */

import { lineDiscount } from "./effects.js";
import { UNHEARD } from "./events.js";
import { together } from "./groups.js";
import { prorate, sum } from "./money.js";
import { total } from "./parts.js";
import { Ratio } from "./slabs.js";

/** @typedef {import("./allowed.js").Allowed} Allowed */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./slabs.js").Value} Value */
/** A basket rule with its value and the lines it may lower. @typedef {{rule: Rule, value: Value, lines: PricedLine[], allowance: Allowed}} OnLines */
/**
 * What each line would cost, and what comes off in all; `capped` if the receipt's cap held more back, `refused` if the rule's own budget did.
 * @typedef {{parts: Part[][], amount: number, capped: boolean, refused: boolean}} Plan
 */
/** One rule, or the rules of a group that act as one; placed by the first one's priority and id. @typedef {{members: OnLines[], mode: string, stackable: boolean}} Together */

/**
 * Apply the rules to the receipt, at most `most` in all; returns what is left of it.
 * @param {OnLines[]} wanted the rules in their order: priority, then id
 * @param {Map<string, Group>} groups
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
export function discountBasket(wanted, groups, most, events) {
  let left = most;
  /** @type {Together[]} */
  const every = together(wanted, groups, (members, mode, stackable) => ({ members, mode, stackable }));
  const tried = every.filter((each) => !each.stackable).map((each) => {
    const made = each.mode === "single" ? plan(each.members[0], most) : null;
    return { each, made, amount: made ? made.amount : trial(each, most) };
  });
  /** @type {{each: Together, made: Plan | null, amount: number} | null} */
  let best = null;
  for (const one of tried) if (one.amount > 0 && (best === null || one.amount > best.amount)) best = one;
  for (const { each, made, amount } of tried) {
    for (const on of each.members) {
      if (amount === 0) nothing(on, made ?? plan(on, most), most, events);
      else if (best !== null && each !== best.each) beaten(on, made ?? plan(on, most), best.each.members[0].rule.id, events);
    }
  }
  if (best !== null) left -= best.made ? apply(best.each.members[0], best.made, events) : give(best.each, left, events);
  for (const each of every) if (each.stackable) left -= give(each, left, events);
  return left;
}

/**
 * What rules of a group together would take off.
 * @param {Together} each
 * @param {number} most
 * @returns {number}
 */
function trial(each, most) {
  const lines = new Set(each.members.flatMap((on) => on.lines));
  const before = [...lines].map((line) => ({ line, state: line.state() }));
  const amount = give(each, most, UNHEARD);
  for (const { line, state } of before) line.restore(state);
  return amount;
}

/**
 * Apply one rule, or those of a group: one after another, each from the same prices, or the best one.
 * @param {Together} each
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
function give(each, most, events) {
  if (each.mode === "best_of") {
    const plans = each.members.map((on) => ({ on, made: plan(notDiscounted(on, UNHEARD), most) }));
    let [best] = plans;
    for (const one of plans) if (one.made.amount > best.made.amount) best = one;
    for (const { on, made } of plans) {
      if (on === best.on) continue;
      if (made.amount) beaten(on, plan(on, most), best.on.rule.id, events);
      else nothing(on, made, most, events);
    }
    return giveOne(best.on, null, most, events);
  }
  const asked = each.members.map((on) => (each.mode === "additive" ? plan(on, most).amount : null));
  let given = 0;
  each.members.forEach((on, at) => {
    given += giveOne(on, asked[at], most - given, events);
  });
  return given;
}

/**
 * Apply the rule; `amount` is what it takes off where that is known already.
 * @param {OnLines} on
 * @param {number | null} amount
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
function giveOne(on, amount, most, events) {
  const rest = on.rule.stackable || amount !== null ? notDiscounted(on, events) : on;
  const made = amount === null ? plan(rest, most) : spread(rest.lines, Math.min(amount, most));
  if (made.amount > 0) return apply(rest, made, events);
  nothing(rest, made, most, events);
  return 0;
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
  const { sum: own, wholeSum } = on.allowance;
  if (wholeSum !== null) {
    const made = planned(on, most);
    return made.amount <= wholeSum ? made : { parts: on.lines.map((line) => line.parts), amount: 0, capped: false, refused: true };
  }
  return own !== null && own < most ? { ...planned(on, own), capped: false } : planned(on, most);
}

/**
 * @param {OnLines} on
 * @param {number} most
 * @returns {Plan}
 */
function planned({ rule, value, lines }, most) {
  const { kind } = rule.effect;
  if (rule.rounding === "line") {
    const made = each(lines, lines.map((line) => off(kind, line.net, value)));
    if (made.amount <= most) return made;
    const fair = prorate(most, lines.map((line, at) => line.net - total(made.parts[at])));
    return { ...each(lines, fair), capped: true };
  }
  const amount = off(kind, sum(lines.map((line) => line.net)), value);
  return { ...spread(lines, Math.min(amount, most)), capped: amount > most };
}

/**
 * @param {string} kind
 * @param {number} net
 * @param {Value} value
 * @returns {number}
 */
function off(kind, net, value) {
  return value instanceof Ratio ? value.of(net) : lineDiscount(kind, net, /** @type {number} */ (value));
}

/**
 * @param {PricedLine[]} lines
 * @param {number[]} takes
 * @returns {Plan}
 */
function each(lines, takes) {
  const parts = lines.map((line, at) => line.atNet(line.net - takes[at]));
  return { parts, amount: sum(lines.map((line, at) => line.net - total(parts[at]))), capped: false, refused: false };
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
export function spread(lines, amount) {
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
  return { parts: lines.map((line, at) => line.atNet(line.net - taken[at])), amount: sum(taken), capped: false, refused: false };
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
 * @param {Plan} made
 * @param {number} most
 * @param {Events} events
 */
function nothing({ rule, lines, allowance }, made, most, events) {
  const limit = made.refused ? "budget" : allowance.sum === 0 ? allowance.sumBy : null;
  for (const line of lines) {
    events.notMet(rule.id, line, limit ?? (line.room === 0 ? "minimum" : most === 0 ? "cap" : "saving"));
  }
}
