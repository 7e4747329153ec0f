// @ts-check
/**
 * One course of pricing: the phases on lines, sets, gifts and the basket, with some rules left out.
 *
 * What does not depend on which rules are left out is worked out once: who may take part, on which lines, with which value, and which sources a
 * promotion keeps off a line.
 */

import { allowed, givenBy, keepTo, UNLIMITED, uses } from "./allowed.js";
import { discountBasket } from "./basket_phase.js";
import { UNHEARD } from "./events.js";
import { earnedTimes, give, shortOfGift } from "./gifts.js";
import { candidates } from "./groups.js";
import { keepWithin } from "./limits.js";
import { discountLine, discountRest, notBlocked, valuesOrEvents, want } from "./line_phase.js";
import { sum } from "./money.js";
import { evened, total } from "./parts.js";
import { reached, Short } from "./reach.js";
import { onBasket, onLines } from "./rules.js";
import { afterTaking, take } from "./taking.js";
import { exchanged, Pool } from "./units.js";

/** @typedef {import("./allowed.js").Allowed} Allowed */
/** @typedef {import("./basket.js").Basket} Basket */
/** @typedef {import("./events.js").Events} Events */
/** @typedef {import("./gifts.js").Given} Given */
/** @typedef {import("./gifts.js").Giver} Giver */
/** @typedef {import("./groups.js").Candidate} Candidate */
/** @typedef {import("./groups.js").Wanted} Wanted */
/** @typedef {import("./line_phase.js").OnOneLine} OnOneLine */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./lines.js").State} State */
/** @typedef {import("./prepare.js").Prepared} Prepared */
/** @typedef {import("./quote.js").GiftOffer} GiftOffer */
/** @typedef {import("./quote.js").Use} Use */
/** @typedef {import("./reach.js").Receipt} Receipt */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./slabs.js").Value} Value */
/** @typedef {import("./units.js").Taken} Taken */
/** @typedef {{rule: Rule, goods: PricedLine[]}[]} Chosen */
/** A rule of the set or the basket phase that may take part, with the lines that it may lower. @typedef {{rule: Rule, goods: PricedLine[], allowance: Allowed}} Held */
/** What rules took of a line, by line. @typedef {Map<number, {rule: Rule, each: Taken}[]>} TakenOf */
/** For a rule its lines with the value there, or what is missing. @typedef {Map<string, [PricedLine, Value | Short][]>} Sums */

/**
 * Runs the phases again and again from the point where what was set by hand is done.
 *
 * `common` are the events of every run; `run` adds its own to a copy.
 */
export class Course {
  /**
   * @param {Prepared} prepared
   * @param {Basket} basket
   * @param {PricedLine[]} every
   * @param {PricedLine[]} lines
   * @param {PricedLine[]} gifts
   * @param {Chosen} chosen
   * @param {number} most
   * @param {Events} common
   */
  constructor(prepared, basket, every, lines, gifts, chosen, most, common) {
    this.prepared = prepared;
    this.basket = basket;
    this.every = every;
    this.lines = lines;
    this.giftLines = gifts;
    this.all = gifts.length ? [...lines, ...gifts] : lines;
    this.most = most;
    this.common = common;
    this.step = basket.settings.price_step;
    this.started = this.all.map((line) => ({ line, state: line.state() }));
    /** @type {Receipt} */
    this.start = { before: sum(lines.map((line) => line.gross)), after: sum(lines.map((line) => line.net)) };
    /** @type {Map<number, OnOneLine>} */
    this.onLine = new Map(lines.map((line) => [line.index, { line, wanted: [], every: [] }]));
    /** @type {Held[]} */
    this.takers = [];
    /** @type {Giver[]} */
    this.givers = [];
    /** @type {Held[]} */
    this.onBasket = [];
    /** @type {Set<string>} */
    this.said = new Set();
    /** @type {Map<string, Allowed>} */
    this.allowances = new Map();
    /** @type {Map<string, Rule>} */
    this.rules = new Map();
    /** @type {Map<string, PricedLine[]>} */
    this.goods = new Map();
    for (const { rule, goods } of chosen) {
      this.rules.set(rule.id, rule);
      this.goods.set(rule.id, goods);
    }
    for (const { rule, goods } of chosen) this.place(rule, goods);
    this.settleBlocks();
    /** @type {Map<string, number>} */
    this.times = new Map();
    /** @type {Map<string, number>} */
    this.pieces = new Map();
    /** @type {GiftOffer[]} */
    this.offers = [];
    /** @type {Map<number, number>} */
    this.afterSets = new Map();
    /** @type {Map<string, State>} what line rules make of a line, by the rules left out there */
    this.known = new Map();
    /** @type {Set<string>} */
    this.contested = new Set();
    this.runs = 0;
  }

  /**
   * Put the rule into its phase.
   * @param {Rule} rule
   * @param {PricedLine[]} goods
   */
  place(rule, goods) {
    const allowance = limited(rule, this.basket) ? allowed(rule, this.basket, this.start.before) : UNLIMITED;
    if (allowance !== UNLIMITED) this.allowances.set(rule.id, allowance);
    const { effect } = rule;
    const byUnits = allowance.units !== null || allowance.wholeUnits !== null;
    if (effect.kind === "n_for_m" || effect.kind === "set" || (byUnits && onLines(rule))) this.takers.push({ rule, goods, allowance });
    else if (effect.kind === "gift") {
      const chosen = this.giftLines.filter(({ line }) => line.gift === rule.id && effect.choices.includes(line.product));
      this.givers.push({ rule, allowance, goods, chosen });
    } else if (onLines(rule)) {
      for (const [line, value] of valuesOrEvents(rule, reached(rule, goods, this.start, this.basket.terms), this.common)) {
        const bar = line.bars(rule);
        if (bar) this.common.notMet(rule.id, line, bar);
        else this.onLine.get(line.index)?.wanted.push(want(rule, line, value, this.step));
      }
    } else if (onBasket(rule)) this.onBasket.push({ rule, goods, allowance });
    else if (effect.kind === "message") this.say(rule, goods);
  }

  /**
   * A message depends on nothing that rules do.
   * @param {Rule} rule
   * @param {PricedLine[]} goods
   */
  say(rule, goods) {
    for (const [line] of valuesOrEvents(rule, reached(rule, goods, this.start, this.basket.terms), this.common)) {
      this.common.served(rule.id, line);
      this.said.add(rule.id);
    }
  }

  settleBlocks() {
    for (const on of this.onLine.values()) {
      on.wanted = notBlocked(on, this.prepared.groups, this.common);
      on.every = candidates(on.wanted, this.prepared.groups);
    }
  }

  /** Put the lines back to where the course began. */
  reset() {
    for (const { line, state } of this.started) line.restore(state);
  }

  /**
   * The lines on which a line rule takes part, with what it wants there.
   * @param {string} rule
   * @returns {{line: PricedLine, each: Wanted}[]}
   */
  wantedBy(rule) {
    /** @type {{line: PricedLine, each: Wanted}[]} */
    const found = [];
    for (const { line, wanted } of this.onLine.values()) for (const each of wanted) if (each.rule.id === rule) found.push({ line, each });
    return found;
  }

  /**
   * Rules that only say their name.
   * @returns {Chosen}
   */
  messages() {
    return this.goodsOf().filter(({ rule }) => rule.effect.kind === "message" && this.said.has(rule.id));
  }

  /** @returns {Chosen} */
  goodsOf() {
    return [...this.rules.values()].map((rule) => ({ rule, goods: this.goods.get(rule.id) ?? [] }));
  }

  /** Rules that gave something in the last run. */
  giving() {
    /** @type {Set<string>} */
    const found = new Set();
    for (const line of this.all) for (const each of line.discounts) if (this.rules.has(each.rule)) found.add(each.rule);
    return found;
  }

  /** What the receipt costs after the last run. */
  net() {
    let net = 0;
    for (const line of this.all) net += line.net;
    return net;
  }

  /**
   * What rules with limits from outside took in the last run; `earned` are those that earned points.
   * @param {Set<string>} earned
   * @returns {Use[]}
   */
  uses(earned) {
    return uses([...this.rules.values()], this.all, this.times, this.pieces, earned);
  }

  /**
   * Price with the rules `off` left out; returns the sum.
   * @param {Set<string>} off
   * @param {Events} events
   * @returns {number}
   */
  run(off, events) {
    this.runs += 1;
    const without = this.linesAndSets(off, events);
    for (const [id, allowance] of this.allowances) {
      if (allowance.sum !== null && !this.inBasketPhase(id)) keepTo(id, allowance, this.all, events);
    }
    const began = this.started.map(({ line, state }) => ({ line, parts: state.parts, net: state.net, discounts: state.discounts.length }));
    const most = keepWithin(began, this.most, events);
    this.basketPhase(without, most, events);
    return this.net();
  }

  /** @param {string} id */
  inBasketPhase(id) {
    const rule = this.rules.get(id);
    return rule !== undefined && onBasket(rule);
  }

  /**
   * Line rules, sets and gifts; a rule that would pass what it may give only whole is left out, and said so.
   * @param {Set<string>} without
   * @param {Events} events
   * @returns {Set<string>}
   */
  linesAndSets(without, events) {
    const whole = [...this.allowances].filter(([id, { wholeSum }]) => wholeSum !== null && !this.inBasketPhase(id));
    let off = without;
    for (;;) {
      const tried = events === UNHEARD || !whole.length ? events : events.copy();
      this.once(off, tried);
      const passed = whole.find(([id, { wholeSum }]) => wholeSum !== null && givenBy(id, this.all) > wholeSum);
      if (!passed) {
        if (tried !== events) events.become(tried);
        return off;
      }
      off = new Set([...off, passed[0]]);
      for (const line of this.goods.get(passed[0]) ?? []) events.notMet(passed[0], line, "budget");
    }
  }

  /**
   * @param {Set<string>} off
   * @param {Events} events
   */
  once(off, events) {
    this.reset();
    this.times = new Map();
    this.pieces = new Map();
    this.offers = [];
    const takers = this.takers.filter(({ rule }) => !off.has(rule.id));
    const givers = this.givers.filter(({ rule }) => !off.has(rule.id));
    const sums = this.afterLineRules(off, takers, givers);
    const pool = new Pool(takers.length ? this.lines : []);
    /** @type {TakenOf} */
    const taken = new Map();
    for (const held of takers) if (!this.stacks(held.rule)) this.letTake(held, sums, pool, taken, events);
    for (const line of this.lines) this.lineRules(line, off, taken.get(line.index), pool, events);
    for (const held of takers) if (this.stacks(held.rule)) this.letTakeOnTop(held, sums, taken, events);
    for (const giver of givers) this.letGive(giver, sums, events);
    for (const line of this.all) line.parts = evened(line.parts);
  }

  /**
   * Whether the rule applies on the rest; in a sequential or an additive group that is the group's to say.
   * @param {Rule} rule
   */
  stacks(rule) {
    const group = rule.group === null ? undefined : this.prepared.groups.get(rule.group);
    if (group === undefined) return rule.stackable;
    const together = group.mode === "sequential" || group.mode === "additive";
    return group.stackable || (rule.stackable && !together);
  }

  /**
   * For each rule of the set phase its lines and values; sums "after" are what line rules alone make of them.
   * @param {Set<string>} off
   * @param {Held[]} takers
   * @param {Giver[]} givers
   * @returns {Sums}
   */
  afterLineRules(off, takers, givers) {
    const { terms } = this.basket;
    const pairs = [...takers, ...givers];
    const late = pairs.filter(({ rule }) => after(rule));
    /** @type {Sums} */
    const found = new Map();
    for (const { rule, goods } of pairs) if (!after(rule)) found.set(rule.id, reached(rule, goods, this.start, terms));
    if (late.length) {
      const pool = new Pool([]);
      for (const line of this.lines) this.lineRules(line, off, undefined, pool, UNHEARD);
      const receipt = { before: this.start.before, after: sum(this.lines.map((line) => line.net)) };
      for (const { rule, goods } of late) found.set(rule.id, reached(rule, goods, receipt, terms));
      this.reset();
    }
    return found;
  }

  /**
   * @param {PricedLine} line
   * @param {Set<string>} off
   * @param {{rule: Rule, each: Taken}[] | undefined} taken
   * @param {Pool} pool
   * @param {Events} events
   */
  lineRules(line, off, taken, pool, events) {
    const on = this.onLine.get(line.index);
    if (on === undefined) return;
    if (taken) this.besideTaken(line, this.candidates(on, off), taken, pool, events);
    else if (events !== UNHEARD) this.alone(line, this.candidates(on, off), events);
    else if (on.wanted.length) {
      const without = off.size ? on.wanted.filter(({ rule }) => off.has(rule.id)).map(({ rule }) => rule.id) : [];
      const key = [line.index, ...without].join();
      const known = this.known.get(key);
      if (known) line.restore(known);
      else {
        this.alone(line, this.candidates(on, off), events);
        this.known.set(key, line.state());
      }
    }
  }

  /**
   * @param {OnOneLine} on
   * @param {Set<string>} off
   * @returns {Candidate[]}
   */
  candidates({ wanted, every }, off) {
    return off.size ? candidates(wanted.filter(({ rule }) => !off.has(rule.id)), this.prepared.groups) : every;
  }

  /**
   * @param {PricedLine} line
   * @param {Candidate[]} every
   * @param {Events} events
   */
  alone(line, every, events) {
    if (!every.length) return;
    discountLine(line, every, this.step, events, true);
    discountRest(line, every, this.step, events);
  }

  /**
   * What sets took costs what they say; line rules compete for the rest.
   * @param {PricedLine} line
   * @param {Candidate[]} every
   * @param {{rule: Rule, each: Taken}[]} taken
   * @param {Pool} pool
   * @param {Events} events
   */
  besideTaken(line, every, taken, pool, events) {
    const rest = line.share(pool.rest(line));
    if (rest.quantity) discountLine(rest, every, this.step, events, false);
    else {
      for (const { rule, alone } of every.flatMap((candidate) => candidate.wanted)) {
        if (!this.stacks(rule)) events.beaten(rule.id, line, taken[0].rule.id, Math.max(line.net - alone.net, 0));
      }
    }
    const parts = afterTaking(taken.map(({ each }) => each), rest.parts);
    line.parts = parts;
    line.net = total(parts);
    line.discounts.push(...rest.discounts);
    for (const limit of rest.limits) line.limits.add(limit);
    for (const { rule, each } of taken) this.note(line, rule, each, events);
    discountRest(line, every, this.step, events);
  }

  /**
   * @param {PricedLine} line
   * @param {Rule} rule
   * @param {Taken} taken
   * @param {Events} events
   */
  note(line, { id, name, source, effect }, taken, events) {
    const amount = total(taken.before) - total(taken.after);
    if (amount) line.discounts.push({ rule: id, name, source, kind: effect.kind, amount });
    else events.served(id, line);
    if (taken.held) line.limits.add(line.lowBy);
  }

  /**
   * @param {Held} held
   * @param {Sums} sums
   * @param {Pool} pool
   * @param {TakenOf} taken
   * @param {Events} events
   */
  letTake({ rule, allowance }, sums, pool, taken, events) {
    const able = this.able(rule, sums.get(rule.id) ?? [], events);
    const took = take({ rule, allowance, lines: able }, pool, this.step);
    for (const each of took.taken) put(taken, each.line.index, { rule, each });
    this.count(rule, took.times, sum(took.taken.map((each) => each.pieces)));
    this.explainUntaken(rule, able, took.taken, took.short, taken, events);
  }

  /**
   * A stackable rule takes units that no other took, at what they cost by now: the dearest of their line.
   * @param {Held} held
   * @param {Sums} sums
   * @param {TakenOf} taken
   * @param {Events} events
   */
  letTakeOnTop({ rule, allowance }, sums, taken, events) {
    const able = this.able(rule, sums.get(rule.id) ?? [], events);
    const pool = new Pool(able.map(([line]) => line));
    for (const [line] of able) pool.dropCheapest(line, sum((taken.get(line.index) ?? []).map(({ each }) => units(each))));
    const took = take({ rule, allowance, lines: able }, pool, this.step);
    for (const each of took.taken) {
      const { line } = each;
      const parts = exchanged(line, each);
      line.parts = parts;
      line.net = total(parts);
      this.note(line, rule, each, events);
      put(taken, line.index, { rule, each });
    }
    this.count(rule, took.times, sum(took.taken.map((each) => each.pieces)));
    this.explainUntaken(rule, able, took.taken, took.short, taken, events);
  }

  /**
   * @param {Rule} rule
   * @param {[PricedLine, Value | Short][]} found
   * @param {Events} events
   * @returns {[PricedLine, Value][]}
   */
  able(rule, found, events) {
    return valuesOrEvents(rule, found, events).filter(([line]) => {
      const bar = line.bars(rule);
      const by = line.blocked.get(rule.source);
      if (bar) events.notMet(rule.id, line, bar);
      else if (by !== undefined) events.beaten(rule.id, line, by, 0);
      return !bar && by === undefined;
    });
  }

  /**
   * @param {Rule} rule
   * @param {[PricedLine, Value][]} able
   * @param {Taken[]} took
   * @param {Short | null} short
   * @param {TakenOf} taken
   * @param {Events} events
   */
  explainUntaken(rule, able, took, short, taken, events) {
    for (const [line] of able) {
      if (took.some((each) => each.line.index === line.index)) continue;
      const others = taken.get(line.index);
      if (others && short !== null && short.missing === "quantity") events.beaten(rule.id, line, others[0].rule.id, 0);
      else if (short !== null) events.notMet(rule.id, line, short.missing, short.amount);
      else {
        const { units: most, unitsBy } = this.allowances.get(rule.id) ?? UNLIMITED;
        events.notMet(rule.id, line, most === null ? "quantity" : unitsBy);
      }
    }
  }

  /**
   * @param {Rule} rule
   * @param {number} times
   * @param {number} pieces
   */
  count(rule, times, pieces) {
    if (!times) return;
    this.times.set(rule.id, times);
    this.pieces.set(rule.id, pieces);
  }

  /**
   * @param {Giver} giver
   * @param {Sums} sums
   * @param {Events} events
   */
  letGive(giver, sums, events) {
    const { rule, allowance, chosen } = giver;
    const { take: many } = rule.effect;
    const found = sums.get(rule.id) ?? [];
    const goods = valuesOrEvents(rule, found, events).map(([line]) => line);
    const times = goods.length ? earnedTimes(giver, goods) : 0;
    if (!times) {
      const [missing, amount] = goods.length ? shortOfGift(giver, goods) : firstShort(found);
      for (const line of [...goods, ...chosen]) events.notMet(rule.id, line, missing, amount);
      return;
    }
    if (allowance.wholeUnits !== null && times * many * 1_000 > allowance.wholeUnits) {
      for (const line of [...goods, ...chosen]) events.notMet(rule.id, line, "budget");
      return;
    }
    const made = give(giver, times, this.basket.stock, this.bought(), this.step, events);
    this.count(rule, Math.ceil(made.pieces / (many * 1_000)), made.pieces);
    this.offers.push(made.offer);
    this.explainGoods(rule, goods, made, events);
  }

  /**
   * The goods that earned the gift: they served, or wait for the client's choice.
   * @param {Rule} rule
   * @param {PricedLine[]} goods
   * @param {Given} made
   * @param {Events} events
   */
  explainGoods(rule, goods, made, events) {
    for (const line of goods) {
      if (made.pieces) events.served(rule.id, line);
      else events.notMet(rule.id, line, made.offer.choices.length ? "gift_not_chosen" : "stock");
    }
  }

  bought() {
    /** @type {Map<number, number>} */
    const found = new Map();
    for (const { line, quantity } of this.all) found.set(line.product, (found.get(line.product) ?? 0) + quantity);
    return found;
  }

  /**
   * @param {Set<string>} off
   * @param {number} most
   * @param {Events} events
   */
  basketPhase(off, most, events) {
    this.afterSets = new Map(this.lines.map((line) => [line.index, line.net]));
    if (!this.onBasket.length) return;
    const receipt = { before: this.start.before, after: sum([...this.afterSets.values()]) };
    /** @type {import("./basket_phase.js").OnLines[]} */
    const wanted = [];
    for (const { rule, goods, allowance } of this.onBasket) {
      if (off.has(rule.id)) continue;
      const able = this.able(rule, reached(rule, goods, receipt, this.basket.terms), events).filter(([line]) => {
        const fellow = this.fellow(rule, line);
        if (fellow !== null) events.beaten(rule.id, line, fellow, 0);
        return fellow === null;
      });
      if (able.length) wanted.push({ rule, value: able[0][1], lines: able.map(([line]) => line), allowance });
    }
    discountBasket(wanted, this.prepared.groups, most, events);
  }

  /**
   * A rule of the same best-of group that lowered the line in an earlier phase: the group is settled there.
   * @param {Rule} rule
   * @param {PricedLine} line
   * @returns {string | null}
   */
  fellow({ group: of }, line) {
    const group = of === null ? undefined : this.prepared.groups.get(of);
    if (group === undefined || group.mode !== "best_of" || !this.prepared.bestOutcome) return null;
    return line.discounts.find((each) => this.rules.get(each.rule)?.group === group.id)?.rule ?? null;
  }
}

/**
 * @param {Rule} rule
 * @param {Basket} basket
 */
function limited({ id, limits: { receipt } }, { left }) {
  return left.has(id) || receipt.times !== null || receipt.units !== null || receipt.sum !== null || receipt.percent !== null;
}

/**
 * What the first of the goods lacks, where all of them lack something.
 * @param {[PricedLine, Value | Short][]} found
 * @returns {[string, number | null]}
 */
function firstShort(found) {
  const [short] = found.flatMap(([, value]) => (value instanceof Short ? [value] : []));
  return [short.missing, short.amount];
}

/** @param {Taken} taken */
function units({ line, before }) {
  return line.measured ? 1 : sum(before.map((part) => part.quantity)) / 1_000;
}

/**
 * Whether the rule depends on a sum after earlier phases.
 * @param {Rule} rule
 */
export function after({ needs_sum, effect: { value } }) {
  if (needs_sum !== null && needs_sum.by.basis === "after") return true;
  return typeof value === "object" && value.by.by === "sum" && value.by.basis === "after";
}

/**
 * @template T
 * @param {Map<number, T[]>} table
 * @param {number} key
 * @param {T} value
 */
function put(table, key, value) {
  const found = table.get(key);
  if (found) found.push(value);
  else table.set(key, [value]);
}
