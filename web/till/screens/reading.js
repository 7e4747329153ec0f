// @ts-check
/** The engine's answer in the order a person reads it. Pure: no signals, no texts beyond `t`. */
import { ruleName as named, t } from "../core/i18n.js";

const SOURCES = ["card", "personal", "claimed", "promotion", "coupon", "manual", "points", "regulation"];

/** A discount's own name; the few that no rule made (set by hand, by law) are named here. */
export function ruleName(discount) {
  return ["manual", "regulation", "points"].includes(discount.source) ? t(`source.${discount.source}`) : named(discount.name || discount.rule);
}

/** Discounts of the receipt by source, the card's first: [[source, amount]], what gave nothing left out. */
export function bySource(quote) {
  const sums = new Map();
  for (const line of quote.lines) {
    for (const discount of line.discounts) sums.set(discount.source, (sums.get(discount.source) ?? 0) + discount.amount);
  }
  return [...sums].filter(([, amount]) => amount).sort(([a], [b]) => SOURCES.indexOf(a) - SOURCES.indexOf(b));
}

const SAID = ["quantity", "sum", "coverage"];

/** The first hint that says what a client could do: {rule, name, missing, amount}. */
export function nearest(quote) {
  const hint = quote.hints.find((each) => SAID.includes(each.missing) && each.amount > 0);
  const rule = hint && quote.rules.find((each) => each.rule === hint.rule);
  return hint && rule ? { ...hint, name: ruleName(rule) } : null;
}

/**
 * What became of each rule on the line with this index (null: on the whole receipt): given first, then beaten, then what was
 * not met. [{rule, name, source, status, amount, by, missing}]
 */
export function becameOf(quote, index) {
  const order = ["applied", "beaten", "not_met"];
  const found = [];
  for (const rule of quote.rules) {
    const on = index === null ? null : rule.lines.find((entry) => entry.line === index);
    // a rule that is not about this line's goods has nothing to say about it
    if (index !== null && !on && rule.status !== "not_met") continue;
    const entry = { ...rule, ...(on ?? {}) };
    if (index !== null && entry.missing === "goods") continue;
    found.push(entry);
  }
  const names = new Map(quote.rules.map((rule) => [rule.rule, named(rule.name)]));
  return found
    .map((entry) => ({ ...entry, by: entry.by ? (names.get(entry.by) ?? entry.by) : null }))
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}
