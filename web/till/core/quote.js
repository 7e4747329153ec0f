// @ts-check
/** The basket as the engine reads it, and the rule set made ready once per version. */
import { ENGINE_VERSION, price } from "../engine/engine.js";
import { prepareJson } from "../engine/wire.js";

/** The engine's version, as written into documents. */
export const ENGINE = String(ENGINE_VERSION);

/**
 * What a document keeps of the settings: those a price depends on.
 * @param {any} settings
 */
export function priceSettings({ currency, exponent, price_step, cash_step, cash_rounding, prices_include_tax, grace_minutes, cap_percent, cap_amount, points }) {
  return { currency, exponent, price_step, cash_step, cash_rounding, prices_include_tax, grace_minutes, cap_percent: cap_percent ?? null, cap_amount: cap_amount ?? null, points: points ?? null };
}

/**
 * The rule set in force at a moment: the present one, or the latest of those to come that has begun.
 * @param {any} data @param {number} at
 */
export function ruleSetAt({ rule_set, rule_sets_to_come = [] }, at) {
  let now = rule_set;
  for (const next of rule_sets_to_come) if (next.active_from <= at) now = next;
  return now;
}

/** Whether this till's engine can read a rule set. @param {any} ruleSet */
export function readable(ruleSet) {
  try {
    prepareJson({ schema: 1, regulations: [], ...ruleSet.body, version: ruleSet.version });
    return true;
  } catch {
    return false;
  }
}

/** @type {WeakMap<object, import("../engine/prepare.js").Prepared>} */
const ready = new WeakMap();

/** @param {any} ruleSet @param {any[]} regulations */
function prepared(ruleSet, regulations) {
  if (!ruleSet) return prepareJson({ schema: 1, version: 0, rules: [] });
  let found = ready.get(ruleSet);
  if (!found) {
    const classes = ruleSet.body.regulations ?? regulations.map(({ code, no_discount, floor, ceiling }) => ({ code, no_discount, floor, ceiling }));
    found = prepareJson({ schema: 1, ...ruleSet.body, version: ruleSet.version, regulations: classes });
    ready.set(ruleSet, found);
  }
  return found;
}

/**
 * What the basket costs and why. Until payment starts it is judged by `now`, then by the time payment started.
 * @param {import("./basket.js").Basket} basket @param {any} data @param {import("./basket.js").LocalTime} now @param {number} at corrected milliseconds
 * @returns {import("../engine/quote.js").Quote}
 */
export function quoteOf(basket, data, now, at) {
  const { cap_amount, ...settings } = priceSettings(data.settings);
  const account = basket.account;
  return price(prepared(ruleSetAt(data, at), data.regulations ?? []), {
    settings: { ...settings, cap_sum: cap_amount },
    first_scan: basket.firstScan ?? now,
    payment: basket.payment ?? now,
    terms: account && {
      tier: account.tier,
      categories: new Set(account.categories),
      personal: account.personal,
      version: account.version,
      account: account.id,
      tags: new Set(account.tags),
      prices: new Map(account.prices.map(({ product, price }) => [product, price])),
      birthday: account.birthday,
    },
    claimed: new Set(basket.claimed),
    coupons: new Set(basket.coupons.map(({ batch }) => batch)),
    spend: basket.spend,
    left: new Map(basket.left.map(({ rule, ...left }) => [rule, left])),
    stock: new Map(basket.stock.map(({ product, quantity }) => [product, Math.max(quantity, 0)])),
    lines: basket.lines.map((line) => ({
      product: line.product,
      quantity: line.quantity,
      price: line.price,
      unit: line.unit,
      category: line.category,
      tax: line.tax,
      regulation: line.regulation,
      minimum: line.minimum,
      manual: line.manual,
      item: line.item === "gift_card" ? "gift_card" : "goods",
      gift: line.gift,
    })),
  });
}
