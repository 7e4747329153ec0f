// @ts-check
/** What is priced. The forms are those of docs/schema/basket-v1.json. */

/** @typedef {"nearest" | "down" | "up"} Direction */
/** @typedef {{kind: "price" | "percent" | "amount", value: number, reason: string, approver: string | null}} Manual */
/**
 * @typedef {object} Line
 * @property {number} product
 * @property {number} quantity thousandths
 * @property {number} price list price of one unit, minor units
 * @property {"piece" | "kg"} unit
 * @property {number[]} category
 * @property {number} tax basis points
 * @property {string | null} regulation
 * @property {number} minimum
 * @property {Manual | null} manual
 */
/** @typedef {{tier: string | null, categories: Set<string>, personal: number, version: number, account: string | null, tags: Set<string>}} Terms */
/** @typedef {{date: string, minute: number, weekday: number}} LocalTime */
/**
 * @typedef {object} Settings
 * @property {string} currency
 * @property {number} exponent
 * @property {number} price_step
 * @property {number} cash_step
 * @property {Direction} cash_rounding
 * @property {boolean} prices_include_tax
 * @property {number} grace_minutes
 * @property {number | null} cap_percent
 * @property {number | null} cap_sum
 */
/** @typedef {{lines: Line[], settings: Settings, first_scan: LocalTime, payment: LocalTime, terms: Terms | null, claimed: Set<string>}} Basket */

/**
 * Whether the line is weighed (or not whole pieces), so that it is one part and may not split.
 * @param {Line} line
 * @returns {boolean}
 */
export function isMeasured(line) {
  return line.unit === "kg" || line.quantity % 1_000 !== 0;
}
