// @ts-check
/** The JSON form of a rule's limits read into values; a limit that its effect cannot keep is refused. */

import { Malformed } from "./errors.js";
import { BY_UNITS, NOT_DISCOUNTS, REPEATED } from "./rules.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./rules.js").Budget} Budget */
/** @typedef {import("./rules.js").Effect} Effect */
/** @typedef {import("./rules.js").Limits} Limits */
/** @typedef {import("./rules.js").ReceiptLimit} ReceiptLimit */

/** Days that an account limit may look back: a century. */
const LONGEST = 36_600;

/**
 * @param {Form} form
 * @param {Effect} effect
 * @returns {Limits}
 */
export function readLimits(form, effect) {
  const limits = {
    receipt: readReceipt(form.formOrEmpty("receipt"), effect),
    account: form.has("account") ? readAccount(form.form("account")) : null,
    all_times: form.has("all") ? readAll(form.form("all")) : null,
    budget: form.has("budget") ? readBudget(form.form("budget"), effect) : null,
    offline: readOffline(form),
  };
  form.end();
  return limits;
}

/**
 * @param {Form} form
 * @param {Effect} effect
 * @returns {ReceiptLimit}
 */
function readReceipt(form, effect) {
  const limit = {
    times: form.integerOr("times", null, 1),
    units: form.integerOr("units", null, 1),
    sum: form.integerOr("sum", null, 1),
    percent: form.integerOr("percent", null, 1, 10_000),
  };
  form.end();
  only(limit.times, REPEATED.includes(effect.kind), form, "times");
  countable(limit.units, effect, form, "units");
  inMoney(limit.sum, effect, form, "sum");
  inMoney(limit.percent, effect, form, "percent");
  if (limit.units !== null && limit.units < least(effect)) throw new Malformed("pricing.never_filled", form.at("units"));
  return limit;
}

/**
 * @param {number | null} limit
 * @param {boolean} possible
 * @param {Form} form
 * @param {string} name
 */
function only(limit, possible, form, name) {
  if (limit !== null && !possible) throw new Malformed("pricing.limit_impossible", form.at(name));
}

/**
 * @param {number | null} limit
 * @param {Effect} effect
 * @param {Form} form
 * @param {string} name
 */
function countable(limit, effect, form, name) {
  only(limit, BY_UNITS.includes(effect.kind), form, name);
}

/**
 * @param {number | null} limit
 * @param {Effect} effect
 * @param {Form} form
 * @param {string} name
 */
function inMoney(limit, effect, form, name) {
  only(limit, !NOT_DISCOUNTS.includes(effect.kind), form, name);
}

/**
 * Thousandths that the effect lowers at the least, when it lowers anything.
 * @param {Effect} effect
 */
function least(effect) {
  if (effect.kind === "n_for_m") return (effect.take - effect.pay) * 1_000;
  let all = 0;
  if (effect.kind === "set") for (const part of effect.parts) all += part.take * 1_000;
  return all;
}

/** @param {Form} form */
function readAccount(form) {
  const limit = { times: form.integer("times", 1), days: form.integerOr("days", null, 1, LONGEST) };
  form.end();
  return limit;
}

/** @param {Form} form */
function readAll(form) {
  const times = form.integer("times", 1);
  form.end();
  return times;
}

/**
 * @param {Form} form
 * @param {Effect} effect
 * @returns {Budget}
 */
function readBudget(form, effect) {
  if (form.has("sum") === form.has("pieces")) throw new Malformed("pricing.one_of", form.at("sum"));
  const budget = {
    sum: form.integerOr("sum", null, 1),
    pieces: form.integerOr("pieces", null, 1),
    short: form.choice("short", /** @type {Budget["short"][]} */ (["refuse", "rest"]), "rest"),
  };
  form.end();
  inMoney(budget.sum, effect, form, "sum");
  countable(budget.pieces, effect, form, "pieces");
  return budget;
}

/**
 * @param {Form} form
 * @returns {Limits["offline"]}
 */
function readOffline(form) {
  if (!form.hasObject("offline")) return form.choice("offline", /** @type {("allow" | "deny")[]} */ (["allow", "deny"]), "allow");
  const share = form.form("offline");
  const basisPoints = share.integer("share", 0, 10_000);
  share.end();
  return basisPoints;
}
