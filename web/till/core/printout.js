// @ts-check
/** What is printed of a document: its content with the shop's names, in the language that customers read. */
import { formatsIn, named, ruleName, textIn } from "./i18n.js";
import { ruleSetAt } from "./quote.js";
import { receiptContent } from "./receipt.js";
import { cashContent, debtContent, shiftContent } from "./report.js";

/** Null for a document that is not printed. @param {import("./core.js").Core} core @param {any} document @param {string} language @param {boolean} drawer */
export function contentOf(core, document, language, drawer) {
  const data = core.data();
  const words = { t: (/** @type {string} */ code, /** @type {any} */ fields = {}) => textIn(language, code, fields), ...formatsIn(language) };
  const rules = ruleSetAt(data, document.made_at)?.body.rules ?? [];
  const shop = {
    language,
    header: lines(data.settings.receipt?.header, language),
    footer: lines(data.settings.receipt?.footer, language),
    staff: data.staff.find((/** @type {any} */ person) => person.id === document.staff)?.name ?? "",
    rules: new Map(rules.map((/** @type {any} */ rule) => [rule.id, ruleName(rule.name, language)])),
    taxes: new Map(data.tax_rates.map((/** @type {any} */ rate) => [rate.code, named(rate.names, language)])),
    outlet: data.outlet,
    register: data.register?.name ?? core.identity().prefix,
    nextTier: nextTier(core, document, language, words),
  };
  switch (document.kind) {
    case "sale":
    case "refund":
      return receiptContent(document, shop, words, drawer);
    case "x_report":
    case "shift_closing":
      return shiftContent(document, shop, words);
    case "debt_payment":
      return debtContent(document, shop, words, drawer);
    case "cash_in":
    case "cash_out":
      return cashContent(document, shop, words);
    default:
      return null;
  }
}

/** What the customer still lacks for the next tier once this sale counts. @param {import("./core.js").Core} core @param {any} sale @param {string} language @param {any} words */
function nextTier(core, { kind, inputs, totals }, language, words) {
  const next = kind === "sale" && inputs.terms ? core.accounts.account(inputs.terms.account)?.next_tier : null;
  if (!next) return null;
  const missing = next.missing - (next.by === "receipts" ? 1 : totals.total - totals.cash_rounding);
  const tier = core.data().names.tiers.find((/** @type {any} */ each) => each.code === next.code);
  if (missing <= 0) return null;
  return { name: named(tier?.names ?? {}, language) || next.code, missing: next.by === "receipts" ? String(missing) : words.amount(missing) };
}

/** @param {any} texts by language, lines or one text @param {string} language @returns {string[]} */
function lines(texts, language) {
  const found = texts?.[language] ?? texts?.en ?? [];
  return (Array.isArray(found) ? found : String(found).split("\n")).filter(Boolean);
}
