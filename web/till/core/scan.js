// @ts-check
/** What happens with a code, scanned or typed: the routing table says what it is, this does it. Never throws for an unknown one. */
import { priceAt } from "./catalogue.js";
import { TillError } from "./errors.js";
import { rounded } from "./numbers.js";
import { multiplied, route } from "./routes.js";

/**
 * @typedef {{kind: "product", line: any} | {kind: "choice", code: string, candidates: any[]} | {kind: "card", account: any, state: string}
 *   | {kind: "receipt", receipt: string} | {kind: "badge", staff: any} | {kind: "coupon", code: string} | {kind: "unknown", code: string, what: string}
 *   | {kind: "refused", code: string, error: {code: string, fields: any}}} Scanned
 */

const RECEIPT = /^[A-Za-z0-9]{1,8}-\d{1,6}-\d{1,9}$/;

export class Scans {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  /** @param {string} text @returns {Promise<Scanned>} */
  async scan(text) {
    const { times, code } = multiplied(text);
    try {
      return await this.#routed(route(code, this.core.data().scan_routes), times);
    } catch (error) {
      if (error instanceof TillError) return { kind: "refused", code, error: { code: error.code, fields: error.fields } };
      throw error;
    }
  }

  /** @param {import("./routes.js").Routed} routed @param {number} times @returns {Promise<Scanned>} */
  async #routed(routed, times) {
    switch (routed.kind) {
      case "card":
        return this.#card(routed.code);
      case "receipt":
        return { kind: "receipt", receipt: routed.code };
      case "badge":
        return this.#badge(routed.item ?? routed.code);
      case "coupon":
        return { kind: "coupon", code: routed.code };
      case "weight_label":
      case "price_label":
        return this.#label(routed);
      default:
        return this.#product(routed.code, times);
    }
  }

  /** @param {string} code @param {number} times @returns {Promise<Scanned>} */
  async #product(code, times) {
    const candidates = this.core.catalogue.byBarcode(code);
    if (candidates.length > 1) return { kind: "choice", code, candidates: candidates.map(({ product, quantity }) => ({ product, quantity: quantity * times })) };
    if (candidates.length === 1) {
      const { product, quantity } = candidates[0];
      return { kind: "product", line: this.core.selling.add(product, { quantity: quantity * times, code, entry: "scan" }) };
    }
    if (RECEIPT.test(code)) return { kind: "receipt", receipt: code };
    return { kind: "unknown", code, what: "product" };
  }

  /** A label printed by a scale: its item number is a barcode, or the product's own number. @param {import("./routes.js").Routed} routed @returns {Promise<Scanned>} */
  async #label({ kind, code, item, value }) {
    const { catalogue, selling } = this.core;
    const product = catalogue.byBarcode(item ?? "")[0]?.product ?? catalogue.product(Number(item));
    if (!product || product.archived || value === null || value <= 0) return { kind: "unknown", code, what: "label" };
    if (kind === "weight_label") return { kind: "product", line: selling.add(product, { quantity: value, code, entry: "label" }) };
    const price = priceAt(product, this.core.clock.now());
    if (product.unit === "piece" || !price) return { kind: "product", line: selling.add(product, { quantity: 1_000, code, entry: "label", price: value }) };
    const quantity = rounded(BigInt(value) * 1_000n, BigInt(price)); // grams that cost as much as the label says
    return { kind: "product", line: selling.add(product, { quantity, code, entry: "label" }) };
  }

  /** @param {string} number @returns {Promise<Scanned>} */
  async #card(number) {
    const found = await this.core.accounts.byCard(number);
    if (!found) return { kind: "unknown", code: number, what: "card" };
    const state = found.account.blocked ? "blocked" : found.state;
    if (state === "active") await this.core.selling.attachAccount(found.account.id);
    return { kind: "card", account: found.account, state };
  }

  /** @param {string} badge @returns {Promise<Scanned>} */
  async #badge(badge) {
    const digest = await this.core.accounts.digest(badge);
    const staff = this.core.data().staff.find((/** @type {any} */ person) => person.badge && person.badge.slice(0, 32) === digest);
    return staff ? { kind: "badge", staff } : { kind: "unknown", code: badge, what: "badge" };
  }
}
