// @ts-check
/** The JSON form of a rule set (docs/schema/rule-set-v2.json) read into values, refused where it cannot be meant. */

import { Malformed } from "./errors.js";
import { Form } from "./form.js";
import { refuseDaysThatNeverFall, refuseExclusivesThatOverlap, refuseGiftCycles } from "./refusals.js";
import { NOT_DISCOUNTS, NO_LIMITS, onBasket, ROUNDINGS } from "./rules.js";
import { readEffect, readQuantityBy, readSumBy, readWhat } from "./wire_effects.js";
import { readLimits } from "./wire_limits.js";

/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Hours} Hours */
/** @typedef {import("./rules.js").Regulation} Regulation */
/** @typedef {import("./rules.js").Rounding} Rounding */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").RuleSet} RuleSet */
/** @typedef {import("./rules.js").Source} Source */
/** @typedef {import("./rules.js").What} What */
/** @typedef {import("./rules.js").When} When */
/** @typedef {import("./rules.js").Who} Who */

const RESERVED = ["manual", "ceiling", "points"];
/** @type {Rounding[]} */
const POINTS = ["unit", "line", "basket"];
/** @type {Source[]} */
const FROM_RULES = ["card", "promotion", "claimed", "personal", "coupon"];
/** @type {Source[]} */
const FROM_CUSTOMERS = ["card", "claimed", "personal"];
/** @type {Group["mode"][]} */
const MODES = ["best_of", "exclusive", "sequential", "additive"];
/** @type {Group["scope"][]} */
const SCOPES = ["line", "receipt"];

/**
 * Throws `Malformed` with the code and the path of the first field that does not fit.
 * @param {unknown} value
 * @returns {RuleSet}
 */
export function readRuleSet(value) {
  const form = new Form(value, "");
  const schema = form.integer("schema", 1, 2);
  const version = form.integer("version");
  const groups = form.formsOrNone("groups", 1_000).map(readGroup);
  unique(groups.map((group) => group.id), form.at("groups"));
  const regulations = form.formsOrNone("regulations", 1_000).map(readRegulation);
  unique(regulations.map((regulation) => regulation.code), form.at("regulations"));
  const known = new Set(groups.map((group) => group.id));
  const rules = form.forms("rules", 10_000).map((each) => readRule(each, known));
  unique(rules.map((rule) => rule.id), form.at("rules"));
  form.end();
  if (schema > 1) refuseDaysThatNeverFall(rules, form.at("rules"));
  refuseGiftCycles(rules, form.at("rules"));
  refuseExclusivesThatOverlap(rules, groups, form.at("rules"));
  return { version, rules, groups, regulations, schema };
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
  const group = {
    id: form.code("id"),
    blocks: sources(form),
    mode: form.choice("mode", MODES, "best_of"),
    scope: form.choice("scope", SCOPES, "line"),
    stackable: form.flag("stackable", false),
  };
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
    no_points: form.flag("no_points", false),
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
    needs_coverage: form.has("needs_coverage") ? needsCoverage(form.form("needs_coverage")) : null,
    limits: form.has("limits") ? readLimits(form.form("limits"), effect) : NO_LIMITS,
  };
  form.end();
  if (rule.group !== null && !groups.has(rule.group)) throw new Malformed("pricing.unknown_group", form.at("group"));
  if (rule.group !== null && NOT_DISCOUNTS.includes(effect.kind)) throw new Malformed("pricing.group_impossible", form.at("group"));
  if (onBasket(rule) && countsEach(effect)) throw new Malformed("pricing.basket_counts_together", form.at("effect"));
  if (effect.kind === "set" && Object.values(rule.what).some((each) => each.size)) {
    throw new Malformed("pricing.goods_in_parts", form.at("what"));
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
  if (effect.kind === "personal" || effect.kind === "personal_price") return "personal";
  if (who.coupons.size) return "coupon";
  if (who.claimed.size) return "claimed";
  const named = who.card || who.tiers.size || who.categories.size || who.accounts.size || who.tags.size;
  return named ? "card" : "promotion";
}

/** @param {Effect} effect */
function countsEach({ value }) {
  return typeof value === "object" && value.by.by === "quantity" && value.by.count === "each";
}

/** @param {Form} form */
function needsQuantity(form) {
  const needs = { at_least: form.integer("at_least", 1), by: readQuantityBy(form) };
  form.end();
  return needs;
}

/** @param {Form} form */
function needsSum(form) {
  const needs = { at_least: form.integer("at_least", 1), by: readSumBy(form) };
  form.end();
  return needs;
}

/** @param {Form} form */
function needsCoverage(form) {
  const products = form.integer("products", 1, 100_000);
  form.end();
  return products;
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
    coupons: form.codes("coupons"),
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
    birthday: form.has("birthday") ? readBirthday(form.form("birthday")) : null,
  };
  form.end();
  if (when.end && when.end <= when.start) throw new Malformed("pricing.window_never_opens", form.at("until"));
  return when;
}

/** @param {Form} form */
function readBirthday(form) {
  const birthday = { before: form.integerOr("before", 0, 0, 31), after: form.integerOr("after", 0, 0, 31) };
  form.end();
  return birthday;
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
