// @ts-check
/** What a shop's discount rules say, and where each effect may round. The forms are those of docs/schema/rule-set-v1.json. */

/** @typedef {"card" | "promotion" | "claimed" | "personal" | "manual" | "regulation"} Source */
/** @typedef {"unit" | "line" | "basket"} Rounding */
/** @typedef {{card: boolean, tiers: Set<string>, categories: Set<string>, claimed: Set<string>, accounts: Set<string>, tags: Set<string>}} Who */
/** @typedef {{start: number, end: number}} Hours */
/** @typedef {{start: string, end: string, weekdays: Set<number>, hours: Hours[]}} When */
/** @typedef {{products: Set<number>, categories: Set<number>, except_products: Set<number>, except_categories: Set<number>}} What */
/** @typedef {{by: "quantity", count: "each" | "together", measure: "pieces" | "weight"}} QuantityBy */
/** @typedef {{by: "sum", of: "receipt" | "goods", basis: "before" | "after"}} SumBy */
/** @typedef {{by: QuantityBy | SumBy, steps: {start: number, value: number}[]}} Scale */
/** @typedef {{kind: string, value: number | Scale}} Effect */
/** @typedef {{id: string, blocks: Source[]}} Group */
/** @typedef {{code: string, no_discount: boolean, floor: number | null, ceiling: number | null}} Regulation */
/**
 * @typedef {object} Rule
 * @property {string} id
 * @property {string} name
 * @property {number} priority
 * @property {Source} source
 * @property {Effect} effect
 * @property {Rounding} rounding
 * @property {Who} who
 * @property {When} when
 * @property {What} what
 * @property {{at_least: number, by: QuantityBy} | null} needs_quantity
 * @property {{at_least: number, by: SumBy} | null} needs_sum
 * @property {string | null} group
 * @property {boolean} stackable
 * @property {boolean} over_manual
 * @property {boolean} over_discounted
 */
/** @typedef {{version: number, rules: Rule[], groups: Group[], regulations: Regulation[]}} RuleSet */

/**
 * Where each kind of effect may round (R2); the first is the default.
 * @type {Record<string, Rounding[]>}
 */
export const ROUNDINGS = {
  percent: ["unit", "line"],
  personal: ["unit", "line"],
  amount_unit: ["unit"],
  amount_line: ["line"],
  price: ["unit"],
  basket_percent: ["basket", "line"],
  basket_amount: ["basket"],
};

/**
 * @param {Rule} rule
 * @returns {boolean}
 */
export function onBasket(rule) {
  return rule.effect.kind === "basket_percent" || rule.effect.kind === "basket_amount";
}
