// @ts-check
/** What is priced. The forms are those of docs/schema/basket-v2.json. */

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
 * @property {"goods" | "gift_card"} item a gift card takes part in nothing
 * @property {string | null} gift the rule by which the client chose it as a gift
 */
/** @typedef {{tier: string | null, categories: Set<string>, personal: number, version: number, account: string | null, tags: Set<string>, prices: Map<number, number>, birthday: number | null}} Terms `prices`: own unit prices by product; `birthday`: whole days from the nearest one (negative: to come) */
/** `value`: minor units of one point when spent; `share`: basis points of a receipt payable so. @typedef {{value: number, share: number, least: number, earn_while_spending: boolean}} PointsSettings */
/** What limits from outside leave of a rule (null: not limited). @typedef {{times: number | null, sum: number | null, pieces: number | null}} Left */
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
 * @property {PointsSettings | null} points
 */
/**
 * @typedef {object} Basket
 * @property {Line[]} lines
 * @property {Settings} settings
 * @property {LocalTime} first_scan
 * @property {LocalTime} payment
 * @property {Terms | null} terms
 * @property {Set<string>} claimed
 * @property {Set<string>} coupons batches of the coupons shown
 * @property {number} spend points
 * @property {Map<string, Left>} left
 * @property {Map<number, number>} stock thousandths there for gifts, by product
 */

/**
 * Whether the line is weighed (or not whole pieces), so that it is one part and may not split.
 * @param {Line} line
 * @returns {boolean}
 */
export function isMeasured(line) {
  return line.unit === "kg" || line.quantity % 1_000 !== 0;
}
