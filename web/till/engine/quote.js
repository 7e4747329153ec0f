// @ts-check
/** The answer: what each line costs and why, and what became of each rule. The form is docs/schema/quote-v1.json. */

/** @typedef {import("./rules.js").Source} Source */
/** @typedef {"applied" | "beaten" | "not_met"} Status */
/** @typedef {{quantity: number, price: number}} Part */
/** @typedef {{rule: string, name: string, source: Source, kind: string, amount: number}} Discount */
/** @typedef {{gross: number, discounts: Discount[], net: number, parts: Part[], tax_base: number, tax: number, limits: string[]}} QuoteLine */
/** @typedef {{line: number, status: Status, amount: number | null, by: string | null, missing: string | null}} OnLine */
/**
 * @typedef {object} Considered
 * @property {string} rule
 * @property {string} name
 * @property {Source} source
 * @property {string} kind
 * @property {Status} status
 * @property {number | null} amount
 * @property {string | null} by
 * @property {string | null} missing
 * @property {OnLine[]} lines
 */
/** @typedef {{gross: number, discount: number, net: number, tax: number, total: number, cash_rounding: number, cash_total: number}} Totals */
/** @typedef {{schema: number, engine: number, rule_set: number, lines: QuoteLine[], totals: Totals, saved: number, saved_by: Record<string, number>, rules: Considered[]}} Quote */

export {};
