// @ts-check
/** The JSON form of a rule set (docs/schema/rule-set-v1.json) read into values, refused where it cannot be meant. */

import { Malformed } from "./errors.js";
import { Form } from "./form.js";
import { MAX_AMOUNT } from "./money.js";
import { onBasket, ROUNDINGS } from "./rules.js";

/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Hours} Hours */
/** @typedef {import("./rules.js").QuantityBy} QuantityBy */
/** @typedef {import("./rules.js").Regulation} Regulation */
/** @typedef {import("./rules.js").Rounding} Rounding */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").RuleSet} RuleSet */
/** @typedef {import("./rules.js").Scale} Scale */
/** @typedef {import("./rules.js").Source} Source */
/** @typedef {import("./rules.js").SumBy} SumBy */
/** @typedef {import("./rules.js").What} What */
/** @typedef {import("./rules.js").When} When */
/** @typedef {import("./rules.js").Who} Who */

const KINDS = ["percent", "amount_unit", "amount_line", "price", "basket_percent", "basket_amount", "personal"];
const RESERVED = ["manual", "ceiling"];
/** @type {Rounding[]} */
const POINTS = ["unit", "line", "basket"];
/** @type {Source[]} */
const FROM_RULES = ["card", "promotion", "claimed", "personal"];
/** @type {Source[]} */
const FROM_CUSTOMERS = ["card", "claimed", "personal"];

/**
 * Throws `Malformed` with the code and the path of the first field that does not fit.
 * @param {unknown} value
 * @returns {RuleSet}
 */
export function readRuleSet(value) {
  const form = new Form(value, "");
  form.integer("schema", 1, 1);
  const version = form.integer("version");
  const groups = form.formsOrNone("groups", 1_000).map(readGroup);
  unique(groups.map((group) => group.id), form.at("groups"));
  const regulations = form.formsOrNone("regulations", 1_000).map(readRegulation);
  unique(regulations.map((regulation) => regulation.code), form.at("regulations"));
  const known = new Set(groups.map((group) => group.id));
  const rules = form.forms("rules", 10_000).map((each) => readRule(each, known));
  unique(rules.map((rule) => rule.id), form.at("rules"));
  form.end();
  return { version, rules, groups, regulations };
}

/**
 * @param {string[]} ids
 * @param {string} path
 */
function unique(ids, path) {
  if (new Set(ids).size < ids.length) throw new Malformed("pricing.duplicate_id", path);
}

/**
 * @param {Form} form
 * @returns {Group}
 */
function readGroup(form) {
  const group = { id: form.code("id"), blocks: sources(form) };
  form.end();
  return group;
}

/**
 * @param {Form} form
 * @returns {Source[]}
 */
function sources(form) {
  const named = form.listOfCodes("blocks");
  const found = FROM_CUSTOMERS.filter((source) => named.has(source));
  if (found.length < named.size) throw new Malformed("pricing.out_of_range", form.at("blocks"));
  return found;
}

/**
 * @param {Form} form
 * @returns {Regulation}
 */
function readRegulation(form) {
  const regulation = {
    code: form.code("code"),
    no_discount: form.flag("no_discount", false),
    floor: form.integerOr("floor", null),
    ceiling: form.integerOr("ceiling", null),
  };
  form.end();
  const { floor, ceiling } = regulation;
  if (floor !== null && ceiling !== null && floor > ceiling) {
    throw new Malformed("pricing.floor_above_ceiling", form.at("floor"));
  }
  return regulation;
}

/**
 * @param {Form} form
 * @param {Set<string>} groups
 * @returns {Rule}
 */
function readRule(form, groups) {
  const id = form.code("id");
  if (RESERVED.includes(id)) throw new Malformed("pricing.reserved_id", form.at("id"));
  const name = form.text("name");
  const priority = form.integer("priority", -1_000_000, 1_000_000);
  const effect = readEffect(form.form("effect"));
  const roundings = ROUNDINGS[effect.kind];
  const rounding = form.choice("rounding", POINTS, roundings[0]);
  if (!roundings.includes(rounding)) throw new Malformed("pricing.rounding_impossible", form.at("rounding"));
  const who = readWho(form.formOrEmpty("who"));
  /** @type {Rule} */
  const rule = {
    id,
    name,
    priority,
    effect,
    rounding,
    who,
    source: form.choice("source", FROM_RULES, sourceOf(who, effect)),
    when: readWhen(form.formOrEmpty("when")),
    what: readWhat(form.formOrEmpty("what")),
    needs_quantity: form.has("needs_quantity") ? needsQuantity(form.form("needs_quantity")) : null,
    needs_sum: form.has("needs_sum") ? needsSum(form.form("needs_sum")) : null,
    group: form.codeOrNull("group"),
    stackable: form.flag("stackable", false),
    over_manual: form.flag("over_manual", false),
    over_discounted: form.flag("over_discounted", true),
  };
  form.end();
  if (rule.group !== null && !groups.has(rule.group)) throw new Malformed("pricing.unknown_group", form.at("group"));
  if (onBasket(rule) && countsEach(effect.value)) {
    throw new Malformed("pricing.basket_counts_together", form.at("effect"));
  }
  return rule;
}

/**
 * Where the discount comes from, unless the rule says so itself.
 * @param {Who} who
 * @param {Effect} effect
 * @returns {Source}
 */
function sourceOf(who, effect) {
  if (effect.kind === "personal") return "personal";
  if (who.claimed.size) return "claimed";
  const named = who.card || who.tiers.size || who.categories.size || who.accounts.size || who.tags.size;
  return named ? "card" : "promotion";
}

/** @param {number | Scale} value */
function countsEach(value) {
  return typeof value !== "number" && value.by.by === "quantity" && value.by.count === "each";
}

/**
 * @param {Form} form
 * @returns {Effect}
 */
function readEffect(form) {
  const kind = form.choice("kind", KINDS);
  if (kind === "personal") {
    form.end();
    return { kind, value: 0 };
  }
  const low = kind === "price" ? 0 : 1;
  const high = kind === "percent" || kind === "basket_percent" ? 10_000 : MAX_AMOUNT;
  const value = form.has("scale") ? readScale(form.form("scale"), low, high) : form.integer("value", low, high);
  form.end();
  return { kind, value };
}

/**
 * @param {Form} form
 * @param {number} low
 * @param {number} high
 * @returns {Scale}
 */
function readScale(form, low, high) {
  const by = form.choice("by", ["quantity", "sum"]) === "quantity" ? quantityBy(form) : sumBy(form);
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
  return { by, steps };
}

/**
 * @param {Form} form
 * @returns {QuantityBy}
 */
function quantityBy(form) {
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
function sumBy(form) {
  return {
    by: "sum",
    of: form.choice("of", ["receipt", "goods"], "receipt"),
    basis: form.choice("basis", ["before", "after"], "before"),
  };
}

/** @param {Form} form */
function needsQuantity(form) {
  const needs = { at_least: form.integer("at_least", 1), by: quantityBy(form) };
  form.end();
  return needs;
}

/** @param {Form} form */
function needsSum(form) {
  const needs = { at_least: form.integer("at_least", 1), by: sumBy(form) };
  form.end();
  return needs;
}

/**
 * @param {Form} form
 * @returns {Who}
 */
function readWho(form) {
  const who = {
    card: form.flag("card", false),
    tiers: form.codes("tiers"),
    categories: form.codes("categories"),
    claimed: form.codes("claimed"),
    accounts: form.codes("accounts"),
    tags: form.codes("tags"),
  };
  form.end();
  return who;
}

/**
 * @param {Form} form
 * @returns {When}
 */
function readWhen(form) {
  const when = {
    start: form.dateOrOpen("from"),
    end: form.dateOrOpen("until"),
    weekdays: form.integers("weekdays", 1, 7),
    hours: form.formsOrNone("hours", 24).map(readHours),
  };
  form.end();
  if (when.end && when.end <= when.start) throw new Malformed("pricing.window_never_opens", form.at("until"));
  return when;
}

/**
 * @param {Form} form
 * @returns {Hours}
 */
function readHours(form) {
  const hours = { start: form.integer("from", 0, 1_439), end: form.integer("until", 0, 1_440) };
  form.end();
  if (hours.start === hours.end) throw new Malformed("pricing.window_never_opens", form.at("until"));
  return hours;
}

/**
 * @param {Form} form
 * @returns {What}
 */
function readWhat(form) {
  const what = {
    products: form.integers("products", 1, MAX_AMOUNT),
    categories: form.integers("categories", 1, MAX_AMOUNT),
    except_products: form.integers("except_products", 1, MAX_AMOUNT),
    except_categories: form.integers("except_categories", 1, MAX_AMOUNT),
  };
  form.end();
  return what;
}
