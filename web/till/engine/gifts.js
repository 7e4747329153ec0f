// @ts-check
/** Gifts: lines of the basket that name a gift rule cost its price, as many units as the rest of the basket has earned. */

import { mostTimes } from "./allowed.js";
import { offer } from "./effects.js";
import { byPrice, total } from "./parts.js";
import { quantityOf } from "./reach.js";
import { partsOf, unitsOf } from "./units.js";

/** @typedef {import("./allowed.js").Allowed} Allowed */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").GiftOffer} GiftOffer */
/** @typedef {import("./rules.js").QuantityBy} QuantityBy */
/** @typedef {import("./rules.js").Rule} Rule */
/** A gift rule with the lines of its goods and the lines that were chosen as its gifts. @typedef {{rule: Rule, allowance: Allowed, goods: PricedLine[], chosen: PricedLine[]}} Giver */
/** How many times the gift is earned, thousandths of the units given, and what the till may offer. @typedef {{times: number, pieces: number, offer: GiftOffer}} Given */

/** @type {QuantityBy} */
const PIECES = { by: "quantity", count: "together", measure: "pieces" };

/**
 * How many times the goods earn the gift, within what is allowed; `goods` at their list prices.
 * @param {Giver} giver
 * @param {PricedLine[]} goods
 * @returns {number}
 */
export function earnedTimes({ rule: { effect }, allowance }, goods) {
  const times = Math.min(effect.each ? Math.floor(counted(effect.each.of, goods) / effect.each.size) : 1, mostTimes(allowance));
  return allowance.units === null ? times : Math.min(times, Math.floor(allowance.units / (effect.take * 1_000)));
}

/**
 * @param {"sum" | "quantity"} of
 * @param {PricedLine[]} goods
 */
function counted(of, goods) {
  let all = 0;
  for (const line of goods) all += of === "sum" ? line.gross : quantityOf(PIECES, line.line);
  return all;
}

/**
 * Why the goods earn no gift.
 * @param {Giver} giver
 * @param {PricedLine[]} goods
 * @returns {[string, number | null]}
 */
export function shortOfGift({ rule: { effect }, allowance }, goods) {
  const { each } = effect;
  const here = each ? counted(each.of, goods) : 0;
  return each && here < each.size ? [each.of, each.size - here] : [allowance.unitsBy, null];
}

/**
 * Lower the chosen lines' units to the gift's price, the dearest first; more units than earned keep their price.
 * @param {Giver} giver
 * @param {number} times
 * @param {Map<number, number>} stock
 * @param {Map<number, number>} bought thousandths of each product in the basket, for what is left of the stock
 * @param {number} priceStep
 * @param {Events} events
 * @returns {Given}
 */
export function give({ rule, chosen }, times, stock, bought, priceStep, events) {
  const { effect } = rule;
  const all = times * effect.take;
  let left = all;
  let taken = 0;
  for (const line of [...chosen].sort((a, b) => b.line.price - a.line.price)) {
    const bar = line.bars(rule);
    /** @type {Map<number, number>} */
    const picked = new Map();
    let units = 0;
    for (const [price, count] of unitsOf(line)) {
      const here = bar ? 0 : Math.min(count, left);
      picked.set(price, here);
      left -= here;
      units += here;
    }
    taken += units;
    if (bar || units === 0) {
      events.notMet(rule.id, line, bar || "quantity");
      continue;
    }
    const made = offer(line.share(partsOf(line, picked)), "price", "unit", effect.cost, priceStep).parts;
    const rest = new Map(unitsOf(line).map(([price, count]) => [price, count - (picked.get(price) ?? 0)]));
    const parts = line.measured ? made : byPrice([...made, ...partsOf(line, rest)]);
    if (total(parts) < line.net) line.take(parts, rule.id, rule.name, rule.source, effect.kind);
    else events.notMet(rule.id, line, line.room === 0 ? "minimum" : "saving");
  }
  const choices = effect.choices.filter((/** @type {number} */ product) => {
    const there = stock.get(product);
    return there === undefined || there - (bought.get(product) ?? 0) >= 1_000 || taken >= all;
  });
  return { times, pieces: taken * 1_000, offer: { rule: rule.id, choices, price: effect.cost, take: all, taken } };
}
