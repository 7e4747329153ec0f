// @ts-check
/** The answer: what each line costs and why, and what became of each rule. The form is docs/schema/quote-v2.json. */

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
/** `lines`: the shares of the lines in what is earned. @typedef {{asked: number, spent: number, amount: number, most: number, earned: number, lines: number[]}} Points */
/** A gift that the basket has earned: `take` units of one of the choices (those in stock), `taken` of them in it. @typedef {{rule: string, choices: number[], price: number, take: number, taken: number}} GiftOffer */
/** @typedef {{rule: string, name: string}} RuleMessage */
/** What a rule with a limit from outside took of it. @typedef {{rule: string, times: number, sum: number, pieces: number}} Use */
/** A rule that is near: what is missing, and how much of it. @typedef {{rule: string, missing: string, amount: number}} Hint */
/** @typedef {{schema: number, engine: number, rule_set: number, lines: QuoteLine[], totals: Totals, saved: number, saved_by: Record<string, number>, rules: Considered[], points: Points, gifts: GiftOffer[], messages: RuleMessage[], uses: Use[], hints: Hint[]}} Quote */

export {};
