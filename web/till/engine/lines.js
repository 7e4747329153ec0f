// @ts-check
/** A basket line while it is being priced: what it costs so far, how low it may go, and what came off by which rule. */

import { isMeasured } from "./basket.js";
import { checked } from "./money.js";
import * as ofParts from "./parts.js";

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./rules.js").Regulation} Regulation */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Source} Source */
/** @typedef {import("./quote.js").Discount} Discount */
/** @typedef {import("./quote.js").Part} Part */

/**
 * A class that the rule set does not know (yet): no discount and no points, so that a late update never breaks the law.
 * @type {Regulation}
 */
export const UNKNOWN_CLASS = { code: "", no_discount: true, floor: null, ceiling: null, no_points: true };

/** A line as it stood at some point, to go back to. @typedef {{parts: Part[], net: number, discounts: Discount[], limits: Set<string>}} State */

/** One line on its way from gross to net. `low` is the lowest unit price allowed, `net` and `parts` agree always. */
export class PricedLine {
  /**
   * @param {number} index
   * @param {Line} line
   * @param {Regulation | null} regulation
   */
  constructor(index, line, regulation) {
    this.index = index;
    this.line = line;
    this.quantity = line.quantity;
    this.measured = isMeasured(line);
    this.gross = checked(ofParts.cost(line.price, line.quantity));
    /** @type {Part[]} */
    this.parts = [{ quantity: line.quantity, price: line.price }];
    this.net = this.gross;
    /** @type {Discount[]} */
    this.discounts = [];
    /** @type {Set<string>} */
    this.limits = new Set();
    /** @type {Map<Source, string>} */
    this.blocked = new Map();
    this.high = line.price;
    this.low = Math.min(line.price, line.minimum);
    this.lowBy = "minimum";
    this.noDiscount = regulation !== null && regulation.no_discount;
    this.noPoints = regulation !== null && regulation.no_points;
    if (regulation !== null) this.holdToTheLaw(regulation);
    this.lowNet = ofParts.cost(this.low, line.quantity);
    if (this.high < line.price) {
      this.limits.add("ceiling");
      this.take([{ quantity: line.quantity, price: this.high }], "ceiling", "ceiling", "regulation", "ceiling");
    }
  }

  /**
   * R4: the regulation class becomes the bounds of the unit price.
   * @param {Regulation} regulation
   */
  holdToTheLaw(regulation) {
    if (regulation.ceiling !== null && regulation.ceiling < this.line.price) {
      this.high = regulation.ceiling;
      this.low = Math.min(this.low, this.high);
    }
    const floor = Math.min(regulation.floor ?? 0, this.high);
    if (floor > this.low) {
      this.low = floor;
      this.lowBy = "floor";
    }
    if (regulation.no_discount) {
      this.low = this.high;
      this.lowBy = "no_discount";
    }
  }

  /**
   * The parts at these unit prices, none raised, none below what is allowed.
   * @param {number[]} prices
   * @returns {Part[]}
   */
  atPrices(prices) {
    const held = this.parts.map((part, at) => Math.min(part.price, Math.max(prices[at], this.low)));
    return ofParts.repriced(this.parts, held);
  }

  /**
   * Parts that cost `net`, or the least above it that is allowed and that parts can say.
   * @param {number} net
   * @returns {Part[]}
   */
  atNet(net) {
    if (net >= this.net) return this.parts;
    const allowed = Math.max(net, this.lowNet);
    if (this.measured) return ofParts.measured(allowed, this.quantity, this.low, this.high);
    return ofParts.split(allowed, this.quantity);
  }

  /**
   * Make the line cost `net`, more than it does now, or the least above it that parts can say; no discount changes.
   * @param {number} net
   */
  raiseTo(net) {
    this.parts = this.measured ? ofParts.measured(net, this.quantity, this.low, this.high) : ofParts.split(net, this.quantity);
    this.net = ofParts.total(this.parts);
  }

  /**
   * Make the line cost `parts`; what that is less than before is the rule's discount. Returns it.
   * @param {Part[]} parts
   * @param {string} rule
   * @param {string} name
   * @param {Source} source
   * @param {string} kind
   * @returns {number}
   */
  take(parts, rule, name, source, kind) {
    const net = ofParts.total(parts);
    const amount = this.net - net;
    this.parts = parts;
    this.net = net;
    if (amount) this.discounts.push({ rule, name, source, kind, amount });
    return amount;
  }

  /**
   * Some units of the line, at these parts, as a line of their own within the same bounds.
   * @param {Part[]} parts
   * @returns {PricedLine}
   */
  share(parts) {
    /** @type {PricedLine} */
    const some = Object.assign(Object.create(PricedLine.prototype), this);
    some.quantity = 0;
    for (const part of parts) some.quantity += part.quantity;
    some.parts = parts;
    some.net = some.gross = ofParts.total(parts);
    some.lowNet = ofParts.cost(this.low, some.quantity);
    some.discounts = [];
    some.limits = new Set();
    return some;
  }

  /** @returns {State} */
  state() {
    return { parts: this.parts, net: this.net, discounts: [...this.discounts], limits: new Set(this.limits) };
  }

  /** @param {State} state */
  restore(state) {
    this.parts = state.parts;
    this.net = state.net;
    this.discounts = [...state.discounts];
    this.limits = new Set(state.limits);
  }

  /** How much may still come off. */
  get room() {
    return this.net - this.lowNet;
  }

  /** Whether a rule or the cashier took something off (what the law takes off is not a discount). */
  get discounted() {
    return this.discounts.some((discount) => discount.source !== "regulation");
  }

  /**
   * Why the rule may not lower this line, or null.
   * @param {Rule} rule
   * @returns {string | null}
   */
  bars(rule) {
    if (this.noDiscount) return "regulated";
    if (this.line.manual !== null && !rule.over_manual) return "manual";
    return !rule.over_discounted && this.discounted ? "discounted" : null;
  }
}
