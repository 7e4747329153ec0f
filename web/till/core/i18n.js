// @ts-check
/**
 * Texts by code and language, and the shop's formats. Read in render, they follow the language by themselves.
 *
 * A text is a string with `{fields}`, or an object of plural forms (`one`, `few`, `many`, `other`) chosen by the field `n`. A code without
 * a text is shown as it is, so that nothing is silently empty.
 */
import { signal } from "../vendor/preact-signals-htm.js";
import * as formats from "./formats.js";
import { localTime } from "./clock.js";

export const LANGUAGES = ["en", "ru", "hy"];
export const language = signal("en");

/** @type {{value: Record<string, {texts: Record<string, any>, formats: formats.Formats}>, peek(): any}} */
const catalogues = signal({});
/** @type {{value: {currency: string, exponent: number, price_step: number, zone: string}, peek(): any}} */
const shop = signal({ currency: "AMD", exponent: 2, price_step: 1, zone: "UTC" });

/** The currency and zone that amounts and times are shown in. @param {{currency: string, exponent: number, price_step: number, zone: string}} settings */
export function useShop({ currency, exponent, price_step, zone }) {
  shop.value = { currency, exponent, price_step, zone };
}

/** What rules are called, by their name in the rule set. @type {{value: Record<string, Record<string, string>>}} */
const ruleNames = signal({});

/** @param {Record<string, Record<string, string>>} names */
export function useRuleNames(names) {
  ruleNames.value = names;
}

/** A rule's name in a language; its own where nobody translated it. @param {string} name @param {string} [where] */
export const ruleName = (name, where = language.value) => named(ruleNames.value[name], where) || name;

/** All languages: they are small, and the receipt's may differ from the cashier's. */
export async function loadTexts() {
  const read = async (/** @type {string} */ name) => {
    try {
      const response = await fetch(new URL(`../../i18n/${name}.json`, import.meta.url));
      return response.ok ? await response.json() : {};
    } catch {
      return {};
    }
  };
  /** @type {Record<string, any>} */
  const loaded = {};
  await Promise.all(
    LANGUAGES.map(async (code) => {
      const [till, receipt, format] = await Promise.all([read(`till.${code}`), read(`till.receipt.${code}`), read(`formats.${code}`)]);
      loaded[code] = { texts: { ...receipt, ...till }, formats: format };
    }),
  );
  catalogues.value = loaded;
}

/** @type {Map<string, Intl.PluralRules>} */
const plurals = new Map(LANGUAGES.map((code) => [code, new Intl.PluralRules(code)]));

/**
 * The text of a code in the till's language.
 * @param {string} code @param {Record<string, any>} [fields] @returns {string}
 */
export const t = (code, fields = {}) => textIn(language.value, code, fields);

/** @param {string} code @param {Record<string, any>} fields @param {string} where @returns {string} */
export function textIn(where, code, fields = {}) {
  const found = catalogues.value[where]?.texts[code] ?? catalogues.value.en?.texts[code] ?? code;
  const form = typeof found === "string" ? found : (found[plurals.get(where)?.select(Number(fields.n ?? 0)) ?? "other"] ?? found.other ?? code);
  return form.replace(/\{(\w+)\}/g, (/** @type {string} */ all, /** @type {string} */ name) => (name in fields ? String(fields[name]) : all));
}

/** Formatters of one language: what a receipt is written with. @param {string} where */
export function formatsIn(where) {
  const data = catalogues.value[where].formats;
  const { currency, exponent, zone } = shop.value;
  const digits = (/** @type {number} */ minor) => formats.decimals(minor, shop.value);
  return {
    /** With the currency's symbol. @param {number} minor */
    money: (minor) => formats.money(data, minor, currency, exponent, digits(minor)),
    /** Without it. @param {number} minor */
    amount: (minor) => formats.number(data, minor, exponent, digits(minor)),
    /** @param {number} thousandths @param {string} [unit] */
    quantity: (thousandths, unit) => formats.quantity(data, thousandths) + (unit && unit !== "piece" ? `\u00a0${textIn(where, `unit.${unit}`)}` : ""),
    /** @param {number} basisPoints */
    percent: (basisPoints) => `${formats.quantity(data, basisPoints * 10)}\u00a0%`,
    /** @param {number} at milliseconds since 1970 @param {"date" | "long_date" | "time" | "both"} [style] */
    date: (at, style = "both") => formats.moment(data, momentOf(at, zone), style),
    /** A day, wherever the shop is. @param {number} year @param {number} month @param {number} day */
    day: (year, month, day) => formats.moment(data, { year, month, day, hour: 0, minute: 0 }, "long_date"),
  };
}

/** @param {number} at @param {string} zone @returns {formats.Moment} */
function momentOf(at, zone) {
  const { date, minute } = localTime(at, zone);
  const [year, month, day] = date.split("-").map(Number);
  return { year, month, day, hour: Math.floor(minute / 60), minute: minute % 60 };
}

/** @param {number} minor */
export const money = (minor) => formatsIn(language.value).money(minor);
/** @param {number} minor */
export const amount = (minor) => formatsIn(language.value).amount(minor);
/** @param {number} thousandths @param {string} [unit] */
export const quantity = (thousandths, unit) => formatsIn(language.value).quantity(thousandths, unit);
/** @param {number} at @param {"date" | "long_date" | "time" | "both"} [style] */
export const date = (at, style) => formatsIn(language.value).date(at, style);
/** @param {number} year @param {number} month @param {number} day */
export const day = (year, month, day) => formatsIn(language.value).day(year, month, day);

/** A name given in several languages, in this one. @param {Record<string, string> | string | null | undefined} names @param {string} [where] @returns {string} */
export function named(names, where = language.value) {
  if (!names) return "";
  return typeof names === "string" ? names : (names[where] ?? names.en ?? Object.values(names)[0] ?? "");
}
