// @ts-check
/** What the client is near to: gifts still to be chosen, then rules that lack units, products or money, the least first. */

/** @typedef {import("./quote.js").Considered} Considered */
/** @typedef {import("./quote.js").GiftOffer} GiftOffer */
/** @typedef {import("./quote.js").Hint} Hint */

const MOST_HINTS = 5;
const IN_ORDER = ["quantity", "coverage", "sum"];

/**
 * At most five; a gift's amount is the thousandths still to be chosen. Of equals the rule that comes first.
 * @param {Considered[]} rules
 * @param {GiftOffer[]} offers
 * @returns {Hint[]}
 */
export function hints(rules, offers) {
  const open = offers.filter((offer) => offer.taken < offer.take && offer.choices.length > 0);
  const found = open.map(({ rule, take, taken }) => ({ rule, missing: "gift", amount: (take - taken) * 1_000 }));
  /** @type {Hint[]} */
  const near = [];
  for (const { rule, status, missing, amount } of rules) {
    if (status === "not_met" && missing !== null && IN_ORDER.includes(missing) && amount !== null) near.push({ rule, missing, amount });
  }
  near.sort((a, b) => IN_ORDER.indexOf(a.missing) - IN_ORDER.indexOf(b.missing) || a.amount - b.amount);
  return [...found, ...near].slice(0, MOST_HINTS);
}
