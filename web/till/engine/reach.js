// @ts-check
/** Which lines a rule reaches and with which value: minimum quantities, sums and scales. */

import { checked, sum } from "./money.js";
import { average, overLines } from "./slabs.js";

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./basket.js").Terms} Terms */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./rules.js").QuantityBy} QuantityBy */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Scale} Scale */
/** @typedef {import("./rules.js").SumBy} SumBy */
/** @typedef {import("./slabs.js").Value} Value */

/** What is missing for a rule, and how much of it (thousandths for a quantity, minor units for a sum). */
export class Short {
  /**
   * @param {string} missing
   * @param {number | null} amount
   */
  constructor(missing, amount = null) {
    this.missing = missing;
    this.amount = amount;
  }
}

/** Sums of the whole receipt at the start of a phase: at list prices, and as charged so far. @typedef {{before: number, after: number}} Receipt */

/**
 * For each of the rule's lines the effect's value there, or what is missing.
 * @param {Rule} rule
 * @param {PricedLine[]} lines
 * @param {Receipt} receipt
 * @param {Terms | null} terms
 * @returns {[PricedLine, Value | Short][]}
 */
export function reached(rule, lines, receipt, terms) {
  const need = rule.needs_quantity;
  const money = rule.needs_sum;
  /** @type {Short | null} */
  let short = null;
  if (money !== null) {
    const lacking = money.at_least - sumOf(money.by, lines, receipt);
    if (lacking > 0) short = new Short("sum", lacking);
  }
  if (short === null && rule.needs_coverage !== null) {
    const lacking = rule.needs_coverage - new Set(lines.map((line) => line.line.product)).size;
    if (lacking > 0) short = new Short("coverage", lacking);
  }
  const counted = need ? counts(need.by, lines) : null;
  const valueAt = valuesOf(rule, lines, receipt, terms);
  return lines.map((line) => {
    const lacking = need && counted ? need.at_least - (counted.get(line.line.product) ?? 0) : 0;
    if (lacking > 0) return [line, new Short("quantity", lacking)];
    return [line, short ?? (typeof valueAt === "function" ? valueAt(line) : valueAt)];
  });
}

/**
 * One value for all lines, or a value per line where it depends on the product or the units.
 * @param {Rule} rule
 * @param {PricedLine[]} lines
 * @param {Receipt} receipt
 * @param {Terms | null} terms
 * @returns {Value | Short | ((line: PricedLine) => Value | Short)}
 */
function valuesOf({ effect }, lines, receipt, terms) {
  if (effect.kind === "personal") return terms ? terms.personal : 0;
  if (effect.kind === "personal_price") return (line) => terms?.prices.get(line.line.product) ?? new Short("personal");
  return stepsOf(effect.value ?? 0, lines, receipt);
}

/**
 * @param {number | Scale} value
 * @param {PricedLine[]} lines
 * @param {Receipt} receipt
 * @returns {Value | Short | ((line: PricedLine) => Value | Short)}
 */
function stepsOf(value, lines, receipt) {
  if (typeof value === "number") return value;
  const { by, steps, mode } = value;
  if (by.by === "sum") {
    const total = sumOf(by, lines, receipt);
    return mode === "slab" && total >= steps[0].start ? average(steps, total) : stepAt(steps, total, "sum");
  }
  const counted = counts(by, lines);
  const slabs = mode === "slab" ? slabsOf(steps, by, lines) : null;
  return (line) => slabs?.get(line.index) ?? stepAt(steps, counted.get(line.line.product) ?? 0, "quantity");
}

/**
 * Stretches of the lines that count, in runs of one product or all together, where a step is passed.
 * @param {Scale["steps"]} steps
 * @param {QuantityBy} by
 * @param {PricedLine[]} lines
 * @returns {Map<number, Value>}
 */
function slabsOf(steps, by, lines) {
  /** @type {Map<number, [PricedLine, number][]>} */
  const runs = new Map();
  for (const line of lines) {
    const key = by.count === "each" ? line.line.product : 0;
    const run = runs.get(key);
    if (run) run.push([line, quantityOf(by, line.line)]);
    else runs.set(key, [[line, quantityOf(by, line.line)]]);
  }
  /** @type {Map<number, Value>} */
  const found = new Map();
  for (const run of runs.values()) {
    if (sum(run.map(([, counted]) => counted)) >= steps[0].start) overLines(steps, run, found);
  }
  return found;
}

/**
 * @param {{start: number, value: number}[]} steps
 * @param {number} amount
 * @param {string} of
 * @returns {number | Short}
 */
function stepAt(steps, amount, of) {
  /** @type {number | null} */
  let value = null;
  for (const step of steps) if (amount >= step.start) value = step.value;
  return value === null ? new Short(of, steps[0].start - amount) : value;
}

/**
 * @param {SumBy} by
 * @param {PricedLine[]} lines
 * @param {Receipt} receipt
 */
function sumOf(by, lines, receipt) {
  if (by.of === "receipt") return by.basis === "before" ? receipt.before : receipt.after;
  return sum(lines.map((line) => (by.basis === "before" ? line.gross : line.net)));
}

/**
 * Product -> thousandths that count for it.
 * @param {QuantityBy} by
 * @param {PricedLine[]} lines
 * @returns {Map<number, number>}
 */
function counts(by, lines) {
  /** @type {Map<number, number>} */
  const each = new Map();
  for (const { line } of lines) {
    each.set(line.product, checked((each.get(line.product) ?? 0) + quantityOf(by, line)));
  }
  if (by.count === "each") return each;
  const together = checked(sum([...each.values()]));
  for (const product of each.keys()) each.set(product, together);
  return each;
}

/**
 * In pieces a weighed line is one; by weight only weighed lines count.
 * @param {QuantityBy} by
 * @param {Line} line
 */
export function quantityOf(by, line) {
  if (by.measure === "weight") return line.unit === "kg" ? line.quantity : 0;
  return line.unit === "kg" ? 1_000 : line.quantity;
}
