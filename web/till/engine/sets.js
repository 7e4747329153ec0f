// @ts-check
/** Which units a set takes and which of them it lowers: counted by price, never unit by unit. */

import { rounded } from "./money.js";
import { selects } from "./prepare.js";

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").SetPart} SetPart */
/** @typedef {import("./units.js").Stack} Stack */
/** Of a stack so many units that stay as they are and so many that are lowered. @typedef {{stack: Stack, kept: number, lowered: number}} Pick */

/**
 * How many times the effect is given, at most `most`, and the units it takes; `stacks` are dearest first.
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number} most
 * @returns {{times: number, picks: Pick[]}}
 */
export function pickNForM(effect, stacks, most) {
  let units = 0;
  for (const stack of stacks) units += stack.count;
  const times = Math.min(Math.floor(units / effect.take), most);
  if (effect.choose === "best_for_client") return { times, picks: runs(effect, stacks, times) };
  let free = times * (effect.take - effect.pay);
  let paid = times * effect.pay;
  /** @type {Pick[]} */
  const picks = [];
  for (let at = stacks.length - 1; at >= 0; at -= 1) {
    const stack = stacks[at];
    const lowered = Math.min(stack.count, free);
    const kept = Math.min(stack.count - lowered, paid);
    free -= lowered;
    paid -= kept;
    if (lowered || kept) picks.push({ stack, kept, lowered });
  }
  return { times, picks };
}

/**
 * Runs of `take` from the dearest on; the last of each run are lowered.
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number} times
 * @returns {Pick[]}
 */
function runs(effect, stacks, times) {
  const end = times * effect.take;
  let at = 0;
  /** @type {Pick[]} */
  const picks = [];
  for (const stack of stacks) {
    const until = Math.min(at + stack.count, end);
    const lowered = loweredBefore(effect, until) - loweredBefore(effect, at);
    if (until > at) picks.push({ stack, kept: until - at - lowered, lowered });
    at = until;
  }
  return picks;
}

/**
 * How many of the first `position` units are lowered.
 * @param {Effect} effect
 * @param {number} position
 */
function loweredBefore({ take, pay }, position) {
  const rest = position % take;
  return ((position - rest) / take) * (take - pay) + Math.max(rest - pay, 0);
}

/**
 * How many sets, what comes off them, and their units: the dearest that fill every part, never one for two parts.
 * Sets for a sum are filled while one more of them takes something off.
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number} most
 * @returns {{times: number, amount: number, picks: Pick[]}}
 */
export function pickSet(effect, stacks, most) {
  const masks = stacks.map((stack) => maskOf(effect, stack.line.line));
  const size = sizeOf(effect);
  let able = 0;
  stacks.forEach((stack, at) => {
    if (masks[at]) able += stack.count;
  });
  let low = 0;
  let high = Math.min(Math.floor(able / size), most);
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2);
    if (count(choose(effect, stacks, masks, middle)) === middle * size) low = middle;
    else high = middle - 1;
  }
  const times = effect.price === "sum" ? worthwhile(effect, stacks, masks, low) : low;
  const counts = choose(effect, stacks, masks, times);
  /** @type {Pick[]} */
  const picks = [];
  stacks.forEach((stack, at) => {
    if (counts[at]) picks.push({ stack, kept: 0, lowered: counts[at] });
  });
  return { times, amount: off(effect, totalOf(stacks, counts), times), picks };
}

/**
 * Units of one set.
 * @param {Effect} effect
 * @returns {number}
 */
export function sizeOf(effect) {
  let size = 0;
  for (const part of effect.parts) size += part.take;
  return size;
}

/**
 * How many units of one set are there.
 * @param {Effect} effect
 * @param {Stack[]} stacks
 */
export function filled(effect, stacks) {
  const masks = stacks.map((stack) => maskOf(effect, stack.line.line));
  return count(choose(effect, stacks, masks, 1));
}

/**
 * The fewest sets that take off the most: what one more adds only ever falls. (One more adds what its units cost less the sum.)
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number[]} masks
 * @param {number} most
 * @returns {number}
 */
function worthwhile(effect, stacks, masks, most) {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const here = totalOf(stacks, choose(effect, stacks, masks, middle));
    const more = totalOf(stacks, choose(effect, stacks, masks, middle + 1));
    if (more - here > effect.value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Effect} effect
 * @param {number} total
 * @param {number} times
 */
function off({ price, value }, total, times) {
  if (price === "percent") return rounded(total, value, 10_000);
  return price === "sum" ? total - times * value : Math.min(times * value, total);
}

/**
 * @param {Stack[]} stacks
 * @param {number[]} counts
 */
function totalOf(stacks, counts) {
  let total = 0;
  stacks.forEach((stack, at) => {
    total += stack.price * counts[at];
  });
  return total;
}

/** @param {number[]} counts */
function count(counts) {
  let all = 0;
  for (const each of counts) all += each;
  return all;
}

/**
 * The parts that the line can serve, as bits.
 * @param {Effect} effect
 * @param {Line} line
 * @returns {number}
 */
function maskOf(effect, line) {
  let mask = 0;
  effect.parts.forEach((/** @type {SetPart} */ part, /** @type {number} */ at) => {
    if (selects(part.what, line)) mask |= 1 << at;
  });
  return mask;
}

/**
 * Units of each stack for `times` sets, the dearest first, as many as can serve a part.
 * Units can all serve when, for every choice of parts, those that can serve no other parts fit into them (Hall).
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number[]} masks
 * @param {number} times
 * @returns {number[]}
 */
function choose(effect, stacks, masks, times) {
  /** @type {number[]} */
  const room = [];
  for (let parts = 0; parts < 1 << effect.parts.length; parts += 1) {
    let take = 0;
    effect.parts.forEach((/** @type {SetPart} */ part, /** @type {number} */ at) => {
      if ((parts >> at) & 1) take += part.take;
    });
    room.push(times * take);
  }
  return stacks.map((stack, nth) => {
    const mask = masks[nth];
    if (!mask) return 0;
    let here = stack.count;
    for (let parts = 0; parts < room.length; parts += 1) if ((parts & mask) === mask) here = Math.min(here, room[parts]);
    for (let parts = 0; parts < room.length; parts += 1) if ((parts & mask) === mask) room[parts] -= here;
    return here;
  });
}
