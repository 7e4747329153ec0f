// @ts-check
/** The points phase: points spent are a discount spread over lines, points earned are floored once per receipt (R8, R9). */

import { spread } from "./basket_phase.js";
import { Malformed } from "./errors.js";
import { valuesOrEvents } from "./line_phase.js";
import { checked, divided, MAX_AMOUNT, prorate, sum } from "./money.js";
import { reached } from "./reach.js";

/** @typedef {import("./basket.js").PointsSettings} PointsSettings */
/** @typedef {import("./basket_phase.js").Plan} Plan */
/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Points} Points */
/** @typedef {import("./rules.js").Rule} Rule */
/** A rule that earns points, with the lines that earn them. @typedef {{rule: Rule, lines: PricedLine[]}} Earning */
/** @typedef {{points: number, most: number, amount: number}} Spent */
/** A number of points whose worth lands, and how. @typedef {{points: number, plan: Plan}} Landing */

/** How many numbers of points are tried, from the most on down, until one lands: weights cannot say every amount. */
const MOST_TRIES = 1_000;

/**
 * Spend, then earn; returns the answer and the rules that earned something.
 * @param {Course} course
 * @param {Events} events
 * @returns {{points: Points, earned: Set<string>}}
 */
export function pointsPhase(course, events) {
  const { basket, every } = course;
  let earning = earningOf(course, events);
  const spent = spend(course);
  if (spent.points && !basket.settings.points?.earn_while_spending) {
    for (const { rule, lines } of earning) for (const line of lines) events.notMet(rule.id, line, "discounted");
    earning = [];
  }
  for (const { rule, lines } of earning) for (const line of lines) events.served(rule.id, line);
  const shares = sharesOf(earning, every);
  /** @type {number[]} */
  const byIndex = [];
  every.forEach((line, at) => {
    byIndex[line.index] = shares[at];
  });
  const points = { asked: basket.spend, spent: spent.points, amount: spent.amount, most: spent.most, earned: checked(sum(shares)), lines: byIndex };
  return { points, earned: new Set(earning.map(({ rule }) => rule.id)) };
}

/**
 * The largest whole number of points, of those asked, whose worth lands on the lines exactly.
 * @param {Course} course
 * @returns {Spent}
 */
function spend({ basket, all }) {
  const settings = basket.settings.points;
  if (settings === null || basket.terms === null) return { points: 0, most: 0, amount: 0 };
  const lines = all.filter((line) => line.room > 0 && !line.noPoints);
  const within = Math.min(sum(lines.map((line) => line.room)), divided(sum(all.map((line) => line.net)), settings.share, 10_000)[0]);
  const most = largest(lines, settings, Math.floor(within / settings.value));
  const { points, plan } = basket.spend >= most.points ? most : largest(lines, settings, basket.spend);
  lines.forEach((line, at) => line.take(plan.parts[at], "points", "points", "points", "points"));
  return { points, most: most.points, amount: plan.amount };
}

/**
 * The most points up to `points` whose worth lands exactly, and how; none below the least that may be spent.
 * @param {PricedLine[]} lines
 * @param {PointsSettings} settings
 * @param {number} points
 * @returns {Landing}
 */
function largest(lines, { value, least }, points) {
  const last = Math.max(least, points - MOST_TRIES);
  for (let tried = points; tried >= last; tried -= 1) {
    const plan = spread(lines, tried * value);
    if (plan.amount === tried * value) return { points: tried, plan };
  }
  return { points: 0, plan: { parts: lines.map((line) => line.parts), amount: 0, capped: false, refused: false } };
}

/**
 * Rules that earn points here; sums "after" are those before points are spent.
 * @param {Course} course
 * @param {Events} events
 * @returns {Earning[]}
 */
function earningOf(course, events) {
  const receipt = { before: course.start.before, after: sum(course.lines.map((line) => line.net)) };
  /** @type {Earning[]} */
  const found = [];
  for (const { rule, goods } of course.goodsOf()) {
    if (rule.effect.kind !== "earn" && rule.effect.kind !== "earn_bonus") continue;
    /** @type {PricedLine[]} */
    const lines = [];
    for (const [line] of valuesOrEvents(rule, reached(rule, goods, receipt, course.basket.terms), events)) {
      if (line.noPoints) events.notMet(rule.id, line, "regulated");
      else if (!rule.over_discounted && line.discounted) events.notMet(rule.id, line, "discounted");
      else lines.push(line);
    }
    if (lines.length) found.push({ rule, lines });
  }
  return found;
}

/**
 * Points per line: what rates earn together is floored once, then split by largest remainder; a bonus by net.
 * @param {Earning[]} earning
 * @param {PricedLine[]} every
 * @returns {number[]}
 */
function sharesOf(earning, every) {
  const shares = byRates(earning.filter(({ rule }) => rule.effect.kind === "earn"), every);
  for (const { rule, lines } of earning) {
    if (rule.effect.kind !== "earn_bonus") continue;
    const nets = lines.map((line) => line.net);
    const given = prorate(rule.effect.points, nets.some((net) => net > 0) ? nets : nets.map(() => 1));
    lines.forEach((line, at) => {
      shares[every.indexOf(line)] += given[at];
    });
  }
  return shares;
}

/**
 * Rates over one common denominator, exactly.
 * @param {Earning[]} earning
 * @param {PricedLine[]} every
 * @returns {number[]}
 */
function byRates(earning, every) {
  let whole = 1n;
  let weights = every.map(() => 0n);
  for (const { rule, lines } of earning) {
    const per = BigInt(rule.effect.per);
    weights = weights.map((weight) => weight * per);
    for (const line of lines) weights[every.indexOf(line)] += BigInt(line.net) * BigInt(rule.effect.points) * whole;
    whole *= per;
  }
  const all = weights.reduce((one, other) => one + other, 0n);
  const total = all / whole;
  if (total > BigInt(MAX_AMOUNT)) throw new Malformed("money.too_large", "");
  if (all === 0n) return every.map(() => 0);
  const shares = weights.map((weight) => Number((total * weight) / all));
  const rest = weights.map((weight) => (total * weight) % all);
  const order = rest.map((_, at) => at).sort((a, b) => (rest[a] > rest[b] ? -1 : rest[a] < rest[b] ? 1 : 0));
  for (const at of order.slice(0, Number(total) - sum(shares))) shares[at] += 1;
  return shares;
}
