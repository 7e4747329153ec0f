// @ts-check
/** Phases on single lines: prices set by hand, then the best rule for the client, then stackable rules on the rest (R6). */

import { offer } from "./effects.js";
import { outcome } from "./groups.js";
import { Short } from "./reach.js";

/** @typedef {import("./basket.js").Manual} Manual */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./groups.js").Candidate} Candidate */
/** @typedef {import("./groups.js").Outcome} Outcome */
/** @typedef {import("./groups.js").Wanted} Wanted */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./slabs.js").Value} Value */
/**
 * A line with the rules that would lower it, by priority and id; `every` are the same as candidates, when none is left out.
 * @typedef {{line: PricedLine, wanted: Wanted[], every: Candidate[]}} OnOneLine
 */

const MANUAL_KINDS = { price: ["price", "unit"], percent: ["percent", "unit"], amount: ["amount_line", "line"] };

/**
 * Phase 1: a price or a discount set by hand, within what the law and the product's minimum allow.
 * @param {PricedLine} line
 * @param {Manual} manual
 * @param {number} priceStep
 */
export function setByHand(line, manual, priceStep) {
  const [kind, rounding] = MANUAL_KINDS[manual.kind];
  const made = offer(line, kind, rounding, manual.value, priceStep);
  if (made.held) line.limits.add(line.lowBy);
  line.take(made.parts, "manual", "manual", "manual", manual.kind);
}

/**
 * @param {Rule} rule
 * @param {PricedLine} line
 * @param {Value} value
 * @param {number} priceStep
 * @returns {Wanted}
 */
export function want(rule, line, value, priceStep) {
  return { rule, value, alone: offer(line, rule.effect.kind, rule.rounding, value, priceStep) };
}

/**
 * Give the line, or what is left of it, the best of the candidates that compete for it.
 * @param {PricedLine} line
 * @param {Candidate[]} every
 * @param {number} priceStep
 * @param {Events} events
 * @param {boolean} fresh if the line is as it was when the rules were asked alone
 */
export function discountLine(line, every, priceStep, events, fresh) {
  /** @type {Outcome[]} */
  const made = [];
  /** @type {Outcome | null} */
  let best = null;
  for (const candidate of every) {
    if (candidate.stackable) continue;
    const each = outcome(candidate, line, priceStep, fresh);
    if (best === null || each.net < best.net) best = each;
    made.push(each);
  }
  if (best === null) return;
  const start = line.net;
  const winner = best.candidate.wanted[0].rule.id;
  for (const each of made) {
    if (each.net >= start) nothing(each, line, events);
    else if (each !== best) {
      for (const want of each.candidate.wanted) events.beaten(want.rule.id, line, winner, Math.max(start - want.alone.net, 0));
    }
  }
  if (best.net < start) apply(best, line, events);
}

/**
 * Stackable candidates, in order, on the rest.
 * @param {PricedLine} line
 * @param {Candidate[]} every
 * @param {number} priceStep
 * @param {Events} events
 */
export function discountRest(line, every, priceStep, events) {
  for (const candidate of every) {
    if (!candidate.stackable) continue;
    const discounted = line.discounted;
    const able = candidate.wanted.filter((want) => want.rule.over_discounted || !discounted);
    for (const want of candidate.wanted) if (!able.includes(want)) events.notMet(want.rule.id, line, "discounted");
    if (!able.length) continue;
    const made = outcome({ wanted: able, mode: candidate.mode, stackable: true }, line, priceStep, false);
    if (made.net >= line.net) nothing(made, line, events);
    else apply(made, line, events);
  }
}

/**
 * @param {Outcome} made
 * @param {PricedLine} line
 * @param {Events} events
 */
function apply(made, line, events) {
  if (made.held) line.limits.add(line.lowBy);
  for (const { rule, parts } of made.steps) line.take(parts, rule.id, rule.name, rule.source, rule.effect.kind);
  if (made.candidate.wanted.length === made.steps.length) return;
  for (const { rule, alone } of made.candidate.wanted) {
    if (made.steps.some((step) => step.rule === rule)) continue;
    if (made.candidate.mode === "best_of") events.beaten(rule.id, line, made.steps[0].rule.id, Math.max(line.gross - alone.net, 0));
    else events.notMet(rule.id, line, made.held ? "minimum" : "saving");
  }
}

/**
 * @param {Outcome} made
 * @param {PricedLine} line
 * @param {Events} events
 */
function nothing(made, line, events) {
  for (const { rule } of made.candidate.wanted) events.notMet(rule.id, line, made.held ? "minimum" : "saving");
}

/**
 * Rules that remain after a promotion of a group that keeps other sources off the line.
 * @param {OnOneLine} on
 * @param {Map<string, Group>} groups
 * @param {Events} events
 * @returns {Wanted[]}
 */
export function notBlocked({ line, wanted }, groups, events) {
  const blocked = line.blocked;
  for (const { rule, alone } of wanted) {
    const group = rule.group === null ? undefined : groups.get(rule.group);
    if (!group || rule.source !== "promotion" || alone.net >= line.net) continue;
    for (const source of group.blocks) if (!blocked.has(source)) blocked.set(source, rule.id);
  }
  if (blocked.size === 0) return wanted;
  return wanted.filter(({ rule, alone }) => {
    const by = blocked.get(rule.source);
    if (by === undefined) return true;
    events.beaten(rule.id, line, by, Math.max(line.net - alone.net, 0));
    return false;
  });
}

/**
 * Lines with their values; what is missing on the others goes to the explanation.
 * @param {Rule} rule
 * @param {[PricedLine, Value | Short][]} found
 * @param {Events} events
 * @returns {[PricedLine, Value][]}
 */
export function valuesOrEvents(rule, found, events) {
  /** @type {[PricedLine, Value][]} */
  const withValue = [];
  for (const [line, value] of found) {
    if (value instanceof Short) events.notMet(rule.id, line, value.missing, value.amount);
    else withValue.push([line, value]);
  }
  return withValue;
}
