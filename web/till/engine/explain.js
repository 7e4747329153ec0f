// @ts-check
/** What became of each rule, in one answer: applied, beaten by which, or what is missing. Applied amounts add up. */

/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./quote.js").Considered} Considered */
/** @typedef {import("./quote.js").OnLine} OnLine */
/** @typedef {import("./quote.js").Status} Status */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Source} Source */

/** When lines lack different things, the rule as a whole lacks the first of these. */
const NEAREST_FIRST = [
  ...["gift_not_chosen", "stock", "quantity", "sum", "coverage", "personal", "limit_receipt", "budget", "cap", "minimum"],
  ...["saving", "discounted", "manual", "regulated", "excluded"],
];

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
    for (const discount of line.discounts) {
      const event = { line: line.index, status: /** @type {Status} */ ("applied"), amount: discount.amount };
      const found = given.get(discount.rule);
      if (found) found.push({ ...event, by: null, missing: null });
      else given.set(discount.rule, [{ ...event, by: null, missing: null }]);
    }
  }
  /** @type {Considered[]} */
  const answers = [];
  for (const [name, source] of WITHOUT_RULE) {
    const on = given.get(name);
    if (!on) continue;
    const what = { rule: name, name, source, kind: name };
    answers.push(answer(what, "applied", amounts(on), null, null, inOrder(on)));
  }
  for (const rule of prepared.rules) answers.push(explainRule(rule, given.get(rule.id) ?? [], events));
  return answers;
}

/**
 * @param {Rule} rule
 * @param {OnLine[]} lowered
 * @param {Events} events
 * @returns {Considered}
 */
function explainRule(rule, lowered, events) {
  const happened = oncePerLine([...lowered, ...(events.onLines.get(rule.id) ?? [])]);
  const given = happened.filter((event) => event.status === "applied");
  const what = { rule: rule.id, name: rule.name, source: rule.source, kind: rule.effect.kind };
  if (given.length) return answer(what, "applied", amounts(given), null, null, happened);
  const winner = events.beatenBy.get(rule.id);
  if (winner) return answer(what, "beaten", winner.amount, winner.by, null, happened);
  const beaten = happened.filter((event) => event.status === "beaten");
  if (beaten.length) return answer(what, "beaten", amounts(beaten), beaten[0].by, null, happened);
  const short = events.shorts.get(rule.id);
  if (short) return answer(what, "not_met", short.amount, null, short.missing, happened);
  for (const missing of NEAREST_FIRST) {
    const lacking = happened.filter((event) => event.missing === missing);
    if (!lacking.length) continue;
    /** @type {number | null} */
    let least = null;
    for (const { amount } of lacking) if (amount !== null && (least === null || amount < least)) least = amount;
    return answer(what, "not_met", least, null, missing, happened);
  }
  return answer(what, "not_met", null, null, "goods", happened);
}

/**
 * @param {{rule: string, name: string, source: Source, kind: string}} what
 * @param {Status} status
 * @param {number | null} amount
 * @param {string | null} by
 * @param {string | null} missing
 * @param {OnLine[]} lines
 * @returns {Considered}
 */
function answer(what, status, amount, by, missing, lines) {
  return { ...what, status, amount, by, missing, lines };
}

/**
 * What was said first of each line.
 * @param {OnLine[]} events
 * @returns {OnLine[]}
 */
function oncePerLine(events) {
  if (events.length < 2) return events;
  /** @type {Map<number, OnLine>} */
  const first = new Map();
  for (const event of events) if (!first.has(event.line)) first.set(event.line, event);
  return inOrder([...first.values()]);
}

/** @param {OnLine[]} events */
function amounts(events) {
  let all = 0;
  for (const event of events) all += event.amount ?? 0;
  return all;
}

/**
 * @param {OnLine[]} events
 * @returns {OnLine[]}
 */
function inOrder(events) {
  return [...events].sort((a, b) => a.line - b.line);
}
