// @ts-check
/** Units of lines that rules take for themselves: a unit serves one rule. A weighed line is one unit. */

import { byPrice } from "./parts.js";

/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** `count` units of a line that cost `price` each. @typedef {{line: PricedLine, price: number, count: number}} Stack */
/** Units of a line that a rule took, as they were and as they are; `pieces` thousandths of them were lowered. @typedef {{line: PricedLine, before: Part[], after: Part[], pieces: number, held: boolean}} Taken */

/** The units of lines that no rule has taken yet. */
export class Pool {
  /** @param {PricedLine[]} lines */
  constructor(lines) {
    /** @type {Map<number, [number, number][]>} by line: price and count */
    this.left = new Map(lines.map((line) => [line.index, unitsOf(line)]));
  }

  /**
   * What is left of the lines, dearest first; of one price the earlier line.
   * @param {PricedLine[]} lines
   * @returns {Stack[]}
   */
  stacks(lines) {
    /** @type {Stack[]} */
    const found = [];
    for (const line of lines) {
      for (const [price, count] of this.of(line)) if (count) found.push({ line, price, count });
    }
    return found.sort((a, b) => b.price - a.price);
  }

  /**
   * Take units away.
   * @param {PricedLine} line
   * @param {Map<number, number>} picked price -> count
   */
  remove(line, picked) {
    this.left.set(line.index, this.of(line).map(([price, count]) => [price, count - (picked.get(price) ?? 0)]));
  }

  /**
   * Leave out so many of the line's cheapest units.
   * @param {PricedLine} line
   * @param {number} units
   */
  dropCheapest(line, units) {
    let gone = units;
    const left = [...this.of(line)].reverse().map(([price, count]) => {
      const here = Math.min(count, gone);
      gone -= here;
      return /** @type {[number, number]} */ ([price, count - here]);
    });
    this.left.set(line.index, left.reverse());
  }

  /**
   * The units left of the line as parts; none of a weighed line that is taken.
   * @param {PricedLine} line
   * @returns {Part[]}
   */
  rest(line) {
    return partsOf(line, new Map(this.of(line)));
  }

  /**
   * @param {PricedLine} line
   * @returns {[number, number][]}
   */
  of(line) {
    return this.left.get(line.index) ?? [];
  }
}

/**
 * Price and count of the line's units, dearest first.
 * @param {PricedLine} line
 * @returns {[number, number][]}
 */
export function unitsOf(line) {
  if (line.measured) return [[line.net, 1]];
  return [...line.parts].sort((a, b) => b.price - a.price).map((part) => [part.price, part.quantity / 1_000]);
}

/**
 * Picked units of the line as parts, dearer first.
 * @param {PricedLine} line
 * @param {Map<number, number>} picked price -> count
 * @returns {Part[]}
 */
export function partsOf(line, picked) {
  const taken = [...picked].filter(([, count]) => count);
  if (line.measured) return taken.length ? line.parts : [];
  return taken.sort((a, b) => b[0] - a[0]).map(([price, count]) => ({ quantity: count * 1_000, price }));
}

/**
 * The line's parts with the units taken at their new prices.
 * @param {PricedLine} line
 * @param {Taken} taken
 * @returns {Part[]}
 */
export function exchanged(line, taken) {
  if (line.measured) return taken.after;
  const left = new Map(unitsOf(line));
  for (const part of taken.before) left.set(part.price, (left.get(part.price) ?? 0) - part.quantity / 1_000);
  return byPrice([...taken.after, ...partsOf(line, left)]);
}
