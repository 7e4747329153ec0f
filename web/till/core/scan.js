// @ts-check
/** What happens with a code, scanned or typed: the routing table says what it is, this does it. Never throws for an unknown one. */
import { priceAt } from "./catalogue.js";
import { plainCode } from "./codes.js";
import { TillError } from "./errors.js";
import { clients, scanning } from "./later.js";
import { isOurs } from "./newcomers.js";
import { rounded } from "./numbers.js";
import { multiplied, route } from "./routes.js";

/**
 * @typedef {{kind: "product", line: any, expired?: string} | {kind: "weigh", code: string, product: any} | {kind: "choice", code: string, candidates: any[]} | {kind: "card", account: any, state: string, reason: string | null}
 *   | {kind: "receipt", receipt: string} | {kind: "badge", staff: any} | {kind: "coupon", coupon: any} | {kind: "gift_card", code: string} | {kind: "unknown", code: string, what: string}
 *   | {kind: "refused", code: string, error: {code: string, fields: any}}} Scanned
 */

const RECEIPT = /^[A-Za-z0-9]{1,8}-\d{1,6}-\d{1,9}$/;

/** What may be a marking code that was typed: no other code has so many digits in front and so much behind them. */
const LONG = /^\d{14}.{15}/;

export class Scans {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  /** @param {string} text @param {import("../devices/gs1.js").Told | null} [told] what the agent says of it, where its scanner read it @returns {Promise<Scanned>} */
  async scan(text, told = null) {
    const { times, code } = multiplied(text);
    try {
      const goods = told?.gs1 || told?.marking || LONG.test(code) ? await (await scanning()).goodsOf(this.core, code, told) : null;
      return goods ?? await this.#routed(route(code, this.core.data().scan_routes), times);
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
        return { kind: "coupon", coupon: await this.core.selling.addCoupon(routed.code) };
      case "gift_card":
        return { kind: "gift_card", code: plainCode(routed.code) };
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
      if (product.unit === "kg" && quantity * times === 1_000 && this.core.agent.devices.some((device) => device.kind === "scale")) return { kind: "weigh", code, product };
      return { kind: "product", line: this.core.selling.add(product, { quantity: quantity * times, code, entry: "scan" }) };
    }
    if (RECEIPT.test(code)) return { kind: "receipt", receipt: code };
    return { kind: "unknown", code, what: "product" };
  }

  /** A label printed by a scale: its item number is a barcode, or the product's own number. @param {import("./routes.js").Routed} routed @returns {Promise<Scanned>} */
  async #label({ kind, code, item, value: counted, unit }) {
    const { catalogue, selling } = this.core;
    const product = catalogue.byBarcode(item ?? "")[0]?.product ?? catalogue.product(Number(item));
    if (!product || product.archived || counted === null || counted <= 0) return { kind: "unknown", code, what: "label" };
    const value = counted * (unit === "10g" ? 10 : unit === "piece" ? 1_000 : unit === "major" ? 10 ** this.core.data().settings.exponent : 1);
    if (kind === "weight_label") return { kind: "product", line: selling.add(product, { quantity: value, code, entry: "label" }) };
    const price = priceAt(product, this.core.clock.now());
    if (product.unit === "piece" || !price) return { kind: "product", line: selling.add(product, { quantity: 1_000, code, entry: "label", price: value }) };
    const quantity = rounded(BigInt(value) * 1_000n, BigInt(price)); // grams that cost as much as the label says
    return { kind: "product", line: selling.add(product, { quantity, code, entry: "label" }) };
  }

  /** @param {string} number @returns {Promise<Scanned>} */
  async #card(number) {
    const { account, state: was, reason } = await this.core.accounts.byCard(number);
    if (!account) return this.#nobodys(number, was, reason);
    const state = account.blocked ? "blocked" : was;
    if (state === "active") await this.core.selling.attachAccount(account.id);
    return { kind: "card", account, state, reason: account.blocked ?? reason };
  }

  /**
   * A card that is nobody's yet gets an account; so does one that only the server could know, while it is away and the shop takes such.
   * @param {string} number @param {string} state @param {string | null} reason @returns {Promise<Scanned>}
   */
  async #nobodys(number, state, reason) {
    const { settings } = this.core.data();
    if (state === "blocked") return { kind: "card", account: { name: "" }, state, reason };
    const open = state === "blank" || (settings.unknown_cards === "open" && isOurs(number, settings));
    if (!open) return { kind: "unknown", code: number, what: "card" };
    return { kind: "card", account: await (await clients()).openAccount(this.core, number), state: "new", reason: null };
  }

  /** @param {string} badge @returns {Promise<Scanned>} */
  async #badge(badge) {
    const digest = await this.core.accounts.digest(badge);
    const staff = this.core.data().staff.find((/** @type {any} */ person) => person.badge && person.badge.slice(0, 32) === digest);
    return staff ? { kind: "badge", staff } : { kind: "unknown", code: badge, what: "badge" };
  }
}
