// @ts-check
/** Which lines a rule reaches and with which value: minimum quantities, sums and scales. */

import { checked, sum } from "./money.js";

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./basket.js").Terms} Terms */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./rules.js").QuantityBy} QuantityBy */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Scale} Scale */
/** @typedef {import("./rules.js").SumBy} SumBy */

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
 * @returns {[PricedLine, number | Short][]}
 */
export function reached(rule, lines, receipt, terms) {
  const need = rule.needs_quantity;
  const money = rule.needs_sum;
  const value = rule.effect.kind === "personal" ? (terms ? terms.personal : 0) : rule.effect.value;
  /** @type {Short | null} */
  let shortSum = null;
  if (money !== null) {
    const lacking = money.at_least - sumOf(money.by, lines, receipt);
    if (lacking > 0) shortSum = new Short("sum", lacking);
  }
  const counted = need ? counts(need.by, lines) : null;
  const valueAt = stepsOf(value, lines, receipt);
  return lines.map((line) => {
    const lacking = need && counted ? need.at_least - (counted.get(line.line.product) ?? 0) : 0;
    if (lacking > 0) return [line, new Short("quantity", lacking)];
    return [line, shortSum ?? valueAt(line.line.product)];
  });
}

/**
 * The value for a product: one for all, or its own where the scale counts each product.
 * @param {number | Scale} value
 * @param {PricedLine[]} lines
 * @param {Receipt} receipt
 * @returns {(product: number) => number | Short}
 */
function stepsOf(value, lines, receipt) {
  if (typeof value === "number") return () => value;
  const { by, steps } = value;
  if (by.by === "sum") {
    const flat = stepAt(steps, sumOf(by, lines, receipt), "sum");
    return () => flat;
  }
  const counted = counts(by, lines);
  return (product) => stepAt(steps, counted.get(product) ?? 0, "quantity");
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
function quantityOf(by, line) {
  if (by.measure === "weight") return line.unit === "kg" ? line.quantity : 0;
  return line.unit === "kg" ? 1_000 : line.quantity;
}
