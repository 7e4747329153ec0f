// @ts-check
/** The engine over its documented JSON forms: what the server does in Python, value for value. */

import { price } from "./engine.js";
import { prepare } from "./prepare.js";
import { readBasket } from "./wire_basket.js";
import { readRuleSet } from "./wire_rules.js";

/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./quote.js").Quote} Quote */

/**
 * A rule set in its JSON form made ready. Throws `Malformed` that names code and field.
 * @param {unknown} ruleSet
 * @returns {Prepared}
 */
export function prepareJson(ruleSet) {
  return prepare(readRuleSet(ruleSet));
}

/**
 * The quote of a basket, both in their JSON forms. Throws `Malformed` that names code and field.
 * @param {Prepared} prepared
 * @param {unknown} basket
 * @returns {Quote}
 */
export function quoteJson(prepared, basket) {
  return price(prepared, readBasket(basket));
}
