// @ts-check
/** What became of each rule, collected while pricing. */

import { Short } from "./reach.js";

/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").OnLine} OnLine */

/** Per rule id: what is missing for the whole receipt, or what happened line by line. */
export class Events {
  constructor() {
    /** @type {Map<string, Short>} */
    this.shorts = new Map();
    /** @type {Map<string, OnLine[]>} */
    this.onLines = new Map();
    /** @type {Map<string, {by: string, amount: number}>} */
    this.beatenBy = new Map();
  }

  /** The same events in a collection of their own. */
  copy() {
    const other = new Events();
    other.shorts = new Map(this.shorts);
    other.beatenBy = new Map(this.beatenBy);
    for (const [rule, found] of this.onLines) other.onLines.set(rule, [...found]);
    return other;
  }

  /**
   * Lines on which it is said what became of the rule.
   * @param {string} rule
   */
  linesOf(rule) {
    return new Set((this.onLines.get(rule) ?? []).map((event) => event.line));
  }

  /** @param {Events} other */
  become(other) {
    this.shorts = other.shorts;
    this.beatenBy = other.beatenBy;
    this.onLines = other.onLines;
  }

  /**
   * @param {string} rule
   * @param {string} missing
   */
  short(rule, missing) {
    this.shorts.set(rule, new Short(missing));
  }

  /**
   * @param {string} rule
   * @param {PricedLine} line
   * @param {string} missing
   * @param {number | null} amount
   */
  notMet(rule, line, missing, amount = null) {
    this.add(rule, { line: line.index, status: "not_met", amount, by: null, missing });
  }

  /**
   * @param {string} rule
   * @param {PricedLine} line
   * @param {string} by
   * @param {number} amount
   */
  beaten(rule, line, by, amount) {
    this.add(rule, { line: line.index, status: "beaten", amount, by, missing: null });
  }

  /**
   * What, by line, a rule would give that was beaten before it could be asked: others have its units.
   * @param {string} rule
   * @param {Map<number, number>} amounts
   */
  wouldGive(rule, amounts) {
    const said = this.onLines.get(rule) ?? [];
    const first = said.find((each) => each.status === "beaten" && each.amount === 0);
    if (first === undefined) return;
    this.onLines.set(rule, said.map(/** @returns {OnLine} */ (each) => {
      const amount = amounts.get(each.line) ?? 0;
      return amount ? { line: each.line, status: "beaten", amount, by: first.by, missing: null } : each;
    }));
  }

  /**
   * @param {string} rule
   * @param {string} by
   * @param {number} amount
   */
  beatenOnReceipt(rule, by, amount) {
    this.beatenBy.set(rule, { by, amount });
  }

  /**
   * The line's units took part in what the rule gave elsewhere.
   * @param {string} rule
   * @param {PricedLine} line
   */
  served(rule, line) {
    this.add(rule, { line: line.index, status: "applied", amount: 0, by: null, missing: null });
  }

  /**
   * @param {string} rule
   * @param {OnLine} event
   */
  add(rule, event) {
    const events = this.onLines.get(rule);
    if (events) events.push(event);
    else this.onLines.set(rule, [event]);
  }
}

/** For trials, whose reasons nobody asks for. */
class Unheard extends Events {
  short() {}
  notMet() {}
  beaten() {}
  beatenOnReceipt() {}
  served() {}
}

export const UNHEARD = new Unheard();
