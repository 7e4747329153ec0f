// @ts-check
/** Phases on single lines: prices set by hand, then the best rule for the client, then stackable rules on the rest (R6). */

import { offer } from "./effects.js";
import { Short } from "./reach.js";

/** @typedef {import("./basket.js").Manual} Manual */
/** @typedef {import("./effects.js").Offer} Offer */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./rules.js").Rule} Rule */
/** A rule on one line, with its value there and what the line would cost by it alone. @typedef {{rule: Rule, value: number, alone: Offer}} Wanted */
/** @typedef {{line: PricedLine, wanted: Wanted[]}} OnOneLine */

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
 * @param {number} value
 * @param {number} priceStep
 * @returns {Wanted}
 */
export function want(rule, line, value, priceStep) {
  return { rule, value, alone: offer(line, rule.effect.kind, rule.rounding, value, priceStep) };
}

/**
 * Give one line the best of the rules that compete for it and then, in order, the stackable ones.
 * @param {OnOneLine} on the rules in their order: priority, then id
 * @param {Prepared} prepared
 * @param {number} priceStep
 * @param {Events} events
 */
export function discountLine(on, prepared, priceStep, events) {
  const line = on.line;
  const wanted = notBlocked(on, prepared, events);
  const start = line.net;
  /** @type {Wanted | null} */
  let best = null;
  for (const each of wanted) {
    if (!each.rule.stackable && (best === null || each.alone.net < best.alone.net)) best = each;
  }
  for (const each of wanted) {
    if (each.rule.stackable) continue;
    if (each.alone.net >= start) events.notMet(each.rule.id, line, nothing(each.alone));
    else if (best !== null && each !== best) events.beaten(each.rule.id, line, best.rule.id, start - each.alone.net);
  }
  if (best !== null && best.alone.net < start) apply(best.rule, line, best.alone);
  for (const each of wanted) {
    if (!each.rule.stackable) continue;
    const made = offer(line, each.rule.effect.kind, each.rule.rounding, each.value, priceStep);
    if (!each.rule.over_discounted && line.discounted) events.notMet(each.rule.id, line, "discounted");
    else if (made.net >= line.net) events.notMet(each.rule.id, line, nothing(made));
    else apply(each.rule, line, made);
  }
}

/**
 * @param {Rule} rule
 * @param {PricedLine} line
 * @param {Offer} made
 */
function apply(rule, line, made) {
  if (made.held) line.limits.add(line.lowBy);
  line.take(made.parts, rule.id, rule.name, rule.source, rule.effect.kind);
}

/** @param {Offer} made */
function nothing(made) {
  return made.held ? "minimum" : "saving";
}

/**
 * Rules that remain after a promotion of a group that keeps other sources off the line.
 * @param {OnOneLine} on
 * @param {Prepared} prepared
 * @param {Events} events
 * @returns {Wanted[]}
 */
function notBlocked({ line, wanted }, prepared, events) {
  const blocked = line.blocked;
  for (const { rule, alone } of wanted) {
    const group = rule.group === null ? undefined : prepared.groups.get(rule.group);
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
 * @param {[PricedLine, number | Short][]} found
 * @param {Events} events
 * @returns {[PricedLine, number][]}
 */
export function valuesOrEvents(rule, found, events) {
  /** @type {[PricedLine, number][]} */
  const withValue = [];
  for (const [line, value] of found) {
    if (value instanceof Short) events.notMet(rule.id, line, value.missing, value.amount);
    else withValue.push([line, value]);
  }
  return withValue;
}
