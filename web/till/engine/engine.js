// @ts-check
/**
 * Prices a basket by a rule set: phases in their order, then tax, totals and the explanation.
 *
 * Phases: what the law says, prices set by hand, line rules, sets and gifts, basket rules, points, cash rounding. A pure function of its arguments.
 * The twin of `loyalty/pricing/engine.py`, file for file; both give the same answer to the last field.
 */

import { cashRounding } from "./cash.js";
import { missing } from "./conditions.js";
import { Course } from "./course.js";
import { Events } from "./events.js";
import { explain } from "./explain.js";
import { hints } from "./hints.js";
import { allowance, keepWithin, remember } from "./limits.js";
import { setByHand } from "./line_phase.js";
import { PricedLine, UNKNOWN_CLASS } from "./lines.js";
import { checked, sum } from "./money.js";
import { settle } from "./outcome.js";
import { pointsPhase } from "./points.js";
import { excluded } from "./prepare.js";
import { taxOf } from "./tax.js";

/** @typedef {import("./basket.js").Basket} Basket */
/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./quote.js").Quote} Quote */
/** @typedef {import("./quote.js").QuoteLine} QuoteLine */
/** @typedef {import("./quote.js").Totals} Totals */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./course.js").Chosen} Chosen */

/** Written into each quote and sale; raised whenever the same inputs may price differently. */
export const ENGINE_VERSION = 2;

/**
 * The basket's price with its reasons. Throws `money.too_large` beyond what R1 allows.
 * @param {Prepared} prepared
 * @param {Basket} basket
 * @returns {Quote}
 */
export function price(prepared, basket) {
  const course = begun(prepared, basket);
  const { every } = course;
  const events = settle(course);
  const { points, earned } = pointsPhase(course, events);
  const rules = explain(prepared, every, events);
  const finished = [...every].sort((a, b) => a.index - b.index).map((line) => finish(line, basket));
  return {
    schema: 2,
    engine: ENGINE_VERSION,
    rule_set: prepared.version,
    lines: finished,
    totals: totalsOf(finished, basket),
    saved: sum(finished.map((line) => line.gross - line.net)),
    saved_by: savedBy(finished),
    rules,
    points,
    gifts: course.offers,
    messages: course.messages().map(({ rule: { id, name } }) => ({ rule: id, name })),
    uses: course.uses(earned),
    hints: hints(rules, course.offers),
  };
}

/**
 * The receipt with what the law and the cashier took off, and the rules that hold: where the choice of rules begins.
 * @param {Prepared} prepared
 * @param {Basket} basket
 * @returns {Course}
 */
export function begun(prepared, basket) {
  const every = inCanonicalOrder(prepared, basket);
  checked(sum(every.map((line) => line.gross)));
  const lines = every.filter(({ line }) => line.item === "goods" && line.gift === null);
  const gifts = every.filter(({ line }) => line.gift !== null);
  const common = new Events();
  const taking = [...lines, ...gifts];
  const gross = sum(taking.map((line) => line.gross));
  const most = byHand(taking, basket, allowance(basket.settings, gross), common);
  return new Course(prepared, basket, every, lines, gifts, choose(prepared, basket, lines, common), most, common);
}

/**
 * Lines by what they are, not by when they were scanned: "the earlier line" of a tie is the same in any order.
 * @param {Prepared} prepared
 * @param {Basket} basket
 * @returns {PricedLine[]}
 */
function inCanonicalOrder(prepared, basket) {
  const known = prepared.regulations;
  return basket.lines
    .map((line, at) => {
      const regulation = line.regulation === null ? null : (known.get(line.regulation) ?? UNKNOWN_CLASS);
      return { priced: new PricedLine(at, line, regulation), key: canonical(line) };
    })
    .sort((a, b) => compare(a.key, b.key))
    .map(({ priced }) => priced);
}

/**
 * @param {Line} line
 * @returns {(number | string)[]}
 */
function canonical(line) {
  const byHand = line.manual ? [line.manual.kind, line.manual.value] : ["", 0];
  const what = [line.product, line.price, line.quantity, line.unit, line.tax, line.minimum, line.regulation ?? ""];
  return [...what, ...byHand, ...line.category];
}

/**
 * @param {(number | string)[]} one
 * @param {(number | string)[]} other
 */
function compare(one, other) {
  const common = Math.min(one.length, other.length);
  for (let at = 0; at < common; at += 1) {
    if (one[at] < other[at]) return -1;
    if (one[at] > other[at]) return 1;
  }
  return one.length - other.length;
}

/**
 * @param {PricedLine[]} lines
 * @param {Basket} basket
 * @param {number} most
 * @param {Events} events
 * @returns {number}
 */
function byHand(lines, basket, most, events) {
  const began = remember(lines);
  for (const line of lines) {
    if (line.line.manual !== null) setByHand(line, line.line.manual, basket.settings.price_step);
  }
  return keepWithin(began, most, events);
}

/**
 * Rules that hold now, each with the lines of its goods.
 * @param {Prepared} prepared
 * @param {Basket} basket
 * @param {PricedLine[]} lines
 * @param {Events} events
 * @returns {Chosen}
 */
function choose(prepared, basket, lines, events) {
  const open = prepared.rules.map((rule) => {
    const lacking = missing(rule, basket);
    if (lacking) events.short(rule.id, lacking);
    return { rule, goods: /** @type {PricedLine[]} */ ([]), lacking };
  });
  for (const line of lines) {
    for (const at of prepared.rulesFor(line.line)) {
      const { rule, goods, lacking } = open[at];
      if (excluded(rule, line.line)) events.notMet(rule.id, line, "excluded");
      else if (lacking) events.notMet(rule.id, line, lacking);
      else goods.push(line);
    }
  }
  return open.filter(({ goods }) => goods.length > 0);
}

/**
 * @param {PricedLine} line
 * @param {Basket} basket
 * @returns {QuoteLine}
 */
function finish(line, basket) {
  const [base, tax] = taxOf(line.net, line.line.tax, basket.settings.prices_include_tax);
  return {
    gross: line.gross,
    discounts: line.discounts,
    net: line.net,
    parts: line.parts,
    tax_base: base,
    tax,
    limits: [...line.limits].sort(),
  };
}

/**
 * @param {QuoteLine[]} lines
 * @param {Basket} basket
 * @returns {Totals}
 */
function totalsOf(lines, { settings }) {
  const gross = sum(lines.map((line) => line.gross));
  const net = sum(lines.map((line) => line.net));
  const tax = sum(lines.map((line) => line.tax));
  const total = checked(settings.prices_include_tax ? net : net + tax);
  const rounding = cashRounding(total, settings.cash_step, settings.cash_rounding);
  return { gross, discount: gross - net, net, tax, total, cash_rounding: rounding, cash_total: total + rounding };
}

/**
 * Discounts by source, for the sources that gave something.
 * @param {QuoteLine[]} lines
 * @returns {Record<string, number>}
 */
function savedBy(lines) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const line of lines) {
    for (const { source, amount } of line.discounts) sums[source] = (sums[source] ?? 0) + amount;
  }
  return sums;
}
