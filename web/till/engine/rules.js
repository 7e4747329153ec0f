// @ts-check
/** What a shop's discount rules say, and where each effect may round. The forms are those of docs/schema/rule-set-v2.json. */

/** @typedef {"card" | "promotion" | "claimed" | "personal" | "coupon" | "manual" | "regulation" | "points"} Source */
/** @typedef {"unit" | "line" | "basket"} Rounding */
/** @typedef {{card: boolean, tiers: Set<string>, categories: Set<string>, claimed: Set<string>, accounts: Set<string>, tags: Set<string>, coupons: Set<string>}} Who */
/** @typedef {{start: number, end: number}} Hours */
/** @typedef {{start: string, end: string, weekdays: Set<number>, hours: Hours[], birthday: {before: number, after: number} | null}} When */
/** @typedef {{products: Set<number>, categories: Set<number>, except_products: Set<number>, except_categories: Set<number>}} What */
/** @typedef {{by: "quantity", count: "each" | "together", measure: "pieces" | "weight"}} QuantityBy */
/** @typedef {{by: "sum", of: "receipt" | "goods", basis: "before" | "after"}} SumBy */
/** @typedef {{by: QuantityBy | SumBy, steps: {start: number, value: number}[], mode: "whole" | "slab"}} Scale */
/** @typedef {{what: What, take: number}} SetPart */
/** Once for every so many minor units or thousandths of the rule's goods. @typedef {{of: "sum" | "quantity", size: number}} Each */
/**
 * @typedef {object} Effect what a kind does not have is undefined
 * @property {string} kind
 * @property {any} [value] a number or a `Scale`; of a set the number that `price` names
 * @property {any} [take] units: of a run (n_for_m), of a gift
 * @property {any} [pay] n_for_m: units of a run that keep their price
 * @property {any} [percent] n_for_m: basis points off the others
 * @property {"cheapest_of_all" | "best_for_client"} [choose]
 * @property {any} [parts] set: its `SetPart`s
 * @property {"sum" | "percent" | "amount"} [price] set: what `value` is
 * @property {any} [choices] gift: its products, in their order
 * @property {any} [cost] gift: the unit price, `price` in its form
 * @property {Each | null} [each] gift
 * @property {any} [points] earn, earn_bonus
 * @property {any} [per] earn: minor units
 */
/** @typedef {{times: number | null, units: number | null, sum: number | null, percent: number | null}} ReceiptLimit */
/** @typedef {{sum: number | null, pieces: number | null, short: "refuse" | "rest"}} Budget */
/** @typedef {{receipt: ReceiptLimit, account: {times: number, days: number | null} | null, all_times: number | null, budget: Budget | null, offline: "allow" | "deny" | number}} Limits */
/** @typedef {{id: string, blocks: Source[], mode: "best_of" | "exclusive" | "sequential" | "additive", scope: "line" | "receipt", stackable: boolean}} Group */
/** @typedef {{code: string, no_discount: boolean, floor: number | null, ceiling: number | null, no_points: boolean}} Regulation */
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
 * @property {number | null} needs_coverage that many different products of the rule's goods
 * @property {Limits} limits
 */
/** @typedef {{version: number, rules: Rule[], groups: Group[], regulations: Regulation[], schema: number}} RuleSet */

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
  personal_price: ["unit"],
  n_for_m: ["unit"],
  set: ["basket"],
  gift: ["unit"],
  basket_percent: ["basket", "line"],
  basket_amount: ["basket"],
  earn: ["basket"],
  earn_bonus: ["basket"],
  message: ["basket"],
};

export const ON_LINES = ["percent", "personal", "amount_unit", "amount_line", "price", "personal_price"];
/** Effects that lower countable units, so that units and pieces may be limited. */
export const BY_UNITS = ["percent", "personal", "amount_unit", "price", "personal_price", "n_for_m", "set", "gift"];
/** Effects given several times on one receipt; the others count as one time. */
export const REPEATED = ["n_for_m", "set", "gift"];
export const NOT_DISCOUNTS = ["earn", "earn_bonus", "message"];

/** @type {Limits} */
export const NO_LIMITS = {
  receipt: { times: null, units: null, sum: null, percent: null },
  account: null,
  all_times: null,
  budget: null,
  offline: "allow",
};

/**
 * @param {Rule} rule
 * @returns {boolean}
 */
export function onBasket(rule) {
  return rule.effect.kind === "basket_percent" || rule.effect.kind === "basket_amount";
}

/**
 * @param {Rule} rule
 * @returns {boolean}
 */
export function onLines(rule) {
  return ON_LINES.includes(rule.effect.kind);
}

/**
 * Whether earlier receipts count, so that uses are written down.
 * @param {Limits} limits
 * @returns {boolean}
 */
export function fromOutside({ account, all_times, budget }) {
  return account !== null || all_times !== null || budget !== null;
}
