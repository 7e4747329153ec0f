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
   * @param {string} rule
   * @param {string} by
   * @param {number} amount
   */
  beatenOnReceipt(rule, by, amount) {
    this.beatenBy.set(rule, { by, amount });
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
