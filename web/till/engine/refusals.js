// @ts-check
/** What the forms of single fields cannot show: days that never fall, gifts in a circle, exclusive rules without an order. */

import { Malformed } from "./errors.js";
import { neverFalls, weekdaysOf } from "./weekdays.js";

/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Hours} Hours */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").What} What */
/** @typedef {import("./rules.js").When} When */
/** @typedef {import("./rules.js").Who} Who */

/** @type {Hours[]} */
const ALL_DAY = [{ start: 0, end: 1_440 }];

/**
 * Refuse a period of days that holds none of the rule's weekdays.
 * @param {Rule[]} rules
 * @param {string} path
 */
export function refuseDaysThatNeverFall(rules, path) {
  rules.forEach((rule, at) => {
    if (neverFalls(rule.when)) throw new Malformed("pricing.window_never_opens", `${path}[${at}].when.weekdays`);
  });
}

/**
 * Refuse gifts that lead back, over the products that rules name, to the goods of the rule that gave the first one.
 * A rule that gives more of its own goods is no cycle: gifts count towards no condition.
 * @param {Rule[]} rules
 * @param {string} path
 */
export function refuseGiftCycles(rules, path) {
  /** @type {Map<number, number[]>} */
  const leads = new Map();
  rules.forEach(({ effect }, at) => {
    if (effect.kind !== "gift") return;
    const ahead = rules.map((_, other) => other).filter((other) => {
      const { what } = rules[other];
      if (other === at || rules[other].effect.kind !== "gift") return false;
      return effect.choices.some((each) => what.products.has(each) && !what.except_products.has(each));
    });
    leads.set(at, ahead);
  });
  for (const at of leads.keys()) {
    if (reaches(leads, at)) throw new Malformed("pricing.gift_cycle", `${path}[${at}].effect.choices`);
  }
}

/**
 * Whether the way leads back to `start`.
 * @param {Map<number, number[]>} leads
 * @param {number} start
 */
function reaches(leads, start) {
  /** @type {Set<number>} */
  const seen = new Set();
  const ahead = [...(leads.get(start) ?? [])];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    if (at === start) return true;
    if (!seen.has(at)) ahead.push(...(leads.get(at) ?? []));
    seen.add(at);
  }
  return false;
}

/**
 * Refuse two rules of an exclusive group that have one priority and may meet: which holds would be chance.
 * @param {Rule[]} rules
 * @param {Group[]} groups
 * @param {string} path
 */
export function refuseExclusivesThatOverlap(rules, groups, path) {
  const exclusive = new Set(groups.filter((group) => group.mode === "exclusive").map((group) => group.id));
  /** @type {Map<string, Rule[]>} */
  const earlier = new Map();
  rules.forEach((rule, at) => {
    if (rule.group === null || !exclusive.has(rule.group)) return;
    const key = `${rule.group} ${rule.priority}`;
    const there = earlier.get(key) ?? [];
    if (there.some((other) => mayMeet(rule, other))) throw new Malformed("pricing.exclusives_overlap", `${path}[${at}].priority`);
    earlier.set(key, [...there, rule]);
  });
}

/**
 * @param {Rule} one
 * @param {Rule} other
 */
function mayMeet(one, other) {
  return sameClient(one.who, other.who) && sameTime(one.when, other.when) && sameGoods(one.what, other.what);
}

/**
 * Whether one client can be meant by both; tiers and accounts are one per client, the rest may come together.
 * @param {Who} one
 * @param {Who} other
 */
function sameClient(one, other) {
  if (one.tiers.size && other.tiers.size && !meet(one.tiers, other.tiers)) return false;
  return !(one.accounts.size && other.accounts.size && !meet(one.accounts, other.accounts));
}

/**
 * @template T
 * @param {Set<T>} one
 * @param {Set<T>} other
 */
function meet(one, other) {
  return [...one].some((each) => other.has(each));
}

/**
 * @param {When} one
 * @param {When} other
 */
function sameTime(one, other) {
  if ((one.end && one.end <= other.start) || (other.end && other.end <= one.start)) return false;
  if ([...one.hours, ...other.hours].some((hours) => hours.end <= hours.start)) return true;
  if (!meet(new Set(weekdaysOf(one)), new Set(weekdaysOf(other)))) return false;
  const there = other.hours.length ? other.hours : ALL_DAY;
  return (one.hours.length ? one.hours : ALL_DAY).some((here) => there.some((each) => here.start < each.end && each.start < here.end));
}

/**
 * Whether a product can be of both: told apart only where both name products.
 * @param {What} one
 * @param {What} other
 */
function sameGoods(one, other) {
  if (!one.products.size || !other.products.size || one.categories.size || other.categories.size) return true;
  return [...one.products].some((each) => !one.except_products.has(each) && other.products.has(each) && !other.except_products.has(each));
}
