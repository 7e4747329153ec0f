// @ts-check
/** Prices the receipt with the rules that serve the client best, and says what beat the ones left out. */

import { givenBy } from "./allowed.js";
import { UNHEARD } from "./events.js";
import { sum } from "./money.js";
import { firstOfExclusiveGroups, leftOut } from "./search.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./events.js").Events} Events */

/**
 * Choose the rules and run the course with them; returns what became of each rule.
 * @param {Course} course
 * @returns {Events}
 */
export function settle(course) {
  const exclusive = firstOfExclusiveGroups(course);
  const first = course.common.copy();
  const { runs } = course;
  /** @type {Set<string>} */
  let off = new Set(exclusive.keys());
  course.run(off, first);
  if (course.prepared.bestOutcome) off = leftOut(course, off);
  if (!off.size && course.runs === runs + 1) return first; // nothing was tried beside it
  course.run(off, UNHEARD);
  const taken = new Map([...course.giving()].map((id) => [id, new Set(course.lines.filter((line) => givenBy(id, [line])).map((line) => line.index))]));
  const gave = new Map([...taken.keys()].map((id) => [id, givenBy(id, course.lines)]));
  const left = [...off].sort();
  const idle = [...course.contested].filter((id) => !off.has(id) && !gave.has(id)).sort();
  const would = [...left, ...idle].map((id) => wouldGive(course, off, id));
  const events = course.common.copy();
  course.run(off, events);
  left.forEach((id, at) => {
    const by = exclusive.get(id) ?? winner(course, id, taken, gave);
    if (by === null || ![...would[at].values()].some((amount) => amount > 0)) givesNothing(course, id, events);
    else beaten(course, id, by, would[at], events);
  });
  idle.forEach((id, at) => events.wouldGive(id, would[left.length + at]));
  return events;
}

/**
 * What the rule would take off each line if no other contested rule held.
 * @param {Course} course
 * @param {Set<string>} off
 * @param {string} id
 * @returns {Map<number, number>}
 */
function wouldGive(course, off, id) {
  const without = new Set([...off, ...course.contested]);
  without.delete(id);
  course.run(without, UNHEARD);
  return new Map((course.goods.get(id) ?? []).map((line) => [line.index, givenBy(id, [line])]));
}

/**
 * The rule that gives most on the lines of the one left out, or else on the receipt.
 * @param {Course} course
 * @param {string} id
 * @param {Map<string, Set<number>>} taken
 * @param {Map<string, number>} gave
 * @returns {string | null}
 */
function winner(course, id, taken, gave) {
  const lines = course.goods.get(id) ?? [];
  const near = [...gave.keys()].filter((other) => lines.some((line) => taken.get(other)?.has(line.index)));
  const rivals = near.length ? near : [...gave.keys()];
  const rank = (/** @type {string} */ other) => ({ amount: gave.get(other) ?? 0, priority: course.rules.get(other)?.priority ?? 0, other });
  const [best] = rivals.map(rank).sort((a, b) => b.amount - a.amount || a.priority - b.priority || (a.other < b.other ? -1 : 1));
  return best ? best.other : null;
}

/**
 * A rule that was left out and would have given nothing.
 * @param {Course} course
 * @param {string} id
 * @param {Events} events
 */
function givesNothing(course, id, events) {
  const answered = events.linesOf(id);
  for (const line of course.goods.get(id) ?? []) if (!answered.has(line.index)) events.notMet(id, line, "saving");
}

/**
 * @param {Course} course
 * @param {string} id
 * @param {string} by
 * @param {Map<number, number>} would
 * @param {Events} events
 */
function beaten(course, id, by, would, events) {
  events.beatenOnReceipt(id, by, sum([...would.values()]));
  const answered = events.linesOf(id);
  for (const line of course.goods.get(id) ?? []) {
    if (!answered.has(line.index)) events.beaten(id, line, by, would.get(line.index) ?? 0);
  }
}
