// @ts-check
/** The JSON form of a basket (docs/schema/basket-v2.json) read into values. */

import { Malformed } from "./errors.js";
import { Form, integerAt, weekdayOf } from "./form.js";
import { MAX_AMOUNT } from "./money.js";

/** @typedef {import("./basket.js").Basket} Basket */
/** @typedef {import("./basket.js").Direction} Direction */
/** @typedef {import("./basket.js").Left} Left */
/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./basket.js").LocalTime} LocalTime */
/** @typedef {import("./basket.js").Manual} Manual */
/** @typedef {import("./basket.js").PointsSettings} PointsSettings */
/** @typedef {import("./basket.js").Settings} Settings */
/** @typedef {import("./basket.js").Terms} Terms */

const MOST_LINES = 10_000;
const LARGEST_STEP = 1_000_000_000;
const PRODUCT = /^[1-9][0-9]{0,15}$/;
/** @type {Direction[]} */
const DIRECTIONS = ["nearest", "down", "up"];
/** @type {Line["unit"][]} */
const UNITS = ["piece", "kg"];
/** @type {Manual["kind"][]} */
const MANUAL_KINDS = ["price", "percent", "amount"];
/** @type {Line["item"][]} */
const ITEMS = ["goods", "gift_card"];

/**
 * Throws `Malformed` with the code and the path of the first field that does not fit.
 * @param {unknown} value
 * @returns {Basket}
 */
export function readBasket(value) {
  const form = new Form(value, "");
  form.integer("schema", 1, 2);
  const basket = {
    settings: readSettings(form.form("settings")),
    terms: form.has("terms") ? readTerms(form.form("terms")) : null,
    claimed: form.listOfCodes("claimed"),
    first_scan: readTime(form.form("first_scan")),
    payment: readTime(form.form("payment")),
    lines: form.forms("lines", MOST_LINES).map(readLine),
    coupons: form.listOfCodes("coupons"),
    spend: form.integerOr("spend", 0),
    left: new Map(form.entries("left").map(([key, value, path]) => [key, readLeft(new Form(value, path))])),
    stock: byProduct(form, "stock"),
  };
  form.end();
  return basket;
}

/**
 * @param {Form} form
 * @returns {Settings}
 */
function readSettings(form) {
  const settings = {
    currency: form.code("currency"),
    exponent: form.integer("exponent", 0, 4),
    price_step: form.integer("price_step", 1, LARGEST_STEP),
    cash_step: form.integer("cash_step", 1, LARGEST_STEP),
    cash_rounding: form.choice("cash_rounding", DIRECTIONS, "nearest"),
    prices_include_tax: form.flag("prices_include_tax", true),
    grace_minutes: form.integerOr("grace_minutes", 0, 0, 1_440),
    cap_percent: form.integerOr("cap_percent", null, 0, 10_000),
    cap_sum: form.integerOr("cap_sum", null),
    points: form.has("points") ? readPoints(form.form("points")) : null,
  };
  form.end();
  return settings;
}

/**
 * @param {Form} form
 * @returns {PointsSettings}
 */
function readPoints(form) {
  const points = {
    value: form.integer("value", 1),
    share: form.integerOr("share", 10_000, 0, 10_000),
    least: form.integerOr("least", 1, 1),
    earn_while_spending: form.flag("earn_while_spending", true),
  };
  form.end();
  return points;
}

/**
 * @param {Form} form
 * @returns {Left}
 */
function readLeft(form) {
  const left = { times: form.integerOr("times", null), sum: form.integerOr("sum", null), pieces: form.integerOr("pieces", null) };
  form.end();
  return left;
}

/**
 * A table of amounts by product; JSON has the product as text.
 * @param {Form} form
 * @param {string} name
 * @returns {Map<number, number>}
 */
function byProduct(form, name) {
  /** @type {Map<number, number>} */
  const table = new Map();
  for (const [key, value, path] of form.entries(name)) {
    if (!PRODUCT.test(key) || Number(key) > MAX_AMOUNT) throw new Malformed("pricing.bad_code", form.at(name));
    table.set(Number(key), integerAt(value, path, 0, MAX_AMOUNT));
  }
  return table;
}

/**
 * @param {Form} form
 * @returns {Terms}
 */
function readTerms(form) {
  const terms = {
    tier: form.codeOrNull("tier"),
    categories: form.listOfCodes("categories"),
    personal: form.integerOr("personal", 0, 0, 10_000),
    version: form.integerOr("version", 0),
    account: form.codeOrNull("account"),
    tags: form.listOfCodes("tags"),
    prices: byProduct(form, "prices"),
    birthday: form.integerOr("birthday", null, -366, 366),
  };
  form.end();
  return terms;
}

/**
 * @param {Form} form
 * @returns {LocalTime}
 */
function readTime(form) {
  const time = { date: form.date("date"), minute: form.integer("minute", 0, 1_439), weekday: form.integer("weekday", 1, 7) };
  form.end();
  if (weekdayOf(time.date) !== time.weekday) throw new Malformed("pricing.wrong_weekday", form.at("weekday"));
  return time;
}

/**
 * @param {Form} form
 * @returns {Line}
 */
function readLine(form) {
  const price = form.integer("price");
  const line = {
    product: form.integer("product", 1),
    quantity: form.integer("quantity", 1),
    price,
    unit: form.choice("unit", UNITS),
    category: form.listOfIntegers("category", 1, MAX_AMOUNT),
    tax: form.integerOr("tax", 0, 0, 100_000),
    regulation: form.codeOrNull("regulation"),
    minimum: form.integerOr("minimum", 0),
    manual: form.has("manual") ? readManual(form.form("manual"), price) : null,
    item: form.choice("item", ITEMS, "goods"),
    gift: form.codeOrNull("gift"),
  };
  form.end();
  if (line.item === "gift_card" && (line.manual !== null || line.gift !== null)) {
    throw new Malformed("pricing.gift_card_at_its_value", form.at("item"));
  }
  return line;
}

/**
 * @param {Form} form
 * @param {number} price
 * @returns {Manual}
 */
function readManual(form, price) {
  const kind = form.choice("kind", MANUAL_KINDS);
  const value = form.integer("value");
  const manual = { kind, value, reason: form.text("reason"), approver: form.codeOrNull("approver") };
  form.end();
  if (kind === "price" && value > price) throw new Malformed("pricing.manual_above_list", form.at("value"));
  if (kind === "percent" && value > 10_000) throw new Malformed("pricing.out_of_range", form.at("value"));
  return manual;
}
