// @ts-check
/**
 * Which rules are in each other's way, so that leaving one out may serve the client better, and which of them must meet.
 *
 * Rules that only compete on single lines are not among them: there the best one is found line by line.
 */

import { after } from "./course.js";
import { MAX_AMOUNT, rounded, sum } from "./money.js";
import { onBasket, onLines } from "./rules.js";
import { pickNForM, pickSet } from "./sets.js";
import { Slabs } from "./slabs.js";
import { Pool } from "./units.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./groups.js").Wanted} Wanted */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./rules.js").Rule} Rule */
/** For each line the rules that could lower it. @typedef {Map<number, string[]>} Lowering */
/**
 * Rules to be chosen together, by priority and id, with the most that each may take off. Of each of the sets `oneOf` at most one rule holds.
 * @typedef {{rules: Rule[], most: number[], oneOf: Set<string>[]}} Contest
 */

/** Rules found to be in each other's way. */
class Links {
  constructor() {
    /** @type {Map<string, string>} */
    this.root = new Map();
  }

  /** @param {string} rule */
  add(rule) {
    if (!this.root.has(rule)) this.root.set(rule, rule);
  }

  /** @param {string[]} rules */
  join(rules) {
    if (!rules.length) return;
    const first = this.of(rules[0]);
    for (const rule of rules) this.root.set(this.of(rule), first);
  }

  /**
   * @param {string} rule
   * @returns {string}
   */
  of(rule) {
    this.add(rule);
    let at = rule;
    for (let up = this.root.get(at); up !== undefined && up !== at; up = this.root.get(at)) at = up;
    return at;
  }
}

/**
 * Whether there can be any contest: most receipts have nothing of what makes one, and are spared the look.
 * @param {Course} course
 */
export function mayContend(course) {
  if (course.takers.length || course.allowances.size || course.onBasket.length > 2 || course.givers.some(({ rule }) => after(rule))) return true;
  for (const group of course.prepared.groups.values()) if (group.mode === "best_of" || sumsOnTop(group)) return true;
  if (course.onBasket.some(({ rule }) => !rule.over_discounted || after(rule))) return true;
  for (const rule of course.rules.values()) if ((!rule.over_discounted && course.stacks(rule)) || bySlabs(rule)) return true;
  return false;
}

/**
 * The contests among the rules of the course that are not `off`; the course has been run with all of them.
 * @param {Course} course
 * @param {Set<string>} off
 * @returns {Contest[]}
 */
export function contests(course, off) {
  course.reset();
  const lowering = loweringOf(course, off);
  const links = new Links();
  const oneOf = groups(course, off, links);
  takers(course, off, lowering, links);
  pricesSummed(course, off, lowering, links);
  unevenUnits(course, off, lowering, links);
  sumsAfter(course, off, lowering, links);
  notOverDiscounted(course, off, lowering, links);
  limitedSums(course, off, lowering, links);
  baskets(course, off, links);
  joinOnLines(course, lowering, links);
  /** @type {Map<string, Rule[]>} */
  const found = new Map();
  for (const rule of course.rules.values()) {
    if (!links.root.has(rule.id)) continue;
    const root = links.of(rule.id);
    const rules = found.get(root);
    if (rules) rules.push(rule);
    else found.set(root, [rule]);
  }
  return [...found.values()].map((rules) => ({
    rules,
    most: rules.map((rule) => mostOff(course, rule)),
    oneOf: oneOf.filter((group) => rules.some((rule) => group.has(rule.id))),
  }));
}

/**
 * For each line the line rules and the takers that could lower it.
 * @param {Course} course
 * @param {Set<string>} off
 * @returns {Lowering}
 */
function loweringOf(course, off) {
  /** @type {Lowering} */
  const found = new Map();
  for (const [index, { line, wanted }] of course.onLine) {
    found.set(index, wanted.filter((each) => !off.has(each.rule.id) && gives(course, line, each)).map(({ rule }) => rule.id));
  }
  for (const { rule, goods } of course.takers) {
    if (!off.has(rule.id)) for (const line of goods) found.get(line.index)?.push(rule.id);
  }
  return found;
}

/**
 * Whether the rule lowers the line; what a price step hides at one price it may show at another.
 * @param {Course} course
 * @param {PricedLine} line
 * @param {Wanted} each
 */
function gives(course, line, { rule, alone }) {
  return alone.net < line.net || (course.step > 1 && course.stacks(rule));
}

/**
 * Best-of groups for the receipt, and those whose members work in different phases.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Links} links
 * @returns {Set<string>[]}
 */
function groups(course, off, links) {
  /** @type {Set<string>[]} */
  const oneOf = [];
  for (const group of course.prepared.groups.values()) {
    if (group.mode !== "best_of") continue;
    const members = [...course.rules.values()].filter((rule) => rule.group === group.id && !off.has(rule.id));
    if (members.length < 2) continue;
    const ids = members.map((rule) => rule.id);
    if (group.scope === "receipt") oneOf.push(new Set(ids));
    if (group.scope === "receipt" || new Set(members.map(onBasket)).size > 1) links.join(ids);
  }
  return oneOf;
}

/**
 * A rule that takes units is in the way of every other rule on its lines. One that follows on the rest takes units at what the others left of them,
 * which may lead it to units where it gives less.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function takers(course, off, lowering, links) {
  for (const { rule, goods } of course.takers) {
    if (off.has(rule.id) || !goods.some((line) => at(lowering, line).length > 1)) continue;
    links.add(rule.id);
    if (course.stacks(rule)) links.join([rule.id, ...goods.flatMap((line) => at(lowering, line))]);
  }
}

/** @param {Group} group */
function sumsOnTop(group) {
  return group.mode === "additive" && group.stackable;
}

/**
 * A fixed price and more beside it, summed on the rest: a lower rest may come out dearer.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function pricesSummed(course, off, lowering, links) {
  for (const group of course.prepared.groups.values()) {
    const members = [...course.rules.values()].filter((rule) => rule.group === group.id && !off.has(rule.id));
    if (!sumsOnTop(group) || !members.some(({ effect }) => effect.kind === "price" || effect.kind === "personal_price")) continue;
    for (const { id } of members) links.join([id, ...(course.goods.get(id) ?? []).flatMap((line) => at(lowering, line))]);
  }
}

/**
 * Units of one line that come to cost different prices, as a set took some or slabs lower some, and what follows on each. A rule that looks at
 * their sum evens them out, or is the best by that sum, and those that follow may find less to lower.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function unevenUnits(course, off, lowering, links) {
  const cut = new Set(
    course.takers.flatMap(({ rule, goods }) => (off.has(rule.id) || course.stacks(rule) ? [] : goods.map((line) => line.index))),
  );
  for (const [index, on] of course.onLine) {
    const rules = lowering.get(index) ?? [];
    const wanted = on.wanted.filter(({ rule }) => rules.includes(rule.id));
    const following = wanted.filter(({ rule }) => followsOnUnits(course, rule));
    const causes = wanted.filter(({ rule, value }) => value instanceof Slabs || (cut.has(index) && looksAtSum(course, rule)));
    if (causes.some((cause) => following.some((each) => each !== cause))) links.join(rules);
  }
}

/** @param {Rule} rule */
function bySlabs(rule) {
  const { value } = rule.effect;
  return onLines(rule) && typeof value === "object" && value.mode === "slab";
}

/**
 * Whether the rule lowers each unit by what that unit costs after other rules.
 * @param {Course} course
 * @param {Rule} rule
 */
function followsOnUnits(course, rule) {
  const inTurn = course.prepared.groups.get(rule.group ?? "")?.mode === "sequential";
  return rule.rounding === "unit" && (inTurn || course.stacks(rule));
}

/**
 * Whether the rule, or its group, follows on what the units cost together.
 * @param {Course} course
 * @param {Rule} rule
 */
function looksAtSum(course, rule) {
  const group = course.prepared.groups.get(rule.group ?? "");
  return course.stacks(rule) && (rule.rounding === "line" || (group !== undefined && group.stackable && group.mode !== "sequential"));
}

/**
 * @param {Lowering} lowering
 * @param {PricedLine} line
 */
function at(lowering, line) {
  return lowering.get(line.index) ?? [];
}

/**
 * Rules that lower a sum which another rule would reach without them.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function sumsAfter(course, off, lowering, links) {
  const taken = new Set(course.takers.flatMap(({ rule, goods }) => (off.has(rule.id) ? [] : goods.map((line) => line.index))));
  for (const { rule, goods } of [...course.takers, ...course.onBasket, ...course.givers]) {
    if (off.has(rule.id) || !after(rule)) continue;
    for (const [of, starts] of thresholds(rule)) {
      const lines = of === "receipt" ? course.lines : goods;
      const low = sum(lines.map((line) => (taken.has(line.index) ? line.lowNet : (course.afterSets.get(line.index) ?? 0))));
      const high = sum(lines.map((line) => line.net));
      if (starts.some((start) => low < start && start <= high)) links.join([rule.id, ...lines.flatMap((line) => at(lowering, line))]);
    }
  }
}

/**
 * @param {Rule} rule
 * @returns {[string, number[]][]}
 */
function thresholds({ needs_sum, effect: { value } }) {
  /** @type {[string, number[]][]} */
  const found = [];
  if (needs_sum !== null && needs_sum.by.basis === "after") found.push([needs_sum.by.of, [needs_sum.at_least]]);
  if (typeof value === "object" && value.by.by === "sum" && value.by.basis === "after") {
    found.push([value.by.of, value.steps.map((/** @type {{start: number}} */ step) => step.start)]);
  }
  return found;
}

/**
 * Rules that leave alone what others have lowered before them.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function notOverDiscounted(course, off, lowering, links) {
  const held = course.onBasket.filter(({ rule }) => !off.has(rule.id)).map(({ rule }) => rule.id);
  for (const { rule, goods } of course.goodsOf()) {
    if (rule.over_discounted || off.has(rule.id) || !(onBasket(rule) || course.stacks(rule))) continue;
    for (const line of goods) {
      const others = at(lowering, line).filter((id) => id !== rule.id);
      if (others.length) links.join([rule.id, ...others]);
    }
    if (onBasket(rule) && held.length > 1) links.join(held);
  }
}

/**
 * Rules that may give less than their lines call for: what they keep to themselves others could give.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Lowering} lowering
 * @param {Links} links
 */
function limitedSums(course, off, lowering, links) {
  for (const [id, limit] of course.allowances) {
    const rule = course.rules.get(id);
    if (rule === undefined || off.has(id) || onBasket(rule)) continue;
    const least = Math.min(limit.sum ?? Infinity, limit.wholeSum ?? Infinity);
    if (least === Infinity || mostOff(course, rule) <= least) continue;
    const others = (course.goods.get(id) ?? []).flatMap((line) => at(lowering, line));
    if (new Set(others).size > 1) links.join([id, ...others]);
  }
}

/**
 * One basket rule wins; where others follow on the rest, the one that takes off most need not be the best.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {Links} links
 */
function baskets(course, off, links) {
  const held = course.onBasket.map(({ rule }) => rule).filter((rule) => !off.has(rule.id));
  const competing = held.filter((rule) => !course.stacks(rule)).length;
  if (competing > 1 && held.length > competing) links.join(held.map((rule) => rule.id));
}

/**
 * Rules that are contested and share a line are chosen together.
 * @param {Course} course
 * @param {Lowering} lowering
 * @param {Links} links
 */
function joinOnLines(course, lowering, links) {
  for (const line of course.lines) {
    const onIt = course.onBasket.filter(({ goods }) => goods.includes(line)).map(({ rule }) => rule.id);
    links.join([...at(lowering, line), ...onIt].filter((id) => links.root.has(id)));
  }
}

/**
 * More than the rule could take off, whichever rules hold beside it; the lines are as the course began.
 * @param {Course} course
 * @param {Rule} rule
 * @returns {number}
 */
export function mostOff(course, rule) {
  const lines = course.goods.get(rule.id) ?? [];
  const room = sum(lines.map((line) => line.room));
  const { effect } = rule;
  if (onBasket(rule)) {
    if (typeof effect.value !== "number") return room;
    const net = sum(lines.map((line) => line.net));
    return Math.min(room, effect.kind === "basket_percent" ? rounded(net, effect.value, 10_000) + lines.length : effect.value);
  }
  if (effect.kind === "set") {
    return course.stacks(rule) ? room : Math.min(room, Math.max(pickSet(effect, new Pool(lines).stacks(lines), MAX_AMOUNT).amount, 0));
  }
  if (effect.kind === "n_for_m") {
    const stacks = new Pool(lines).stacks(lines);
    let left = pickNForM(effect, stacks, MAX_AMOUNT).times * (effect.take - effect.pay);
    let dearest = 0;
    for (const stack of stacks) {
      dearest += Math.min(left, stack.count) * stack.price;
      left = Math.max(left - stack.count, 0);
    }
    return Math.min(room, dearest);
  }
  const alone = course.wantedBy(rule.id);
  if (!alone.length) return room;
  const units = sum(lines.map((line) => 1 + Math.floor(line.quantity / 1_000)));
  return Math.min(room, sum(alone.map(({ line, each }) => line.net - each.alone.net)) + course.step * units);
}
