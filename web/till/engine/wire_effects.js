// @ts-check
/** The JSON forms of effects, scales and goods read into values, refused where they cannot be meant. */

import { Malformed } from "./errors.js";
import { MAX_AMOUNT } from "./money.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./rules.js").Each} Each */
/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").QuantityBy} QuantityBy */
/** @typedef {import("./rules.js").Scale} Scale */
/** @typedef {import("./rules.js").SetPart} SetPart */
/** @typedef {import("./rules.js").SumBy} SumBy */
/** @typedef {import("./rules.js").What} What */

const BARE = ["personal", "personal_price", "message"];
const KINDS = ["percent", "amount_unit", "amount_line", "price", "basket_percent", "basket_amount", ...BARE, "n_for_m", "set", "gift", "earn", "earn_bonus"];
/** The most units that one set or gift may consist of. */
const MOST_UNITS = 1_000;
const MOST_PARTS = 8;
const MOST_CHOICES = 1_000;
/** Effects whose value may change inside one quantity or sum. */
const SLABS = ["percent quantity", "amount_unit quantity", "price quantity", "basket_percent sum"];

/**
 * @param {Form} form
 * @returns {Effect}
 */
export function readEffect(form) {
  const kind = form.choice("kind", KINDS);
  const effect = { kind, ...effectOf(form, kind) };
  form.end();
  return effect;
}

/**
 * @param {Form} form
 * @param {string} kind
 * @returns {Partial<Effect>}
 */
function effectOf(form, kind) {
  if (BARE.includes(kind)) return {};
  switch (kind) {
    case "n_for_m":
      return nForM(form);
    case "set":
      return setOf(form);
    case "gift":
      return gift(form);
    case "earn":
      return { points: form.integer("points", 1), per: form.integer("per", 1) };
    case "earn_bonus":
      return { points: form.integer("points", 1) };
    default:
      return valued(form, kind);
  }
}

/**
 * @param {Form} form
 * @param {string} kind
 */
function valued(form, kind) {
  const low = kind === "price" ? 0 : 1;
  const high = kind === "percent" || kind === "basket_percent" ? 10_000 : MAX_AMOUNT;
  return { value: form.has("scale") ? readScale(form.form("scale"), kind, low, high) : form.integer("value", low, high) };
}

/**
 * @param {Form} form
 * @param {string} kind
 * @param {number} low
 * @param {number} high
 * @returns {Scale}
 */
function readScale(form, kind, low, high) {
  const of = form.choice("by", ["quantity", "sum"]);
  const by = of === "quantity" ? readQuantityBy(form) : readSumBy(form);
  const mode = form.choice("mode", /** @type {Scale["mode"][]} */ (["whole", "slab"]), "whole");
  const steps = form.forms("steps", 100).map((each) => {
    const step = { start: each.integer("from"), value: each.integer("value", low, high) };
    each.end();
    return step;
  });
  form.end();
  if (!steps.length) throw new Malformed("pricing.out_of_range", form.at("steps"));
  if (steps.some((step, at) => at > 0 && step.start <= steps[at - 1].start)) {
    throw new Malformed("pricing.steps_not_rising", form.at("steps"));
  }
  if (mode === "slab" && !SLABS.includes(`${kind} ${of}`)) throw new Malformed("pricing.slab_impossible", form.at("mode"));
  return { by, steps, mode };
}

/**
 * @param {Form} form
 * @returns {QuantityBy}
 */
export function readQuantityBy(form) {
  return {
    by: "quantity",
    count: form.choice("count", ["each", "together"], "together"),
    measure: form.choice("measure", ["pieces", "weight"], "pieces"),
  };
}

/**
 * @param {Form} form
 * @returns {SumBy}
 */
export function readSumBy(form) {
  return {
    by: "sum",
    of: form.choice("of", ["receipt", "goods"], "receipt"),
    basis: form.choice("basis", ["before", "after"], "before"),
  };
}

/**
 * @param {Form} form
 * @returns {Partial<Effect>}
 */
function nForM(form) {
  const take = form.integer("take", 1, MOST_UNITS);
  const pay = form.integer("pay", 0, MOST_UNITS);
  if (take <= pay) throw new Malformed("pricing.take_not_above_pay", form.at("pay"));
  const percent = form.integerOr("percent", 10_000, 1, 10_000);
  return { take, pay, percent, choose: form.choice("choose", ["cheapest_of_all", "best_for_client"], "cheapest_of_all") };
}

/**
 * @param {Form} form
 * @returns {Partial<Effect>}
 */
function setOf(form) {
  const parts = form.forms("parts", MOST_PARTS).map(readPart);
  if (!parts.length) throw new Malformed("pricing.out_of_range", form.at("parts"));
  const price = oneOf(form, ["sum", "percent", "amount"]);
  const value = form.integer(price, price === "sum" ? 0 : 1, price === "percent" ? 10_000 : MAX_AMOUNT);
  return { parts, price, value };
}

/**
 * The one field of these that is there; refused where none or several are.
 * @template {string} T
 * @param {Form} form
 * @param {T[]} names
 * @returns {T}
 */
function oneOf(form, names) {
  const given = names.filter((name) => form.has(name));
  if (given.length !== 1) throw new Malformed("pricing.one_of", form.at("sum"));
  return given[0];
}

/**
 * @param {Form} form
 * @returns {SetPart}
 */
function readPart(form) {
  const part = { what: readWhat(form.formOrEmpty("what")), take: form.integer("take", 1, MOST_UNITS) };
  form.end();
  const { products, categories, except_products } = part.what;
  if (products.size && !categories.size && [...products].every((each) => except_products.has(each))) {
    throw new Malformed("pricing.never_filled", form.at("what"));
  }
  return part;
}

/**
 * @param {Form} form
 * @returns {Partial<Effect>}
 */
function gift(form) {
  const choices = form.integers("choices", 1, MAX_AMOUNT);
  if (choices.size < 1 || choices.size > MOST_CHOICES) throw new Malformed("pricing.out_of_range", form.at("choices"));
  const take = form.integerOr("take", 1, 1, MOST_UNITS);
  const price = form.integerOr("price", 0);
  return { choices: [...choices].sort((a, b) => a - b), take, cost: price, each: form.has("each") ? readEach(form.form("each")) : null };
}

/**
 * @param {Form} form
 * @returns {Each}
 */
function readEach(form) {
  const of = oneOf(form, /** @type {Each["of"][]} */ (["sum", "quantity"]));
  const each = { of, size: form.integer(of, 1) };
  form.end();
  return each;
}

/**
 * @param {Form} form
 * @returns {What}
 */
export function readWhat(form) {
  const what = {
    products: form.integers("products", 1, MAX_AMOUNT),
    categories: form.integers("categories", 1, MAX_AMOUNT),
    except_products: form.integers("except_products", 1, MAX_AMOUNT),
    except_categories: form.integers("except_categories", 1, MAX_AMOUNT),
  };
  form.end();
  return what;
}
