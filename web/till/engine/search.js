// @ts-check
/**
 * The best outcome for the client: which rules to leave out (docs/decisions/pricing-best-outcome.md).
 *
 * Up to `EXACT` rules that are in each other's way are decided by looking at every choice that could still be the best; more of them by steps from
 * two starts, at most `MOST_STEPS` prices in all, fewer on a long receipt.
 */

import { contests, mayContend } from "./contest.js";
import { UNHEARD } from "./events.js";
import { divided, sum } from "./money.js";

/** @typedef {import("./contest.js").Contest} Contest */
/** @typedef {import("./course.js").Course} Course */
/** How a choice ranks: sum to pay, rules that give (how many, which), how many are left out, which are kept. @typedef {[number, number, [number, string][], number, [number, string][]]} Key */
/** The choice that leads so far: what is left out, and how it ranks. @typedef {{off: Set<string>, key: Key}} Best */

const EXACT = 12;
const MOST_STEPS = 240;
const LEAST_STEPS = 24;
/** Prices times lines of a search by steps, so that a receipt of 200 lines takes no longer than one of 30. */
const MOST_LINES_PRICED = 7_200;

/**
 * The rules to leave out beside `off`, for the lowest sum to pay; the course has been run without them, and is left so where nothing is tried.
 * @param {Course} course
 * @param {Set<string>} off
 * @returns {Set<string>}
 */
export function leftOut(course, off) {
  if (!mayContend(course)) return off;
  const states = course.all.map((line) => line.state());
  const found = contests(course, off);
  if (!found.length) course.all.forEach((line, at) => line.restore(states[at]));
  course.contested = new Set(found.flatMap((contest) => contest.rules.map((rule) => rule.id)));
  let out = new Set([...off, ...secondMembers(found)]);
  for (const contest of found) out = contest.rules.length <= EXACT ? exactly(course, contest, out) : bySteps(course, contest, out);
  return out;
}

/**
 * All but the first of each group of which one rule may hold: somewhere to begin.
 * @param {Contest[]} found
 * @returns {string[]}
 */
function secondMembers(found) {
  return found.flatMap(({ rules, oneOf }) => oneOf.flatMap((group) => rules.map((rule) => rule.id).filter((id) => group.has(id)).slice(1)));
}

/**
 * Prices the receipt: lowest sum, then fewer rules that give, lower priority numbers, ids, fewer left out, the first kept.
 * @param {Course} course
 * @param {Set<string>} off
 * @returns {Key}
 */
function rank(course, off) {
  const net = course.run(off, UNHEARD);
  const given = placed(course, [...course.giving()]);
  return [net, given.length, given, off.size, placed(course, [...course.contested].filter((id) => !off.has(id)))];
}

/**
 * Rules by priority and id.
 * @param {Course} course
 * @param {string[]} ids
 * @returns {[number, string][]}
 */
function placed(course, ids) {
  const found = ids.map((id) => /** @type {[number, string]} */ ([course.rules.get(id)?.priority ?? 0, id]));
  return found.sort(compare);
}

/**
 * -1, 0 or 1, as Python compares tuples.
 * @param {any} one
 * @param {any} other
 * @returns {number}
 */
function compare(one, other) {
  if (!Array.isArray(one)) return one < other ? -1 : one > other ? 1 : 0;
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    const here = compare(one[at], other[at]);
    if (here) return here;
  }
  return one.length - other.length;
}

/**
 * Every choice of the contest's rules, except where what they could take off at most cannot make it the best.
 * @param {Course} course
 * @param {Contest} contest
 * @param {Set<string>} off
 * @returns {Set<string>}
 */
function exactly(course, contest, off) {
  const ids = contest.rules.map((rule) => rule.id);
  const others = [...off].filter((id) => !ids.includes(id));
  /** @type {Best} */
  const best = { off, key: rank(course, off) };
  const without = course.run(new Set([...others, ...ids]), UNHEARD);
  /**
   * @param {number} at
   * @param {string[]} out
   * @param {number[]} could
   */
  const look = (at, out, could) => {
    if (without - sum(could) > best.key[0]) return;
    if (at < ids.length) {
      look(at + 1, out, could);
      look(at + 1, [...out, ids[at]], could.map((most, place) => (place === at ? 0 : most)));
      return;
    }
    const choice = new Set(out);
    if (same(choice, best.off) || !allowed(contest.oneOf, ids, choice)) return;
    const key = rank(course, choice);
    if (compare(key, best.key) < 0) Object.assign(best, { off: choice, key });
  };
  look(0, others, contest.most);
  return best.off;
}

/**
 * @param {Set<string>} one
 * @param {Set<string>} other
 */
function same(one, other) {
  return one.size === other.size && [...one].every((id) => other.has(id));
}

/**
 * @param {Set<string>[]} oneOf
 * @param {string[]} ids
 * @param {Set<string>} out
 */
function allowed(oneOf, ids, out) {
  return oneOf.every((group) => ids.filter((id) => group.has(id) && !out.has(id)).length <= 1);
}

/**
 * How many prices a search by steps may take on a receipt of so many lines.
 * @param {number} lines
 */
function mostSteps(lines) {
  return Math.max(LEAST_STEPS, Math.min(MOST_STEPS, divided(MOST_LINES_PRICED, 1, Math.max(lines, 1))[0]));
}

/**
 * From all rules and from none, one rule in or out at a time while that is better, the most promising first.
 * @param {Course} course
 * @param {Contest} contest
 * @param {Set<string>} off
 * @returns {Set<string>}
 */
function bySteps(course, { rules, most, oneOf }, off) {
  const order = rules.map((rule, at) => ({ most: most[at], id: rule.id })).sort((a, b) => b.most - a.most);
  const ids = order.map(({ id }) => id);
  const steps = divided(mostSteps(course.lines.length), 1, 2)[0];
  const [one, other] = [off, new Set([...off, ...ids])].map((start) => climb(course, oneOf, ids, start, steps));
  return (compare(other.key, one.key) < 0 ? other : one).off;
}

/**
 * @param {Course} course
 * @param {Set<string>[]} oneOf
 * @param {string[]} ids
 * @param {Set<string>} start
 * @param {number} most prices
 * @returns {Best}
 */
function climb(course, oneOf, ids, start, most) {
  /** @type {Best} */
  const best = { off: start, key: rank(course, start) };
  let steps = most - 1;
  for (let improved = true; improved; ) {
    improved = false;
    for (const id of ids) {
      const out = new Set(best.off);
      if (!out.delete(id)) out.add(id);
      if (!allowed(oneOf, ids, out)) {
        for (const group of oneOf) if (group.has(id)) for (const fellow of group) if (fellow !== id) out.add(fellow);
      }
      if (steps === 0) return best;
      const key = rank(course, out);
      steps -= 1;
      if (compare(key, best.key) < 0) {
        Object.assign(best, { off: out, key });
        improved = true;
      }
    }
  }
  return best;
}

/**
 * Rules that an exclusive group leaves out, with the one that holds: the first that would give something alone.
 * @param {Course} course
 * @returns {Map<string, string>}
 */
export function firstOfExclusiveGroups(course) {
  /** @type {Map<string, string>} */
  const beaten = new Map();
  for (const group of course.prepared.groups.values()) {
    if (group.mode !== "exclusive") continue;
    const members = [...course.rules.values()].filter((rule) => rule.group === group.id).map((rule) => rule.id);
    if (members.length < 2) continue;
    const everyone = [...course.rules.keys()];
    const nothing = course.run(new Set(everyone), UNHEARD);
    const holds = members.find((id) => course.run(new Set(everyone.filter((other) => other !== id)), UNHEARD) < nothing);
    if (holds !== undefined) for (const other of members) if (other !== holds) beaten.set(other, holds);
  }
  return beaten;
}
