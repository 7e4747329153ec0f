// @ts-check
/** Values that change inside one quantity or sum, as tax brackets do: each holds between its start and the next one's. */

import { byPrice, cost } from "./parts.js";

/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** @typedef {{start: number, value: number}} Step */
/** The first `quantity` thousandths of a line that are left get `value` (null: they have reached no step). @typedef {{quantity: number, value: number | null}} Slab */
/** @typedef {number | Slabs | Ratio} Value */

/** What each stretch of one line gets, its cheapest units first. */
export class Slabs {
  /** @param {Slab[]} of */
  constructor(of) {
    this.of = of;
  }
}

/** A percentage that is no whole number of basis points: `numerator` of `denominator`. */
export class Ratio {
  /**
   * @param {bigint} numerator
   * @param {bigint} denominator
   */
  constructor(numerator, denominator) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /**
   * The share of `amount`, rounded once.
   * @param {number} amount
   * @returns {number}
   */
  of(amount) {
    return Number((2n * BigInt(amount) * this.numerator + this.denominator) / (2n * this.denominator));
  }
}

/**
 * Fill the steps with the lines' counted thousandths, cheaper units first, so that the dearer reach the later steps.
 * @param {Step[]} steps
 * @param {[PricedLine, number][]} counts
 * @param {Map<number, Value>} found by line
 */
export function overLines(steps, counts, found) {
  let at = 0;
  for (const [line, counted] of [...counts].sort((a, b) => a[0].line.price - b[0].line.price)) {
    let slabs = cut(steps, at, at + counted);
    if (counted !== line.quantity) {
      // a weighed line counted as one: all of it gets the value where it ends
      slabs = [{ quantity: line.quantity, value: slabs.length ? slabs[slabs.length - 1].value : null }];
    }
    found.set(line.index, new Slabs(slabs));
    at += counted;
  }
}

/**
 * The stretch from `start` to `end` cut at the steps.
 * @param {Step[]} steps
 * @param {number} start
 * @param {number} end
 * @returns {Slab[]}
 */
function cut(steps, start, end) {
  const edges = [start, ...steps.map((step) => step.start).filter((edge) => start < edge && edge < end), end];
  /** @type {Slab[]} */
  const slabs = [];
  for (let at = 1; at < edges.length; at += 1) {
    const low = edges[at - 1];
    /** @type {number | null} */
    let value = null;
    for (const step of steps) if (step.start <= low) value = step.value;
    if (edges[at] > low) slabs.push({ quantity: edges[at] - low, value });
  }
  return slabs;
}

/**
 * The percentage of the whole `total` when each step's percentage counts for its own stretch of it.
 * @param {Step[]} steps
 * @param {number} total
 * @returns {Ratio}
 */
export function average(steps, total) {
  let all = 0n;
  for (const slab of cut(steps, 0, total)) all += BigInt(slab.quantity) * BigInt(slab.value ?? 0);
  return new Ratio(all, 10_000n * BigInt(Math.max(total, 1)));
}

/**
 * The parts, cheaper units first, cut along the slabs; where units are gone meanwhile, the last stretches remain.
 * @param {Part[]} parts
 * @param {Slabs} slabs
 * @returns {{part: Part, value: number | null}[]}
 */
export function stretches(parts, slabs) {
  /** @type {{part: Part, value: number | null}[]} */
  const found = [];
  const ahead = [...slabs.of];
  for (const part of [...parts].sort((a, b) => b.price - a.price)) {
    let left = part.quantity;
    while (left > 0) {
      const slab = ahead.pop() ?? { quantity: left, value: null };
      const here = Math.min(left, slab.quantity);
      if (here < slab.quantity) ahead.push({ quantity: slab.quantity - here, value: slab.value });
      found.push({ part: { quantity: here, price: part.price }, value: slab.value });
      left -= here;
    }
  }
  return found;
}

/**
 * Stretches of the line, each at its price, as the at most two parts (one, if measured) of a line.
 * A step that begins inside a piece makes that piece cost both shares.
 * @param {PricedLine} line
 * @param {Part[]} priced
 * @returns {Part[]}
 */
export function repriced(line, priced) {
  if (!line.measured && priced.every((part) => part.quantity % 1_000 === 0)) return byPrice(priced);
  let net = 0;
  for (const part of priced) net += cost(part.price, part.quantity);
  return line.atNet(net);
}
