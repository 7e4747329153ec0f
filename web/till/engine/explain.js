// @ts-check
/** What became of each rule, in one answer: applied, beaten by which, or what is missing. Applied amounts add up. */

import { sum } from "./money.js";

/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./quote.js").Considered} Considered */
/** @typedef {import("./quote.js").OnLine} OnLine */
/** @typedef {import("./quote.js").Status} Status */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Source} Source */

const NEAREST_FIRST = [
  ...["gift_not_chosen", "stock", "quantity", "sum", "coverage", "personal", "limit_receipt", "budget", "cap", "minimum"],
  ...["saving", "discounted", "manual", "regulated", "excluded"],
];
/** When lines lack different things, the rule as a whole lacks what has the lowest number here. */
const NEARNESS = new Map(NEAREST_FIRST.map((missing, at) => [missing, at]));

/** @type {OnLine[]} */
const NOTHING = [];
/** @type {[string, Source][]} */
const WITHOUT_RULE = [
  ["ceiling", "regulation"],
  ["manual", "manual"],
  ["points", "points"],
];

/**
 * First what the law, the cashier and points took off, then each rule by priority and id.
 * @param {Prepared} prepared
 * @param {PricedLine[]} lines
 * @param {Events} events
 * @returns {Considered[]}
 */
export function explain(prepared, lines, events) {
  /** @type {Map<string, OnLine[]>} */
  const given = new Map();
  for (const line of lines) {
    for (const { rule, amount } of line.discounts) {
      /** @type {OnLine} */
      const event = { line: line.index, status: "applied", amount, by: null, missing: null };
      const found = given.get(rule);
      if (found) found.push(event);
      else given.set(rule, [event]);
    }
  }
  /** @type {Considered[]} */
  const answers = [];
  for (const [name, source] of WITHOUT_RULE) {
    const on = given.get(name);
    if (!on) continue;
    const all = sum(on.map(amountOf));
    answers.push({ rule: name, name, source, kind: name, status: "applied", amount: all, by: null, missing: null, lines: inOrder(on) });
  }
  for (const rule of prepared.rules) answers.push(explainRule(rule, given.get(rule.id) ?? NOTHING, events));
  return answers;
}

/**
 * @param {Rule} rule
 * @param {OnLine[]} lowered
 * @param {Events} events
 * @returns {Considered}
 */
function explainRule(rule, lowered, events) {
  const { id, name, source, effect: { kind } } = rule;
  const lines = oncePerLine(lowered, events.onLines.get(id) ?? NOTHING);
  const [status, amount, by, missing] = became(id, lines, events);
  return { rule: id, name, source, kind, status, amount, by, missing, lines };
}

/**
 * The rule as a whole: what it gave; else what beat it; else what is missing, and the least of it.
 * @param {string} rule
 * @param {OnLine[]} lines
 * @param {Events} events
 * @returns {[Status, number | null, string | null, string | null]}
 */
function became(rule, lines, events) {
  const given = lines.filter(({ status }) => status === "applied");
  if (given.length) return ["applied", sum(given.map(amountOf)), null, null];
  const winner = events.beatenBy.get(rule);
  if (winner) return ["beaten", winner.amount, winner.by, null];
  const beaten = lines.filter(({ status }) => status === "beaten");
  if (beaten.length) return ["beaten", sum(beaten.map(amountOf)), beaten[0].by, null];
  const short = events.shorts.get(rule);
  if (short) return ["not_met", short.amount, null, short.missing];
  let nearest = NEAREST_FIRST.length;
  /** @type {number | null} */
  let least = null;
  for (const { missing, amount } of lines) {
    const nearness = NEARNESS.get(missing ?? "");
    if (nearness === undefined || nearness > nearest) continue;
    if (nearness < nearest) [nearest, least] = [nearness, amount];
    else if (amount !== null && (least === null || amount < least)) least = amount;
  }
  return ["not_met", least, null, NEAREST_FIRST[nearest] ?? "goods"];
}

/**
 * What was said first of each line, in the order of lines.
 * @param {OnLine[]} given
 * @param {OnLine[]} said
 * @returns {OnLine[]}
 */
function oncePerLine(given, said) {
  const all = inOrder(given.length ? [...given, ...said] : said);
  return all.length < 2 ? all : all.filter((event, at) => at === 0 || event.line !== all[at - 1].line);
}

/** @param {OnLine} event */
function amountOf(event) {
  return event.amount ?? 0;
}

/**
 * @param {OnLine[]} events
 * @returns {OnLine[]}
 */
function inOrder(events) {
  return events.length < 2 ? events : [...events].sort((a, b) => a.line - b.line);
}
