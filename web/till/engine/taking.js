// @ts-check
/** Rules that take units out of lines: n for m, sets, and line rules limited to some units, which lower only those. */

import { mostTimes } from "./allowed.js";
import { spread } from "./basket_phase.js";
import { offer } from "./effects.js";
import { MAX_AMOUNT } from "./money.js";
import { byPrice, total } from "./parts.js";
import { Short } from "./reach.js";
import { filled, pickNForM, pickSet, sizeOf } from "./sets.js";
import { partsOf } from "./units.js";

/** @typedef {import("./allowed.js").Allowed} Allowed */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./sets.js").Pick} Pick */
/** @typedef {import("./slabs.js").Value} Value */
/** @typedef {import("./units.js").Pool} Pool */
/** @typedef {import("./units.js").Stack} Stack */
/** @typedef {import("./units.js").Taken} Taken */
/** A rule that takes units, with the lines it may take them from and its value there. @typedef {{rule: Rule, allowance: Allowed, lines: [PricedLine, Value][]}} Taker */
/** How many times the rule was given and what it took; nothing taken says what is missing. @typedef {{times: number, taken: Taken[], short: Short | null}} Took */

/**
 * Let the rule take units of the pool; it keeps them only if it lowers one.
 * @param {Taker} taker
 * @param {Pool} pool
 * @param {number} priceStep
 * @returns {Took}
 */
export function take(taker, pool, priceStep) {
  const stacks = pool.stacks(taker.lines.map(([line]) => line));
  const { effect } = taker.rule;
  const took =
    effect.kind === "n_for_m" ? nForM(taker, effect, stacks, priceStep) : effect.kind === "set" ? setOf(taker, effect, stacks) : unitsOf(taker, stacks, priceStep);
  for (const taken of took.taken) pool.remove(taken.line, counts(taken));
  return took;
}

/**
 * price -> count of the units as they were; a weighed line is one unit at its net.
 * @param {Taken} taken
 * @returns {Map<number, number>}
 */
function counts({ line, before }) {
  if (line.measured) return new Map([[total(before), 1]]);
  return new Map(before.map((part) => [part.price, part.quantity / 1_000]));
}

/**
 * How many times the effect, lowering `pieces` thousandths each time, may be given.
 * @param {Taker} taker
 * @param {number} pieces
 */
function within({ allowance }, pieces) {
  const times = mostTimes(allowance);
  return allowance.units === null ? times : Math.min(times, Math.floor(allowance.units / pieces));
}

/**
 * @param {Taker} taker
 * @param {number} pieces thousandths
 */
function refused({ allowance }, pieces) {
  return allowance.wholeUnits !== null && pieces > allowance.wholeUnits;
}

/**
 * @param {Taker} taker
 * @param {number} units
 * @param {number} size
 * @param {number} pieces
 * @returns {Took}
 */
function nothing({ allowance }, units, size, pieces) {
  if (units < size) return none(new Short("quantity", (size - units) * 1_000));
  const limited = allowance.units !== null && allowance.units < pieces;
  return none(new Short(limited ? allowance.unitsBy : "saving"));
}

/**
 * @param {Short} short
 * @returns {Took}
 */
function none(short) {
  return { times: 0, taken: [], short };
}

/**
 * @param {Taker} taker
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @param {number} priceStep
 * @returns {Took}
 */
function nForM(taker, effect, stacks, priceStep) {
  const pieces = (effect.take - effect.pay) * 1_000;
  let units = 0;
  for (const stack of stacks) units += stack.count;
  const { times, picks } = pickNForM(effect, stacks, within(taker, pieces));
  if (refused(taker, times * pieces)) return none(new Short("budget"));
  const taken = byLine(picks).map(([line, picked]) => reduced(line, picked, effect, priceStep));
  if (taken.every((each) => total(each.before) === total(each.after))) return nothing(taker, units, effect.take, pieces);
  return { times, taken, short: null };
}

/**
 * @param {PricedLine} line
 * @param {Pick[]} picks
 * @param {Effect} effect
 * @param {number} priceStep
 * @returns {Taken}
 */
function reduced(line, picks, effect, priceStep) {
  const kept = partsOf(line, new Map(picks.map((pick) => [pick.stack.price, pick.kept])));
  const lowered = lower(line, picks);
  if (!lowered.length) return { line, before: kept, after: kept, pieces: 0, held: false };
  const made = offer(line.share(lowered), "percent", line.measured ? "line" : "unit", effect.percent, priceStep);
  return { line, before: byPrice([...kept, ...lowered]), after: byPrice([...kept, ...made.parts]), pieces: piecesOf(picks), held: made.held };
}

/**
 * The units of the line that are lowered.
 * @param {PricedLine} line
 * @param {Pick[]} picks
 */
function lower(line, picks) {
  return partsOf(line, new Map(picks.map((pick) => [pick.stack.price, pick.lowered])));
}

/** @param {Pick[]} picks */
function piecesOf(picks) {
  let units = 0;
  for (const pick of picks) units += pick.lowered;
  return units * 1_000;
}

/**
 * @param {Taker} taker
 * @param {Effect} effect
 * @param {Stack[]} stacks
 * @returns {Took}
 */
function setOf(taker, effect, stacks) {
  const size = sizeOf(effect);
  const { times, amount, picks } = pickSet(effect, stacks, within(taker, size * 1_000));
  if (refused(taker, times * size * 1_000)) return none(new Short("budget"));
  const lines = byLine(picks).map(([line, picked]) => ({ line, some: line.share(lower(line, picked)), picked }));
  const made = spread(lines.map(({ some }) => some), Math.max(amount, 0));
  if (made.amount === 0) {
    const least = times === 0 ? size - filled(effect, stacks) : 0;
    return nothing(taker, size - least, size, size * 1_000);
  }
  const held = made.amount < amount;
  const taken = lines.map(({ line, some, picked }, at) => {
    return { line, before: some.parts, after: made.parts[at], pieces: piecesOf(picked), held: held && some.low > 0 };
  });
  return { times, taken, short: null };
}

/**
 * The dearest units, as many as the rule may lower.
 * @param {Taker} taker
 * @param {Stack[]} stacks
 * @param {number} priceStep
 * @returns {Took}
 */
function unitsOf(taker, stacks, priceStep) {
  const { rule, allowance } = taker;
  const values = new Map(taker.lines.map(([line, value]) => [line.index, value]));
  let left = allowance.units === null ? MAX_AMOUNT : Math.floor(allowance.units / 1_000);
  /** @type {Pick[]} */
  const picks = [];
  for (const stack of stacks) {
    const count = Math.min(stack.count, left);
    left -= count;
    if (count) picks.push({ stack, kept: 0, lowered: count });
  }
  /** @type {Taken[]} */
  const taken = [];
  let all = 0;
  for (const [line, picked] of byLine(picks)) {
    const some = line.share(lower(line, picked));
    const made = offer(some, rule.effect.kind, rule.rounding, values.get(line.index) ?? 0, priceStep);
    if (made.net >= some.net) continue;
    taken.push({ line, before: some.parts, after: made.parts, pieces: piecesOf(picked), held: made.held });
    all += piecesOf(picked);
  }
  if (refused(taker, all)) return none(new Short("budget"));
  if (!taken.length) return nothing(taker, 1, 1, 1_000);
  return { times: 1, taken, short: null };
}

/**
 * @param {Pick[]} picks
 * @returns {[PricedLine, Pick[]][]}
 */
function byLine(picks) {
  /** @type {Map<number, [PricedLine, Pick[]]>} */
  const found = new Map();
  for (const pick of picks) {
    const { line } = pick.stack;
    const there = found.get(line.index);
    if (there) there[1].push(pick);
    else found.set(line.index, [line, [pick]]);
  }
  return [...found.values()];
}

/**
 * The whole line again: what rules took, as it is now, and the rest.
 * @param {Taken[]} taken
 * @param {Part[]} rest
 * @returns {Part[]}
 */
export function afterTaking(taken, rest) {
  return byPrice([...taken.flatMap((each) => each.after), ...rest]);
}
