// @ts-check
/**
 * The verbs on the open basket. Adding is kept at once but without waiting for the disk; whatever takes away, sets aside or
 * changes the terms is a document, written with the basket in one transaction.
 */
import { added, emptyBasket, grossOf, lineOf, undone, withManual, withQuantity, without } from "./basket.js";
import { priceAt } from "./catalogue.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";

/** @typedef {import("./basket.js").Basket} Basket */

export class Selling {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  get basket() {
    return this.core.state.basket.peek();
  }

  /** The basket and the parked ones, as they were before the restart. */
  async restore() {
    const baskets = await this.core.store.all("baskets");
    const parked = baskets.filter((basket) => basket.parkedAt !== null);
    const open = baskets.find((basket) => basket.parkedAt === null);
    this.core.state.parked.value = parked.sort((a, b) => a.parkedAt - b.parkedAt);
    if (!open) return;
    const { tenders = [], ...basket } = open;
    this.core.state.tenders.value = tenders;
    this.core.state.basket.value = tenders.length ? basket : { ...basket, state: "open", payment: null, pricedAt: null };
  }

  /** Raises what forbids touching the basket now. */
  #mayChange() {
    const { cashier, shift, tenders } = this.core.state;
    if (!cashier.peek()) throw new TillError("not_signed_in");
    if (!shift.peek()) throw new TillError("shift.not_open");
    if (tenders.peek().length) throw new TillError("basket.paying");
  }

  /** Refuses what cannot be priced (beyond the largest amount), before anyone sees it. @param {Basket} basket */
  #priceable(basket) {
    try {
      this.core.quoteOf(basket);
      return basket;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : null;
      if (code === null) throw error;
      throw new TillError(code === "money.too_large" ? "amount.too_large" : code);
    }
  }

  /** The basket becomes this one: on screen at once, in the database soon. @param {Basket} basket */
  #show(basket) {
    this.core.state.basket.value = basket;
    void this.core.store.put("baskets", "open", basket, "relaxed").catch((error) => this.core.report(error));
  }

  /**
   * The basket becomes this one, together with a document.
   * @param {string} kind @param {Record<string, unknown>} fields @param {Basket} basket @param {import("./store.js").Effect[]} [more]
   */
  async #trace(kind, fields, basket, more = []) {
    const was = this.basket;
    this.core.state.basket.value = basket;
    try {
      await this.core.documents.write(kind, fields, [{ store: "baskets", key: "open", put: basket }, ...more]);
    } catch (error) {
      if (this.basket === basket) this.core.state.basket.value = was;
      throw error;
    }
  }

  /**
   * @param {import("./catalogue.js").Product} product
   * @param {{quantity: number, code?: string | null, entry: import("./basket.js").Entry, price?: number}} how `price` from a price label
   */
  add(product, { quantity, code = null, entry, price }) {
    this.#mayChange();
    const { settings } = this.core.data();
    const listed = priceAt(product, this.core.clock.now());
    if (product.archived || (listed === null && price === undefined)) throw new TillError("product.not_sold", { name: product.names });
    const goods = {
      product: product.seq,
      name: (product.names[settings.languages?.[0]] ?? Object.values(product.names)[0] ?? "").slice(0, 500),
      names: product.names,
      item: /** @type {const} */ ("goods"),
      code,
      entry,
      unit: product.unit,
      category: product.category,
      quantity,
      price: price ?? /** @type {number} */ (listed),
      priceSource: price === undefined ? /** @type {const} */ ("list") : /** @type {const} */ ("label"),
      regulation: product.regulation,
      minimum: product.minimum,
      taxCode: product.tax_code,
      tax: product.tax,
    };
    this.#show(this.#priceable({ ...added(this.basket, goods, this.localNow()), state: "open", payment: null, pricedAt: null }));
    return this.basket.lines.findLast((line) => line.product === product.seq);
  }

  localNow() {
    return localTime(this.core.clock.now(), this.core.zone());
  }

  /** @param {string} key @param {number} quantity thousandths; 0 removes */
  async setQuantity(key, quantity) {
    this.#mayChange();
    if (quantity === 0) return this.removeLine(key);
    const line = lineOf(this.basket, key);
    const next = this.#priceable(withQuantity(this.basket, key, quantity));
    if (quantity >= line.quantity) return this.#show(next);
    return this.#trace("line_reduced", this.#change(line, quantity), next);
  }

  /** @param {string} key */
  async removeLine(key) {
    this.#mayChange();
    await this.#trace("line_removed", this.#change(lineOf(this.basket, key), 0), without(this.basket, key));
  }

  /** Takes back the last step; what it takes out of the basket leaves its trace. */
  async undo() {
    this.#mayChange();
    const { basket, reduced } = undone(this.basket);
    if (!reduced) return this.#show(basket);
    return this.#trace(reduced.after === 0 ? "line_removed" : "line_reduced", this.#change(reduced.line, reduced.after), basket);
  }

  /** @param {import("./basket.js").Line} line @param {number} after */
  #change(line, after) {
    const { product, name, code, price, quantity } = line;
    return { basket: this.basket.id, product, name, code, price, before: quantity, after };
  }

  /** @param {string} key @param {import("./basket.js").Manual | null} manual null takes it back */
  async setManual(key, manual) {
    this.#mayChange();
    if (manual === null) return this.#show(withManual(this.basket, key, null));
    const said = { kind: manual.kind, value: manual.value, reason: manual.reason ?? "", approver: this.core.approver(manual.approver) };
    const next = this.#priceable(withManual(this.basket, key, said));
    const at = this.basket.lines.findIndex((line) => line.key === key);
    const before = this.core.quoteOf(this.basket).lines[at].net;
    const after = this.core.quoteOf(next).lines[at].net;
    await this.#trace("override", { basket: this.basket.id, product: this.basket.lines[at].product, manual: said, before, after }, next);
  }

  /** @param {string} id */
  async attachAccount(id) {
    this.#mayChange();
    const account = this.core.accounts.account(id);
    if (!account) throw new TillError("account.not_known");
    if (account.blocked) throw new TillError("account.blocked", { reason: account.blocked });
    const { name, phone, tier, personal, points, version, note, blocked } = account;
    const today = this.localNow().date;
    const categories = account.categories.filter((category) => (account.expires?.[category] ?? "9") > today);
    const holder = { id, name, phone: phone ?? "", tier, categories, personal, points, version, note, blocked };
    if (this.basket.account?.id === id) return;
    await this.#trace("card_attached", { basket: this.basket.id, account: id, after_pay: this.basket.state === "paying" }, { ...this.basket, account: holder });
  }

  async detachAccount() {
    this.#mayChange();
    const account = this.basket.account;
    if (!account) return;
    await this.#trace("card_detached", { basket: this.basket.id, account: account.id, after_pay: this.basket.state === "paying" }, { ...this.basket, account: null });
  }

  /** A category whose proof the cashier has seen. @param {string} category */
  async claim(category) {
    this.#mayChange();
    if (this.basket.claimed.includes(category)) return;
    await this.#trace("category_claimed", { basket: this.basket.id, category }, { ...this.basket, claimed: [...this.basket.claimed, category] });
  }

  /** @param {string} category */
  async unclaim(category) {
    this.#mayChange();
    this.#show({ ...this.basket, claimed: this.basket.claimed.filter((other) => other !== category) });
  }

  /** @param {string} reason */
  async voidBasket(reason) {
    this.#mayChange();
    if (this.basket.lines.length) await this.#trace("basket_voided", this.#aside(this.basket, reason), emptyBasket());
    else this.#show(emptyBasket());
  }

  async park() {
    this.#mayChange();
    if (this.basket.lines.length === 0) throw new TillError("basket.empty");
    /** @type {Basket} */
    const parked = { ...this.basket, state: "open", payment: null, pricedAt: null, parkedAt: this.core.clock.now() };
    await this.#trace("basket_parked", this.#aside(parked, ""), emptyBasket(), [{ store: "baskets", key: `parked:${parked.id}`, put: parked }]);
    this.core.state.parked.value = [...this.core.state.parked.peek(), parked];
  }

  /** A parked basket is the open one again; the open one, if it has lines, is parked. @param {string} id */
  async recall(id) {
    this.#mayChange();
    const parked = this.core.state.parked.peek().find((basket) => basket.id === id);
    if (!parked) throw new TillError("basket.not_parked");
    if (this.basket.lines.length) await this.park();
    await this.#trace("basket_recalled", this.#aside(parked, ""), { ...parked, parkedAt: null }, [{ store: "baskets", remove: `parked:${id}` }]);
    this.core.state.parked.value = this.core.state.parked.peek().filter((basket) => basket.id !== id);
  }

  /** @param {Basket} basket @param {string} reason */
  #aside(basket, reason) {
    return { basket: basket.id, lines: basket.lines.length, gross: grossOf(basket), reason };
  }
}
