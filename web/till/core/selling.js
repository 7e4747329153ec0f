// @ts-check
/**
 * The verbs on the open basket. Adding is kept at once but without waiting for the disk; whatever takes away, sets aside or
 * changes the terms is a document, written with the basket in one transaction.
 */
import { added, emptyBasket, grossOf, lineOf, undone, withQuantity, without } from "./basket.js";
import { priceAt } from "./catalogue.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";
import { clients } from "./later.js";
import { asks } from "./payment.js";
import { ageFor, inHours } from "./regulations.js";

/** @typedef {import("./basket.js").Basket} Basket */

const DAY = 86_400_000;

/**
 * What of an account's row a price may depend on, today. @param {any} row @param {string} today @returns {import("./basket.js").Holder}
 */
export function holderOf(row, today) {
  const { id, name, phone, tier, points, version, note, blocked, categories, expires = {}, tags = [], birthday = null } = row;
  return {
    id,
    name,
    phone: phone ?? "",
    tier,
    categories: categories.filter((/** @type {string} */ category) => (expires[category] ?? "9") > today),
    personal: personalOn(row, today),
    points,
    version,
    note,
    blocked,
    tags,
    prices: pricesOn(row, today),
    birthday: birthday && daysSince(birthday, today),
  };
}

/** The account's own percent today: the last that has begun. @param {any} row @param {string} today @returns {number} */
function personalOn({ personal, personal_to_come: later = [] }, today) {
  return later.reduce((/** @type {number} */ now, /** @type {[string, number]} */ [day, percent]) => (day <= today ? percent : now), personal);
}

/** The account's own prices today. @param {any} row @param {string} today @returns {{product: number, price: number}[]} */
function pricesOn({ prices = [], prices_to_come: later = [] }, today) {
  /** @type {Map<number, number | null>} */
  const now = new Map(prices.filter((/** @type {any[]} */ [, , until]) => (until ?? "9") > today).map((/** @type {any[]} */ [product, price]) => [product, price]));
  for (const [day, product, price] of later) if (day <= today) now.set(product, price);
  return [...now].flatMap(([product, price]) => (price === null ? [] : [{ product, price }]));
}

/**
 * Whole days since the nearest birthday, negative before it. Who was born on 29 February has it on the 28th in other years.
 * @param {string} birthday "MM-DD" @param {string} today
 */
function daysSince(birthday, today) {
  const [month, day] = birthday.split("-").map(Number);
  const year = Number(today.slice(0, 4));
  const days = [year - 1, year, year + 1].map((each) => {
    const last = new Date(Date.UTC(each, month, 0)).getUTCDate();
    return (Date.parse(today) - Date.UTC(each, month - 1, Math.min(day, last))) / DAY;
  });
  return days.reduce((nearest, each) => (Math.abs(each) < Math.abs(nearest) ? each : nearest));
}

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
    this.core.state.cardDays.value = (await this.core.store.get("meta", "card_days")) ?? this.core.state.cardDays.peek();
    this.core.state.ownUses.value = (await this.core.store.get("meta", "own_uses")) ?? [];
    const baskets = await this.core.store.all("baskets");
    const parked = baskets.filter((basket) => basket.parkedAt !== null);
    const open = baskets.find((basket) => basket.parkedAt === null);
    this.core.state.parked.value = parked.sort((a, b) => a.parkedAt - b.parkedAt);
    if (!open) return;
    const { tenders = [], ...kept } = open;
    const basket = { ...emptyBasket(), ...kept };
    this.core.state.tenders.value = tenders;
    this.core.state.basket.value = tenders.length ? basket : { ...basket, state: "open", payment: null, pricedAt: null };
  }

  /** Raises what forbids touching the basket now. */
  mayChange() {
    const { cashier, shift, tenders, card } = this.core.state;
    if (!cashier.peek()) throw new TillError("not_signed_in");
    if (!shift.peek()) throw new TillError("shift.not_open");
    if (tenders.peek().length || asks(card.peek())) throw new TillError("basket.paying");
  }

  /** Refuses what cannot be priced (beyond the largest amount), before anyone sees it. @param {Basket} basket */
  priceable(basket) {
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
  async trace(kind, fields, basket, more = []) {
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
   * @param {{quantity: number, code?: string | null, entry: import("./basket.js").Entry, price?: number, gift?: string | null, units?: string[]}} how
   *   `price` from a price label, `gift` the rule that gives it, `units` the marking code of the pack
   */
  add(product, { quantity, code = null, entry, price, gift = null, units = [] }) {
    this.mayChange();
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
      gift,
      units,
    };
    this.put(goods);
    return this.basket.lines.findLast((line) => line.product === product.seq);
  }

  /** Goods that are a line of their own or more of the one before. Raises `regulation.not_now`. @param {Parameters<typeof added>[1]} goods */
  put(goods) {
    this.mayChange();
    const now = this.localNow();
    inHours(this.core.data(), [goods], now.minute);
    this.#show(this.priceable({ ...added(this.basket, goods, now), state: "open", payment: null, pricedAt: null }));
  }

  localNow() {
    return localTime(this.core.clock.now(), this.core.zone());
  }

  /** @param {string} key @param {number} quantity thousandths; 0 removes */
  async setQuantity(key, quantity) {
    this.mayChange();
    if (quantity === 0) return this.removeLine(key);
    const line = lineOf(this.basket, key);
    const next = this.priceable(withQuantity(this.basket, key, quantity));
    if (quantity >= line.quantity) {
      inHours(this.core.data(), [line], this.localNow().minute);
      return this.#show(next);
    }
    return this.trace("line_reduced", this.#change(line, quantity), next);
  }

  /** @param {string} key @param {number} [age] that the buyer has not, for which it is removed */
  async removeLine(key, age) {
    this.mayChange();
    await this.trace("line_removed", { ...this.#change(lineOf(this.basket, key), 0), ...(age && { age_refused: age }) }, without(this.basket, key));
  }

  /** The buyer's proof was seen, or the buyer is clearly older. @param {number} age */
  confirmAge(age) {
    this.mayChange();
    this.#show({ ...this.basket, ageConfirmed: { age, staff: this.core.signedIn().id } });
  }

  /** The buyer is younger or has no proof: what needs that age is taken out. @param {number} age */
  async refuseAge(age) {
    for (const line of this.basket.lines) if (ageFor(this.core.data(), line) >= age) await this.removeLine(line.key, age);
  }

  /** Takes back the last step; what it takes out of the basket leaves its trace. */
  async undo() {
    this.mayChange();
    const { basket, reduced } = undone(this.basket);
    if (!reduced) return this.#show(basket);
    return this.trace(reduced.after === 0 ? "line_removed" : "line_reduced", this.#change(reduced.line, reduced.after), basket);
  }

  /** @param {import("./basket.js").Line} line @param {number} after */
  #change(line, after) {
    const { product, name, code, price, quantity } = line;
    return { basket: this.basket.id, product, name, code, price, before: quantity, after };
  }

  /** @param {string} id */
  async attachAccount(id) {
    this.mayChange();
    const account = this.core.accounts.account(id);
    if (!account) throw new TillError("account.not_known");
    if (account.blocked) throw new TillError("account.blocked", { reason: account.blocked });
    const holder = holderOf(account, this.localNow().date);
    if (this.basket.account?.id === id) return;
    const next = { ...this.basket, account: holder, spend: 0, passed: [], afterPay: this.basket.shown };
    await this.trace("card_attached", { basket: this.basket.id, account: id, after_pay: this.basket.shown }, next);
    await this.#heldAnew();
  }

  /** What a newly known account looks like, in the open basket too; its terms do not change by it. @param {string} id */
  renewed(id) {
    const row = this.core.accounts.account(id);
    const { account } = this.basket;
    if (row && account?.id === id) this.#show({ ...this.basket, account: { ...account, name: row.name, phone: row.phone ?? "" } });
  }

  /**
   * What the till called `own` is this account to the server: the open basket goes on with it while that may still change.
   * @param {string} own @param {import("./accounts.js").Account} row
   */
  async settled(own, row) {
    const { cashier, shift, tenders } = this.core.state;
    if (this.basket.account?.id !== own || tenders.peek().length || !cashier.peek() || !shift.peek()) return;
    if (row.blocked) {
      await this.detachAccount();
      throw new TillError("account.blocked.why", { reason: row.blocked });
    }
    if (row.id === own) this.renewed(own);
    else await this.attachAccount(row.id);
  }

  async detachAccount() {
    this.mayChange();
    const account = this.basket.account;
    if (!account) return;
    await this.trace("card_detached", { basket: this.basket.id, account: account.id, after_pay: this.basket.shown }, { ...this.basket, account: null, spend: 0, coupons: [] });
    await this.#heldAnew();
  }

  /** While it is being paid, another price is held anew. */
  async #heldAnew() {
    if (this.basket.state === "paying") this.#show(await this.core.checkout.held(this.basket));
  }

  /** A category whose proof the cashier has seen. @param {string} category */
  async claim(category) {
    this.mayChange();
    if (this.basket.claimed.includes(category)) return;
    await this.trace("category_claimed", { basket: this.basket.id, category }, { ...this.basket, claimed: [...this.basket.claimed, category] });
  }

  /** @param {string} category */
  async unclaim(category) {
    this.mayChange();
    if (!this.basket.claimed.includes(category)) return;
    await this.trace("category_unclaimed", { basket: this.basket.id, category }, { ...this.basket, claimed: this.basket.claimed.filter((other) => other !== category) });
  }

  /** A coupon that was shown. Raises `coupon.<why not>`. @param {string} typed */
  async addCoupon(typed) {
    this.mayChange();
    const { couponOf } = await clients();
    const coupon = await couponOf(this.core, typed, this.basket.account?.id ?? null);
    if (this.basket.coupons.some(({ code }) => code === coupon.code)) throw new TillError("coupon.already", { code: coupon.code });
    await this.#repriced({ coupons: [...this.basket.coupons, coupon] });
    return coupon;
  }

  /** @param {string} code */
  async removeCoupon(code) {
    this.mayChange();
    await this.#repriced({ coupons: this.basket.coupons.filter((coupon) => coupon.code !== code) });
  }

  /** Points the customer wants to spend; the engine takes no more than the receipt may. @param {number} points */
  async spendPoints(points) {
    this.mayChange();
    if (!Number.isSafeInteger(points) || points < 0) throw new TillError("amount.invalid");
    if (!this.basket.account) throw new TillError("points.no_account");
    await this.#repriced({ spend: Math.min(points, Math.max(0, this.basket.account.points)) });
  }

  /** What changes the price while it is being paid is held anew with it. @param {Partial<Basket>} change */
  async #repriced(change) {
    const basket = { ...this.basket, ...change };
    this.#show(basket.state === "paying" ? await this.core.checkout.held(basket) : this.priceable(basket));
  }

  /**
   * One of a rule's gifts, as a line of its own. Raises `gift.not_offered`.
   * @param {string} rule @param {number} seq
   */
  takeGift(rule, seq) {
    this.mayChange();
    const offer = this.core.quoteOf(this.basket).gifts.find((/** @type {any} */ gift) => gift.rule === rule && gift.choices.includes(seq) && gift.taken < gift.take);
    const product = this.core.catalogue.product(seq);
    if (!offer || !product) throw new TillError("gift.not_offered");
    this.add(product, { quantity: 1_000, entry: "tile", gift: rule });
  }

  /** @param {string} reason */
  async voidBasket(reason) {
    this.mayChange();
    if (this.basket.lines.length) await this.trace("basket_voided", this.#aside(this.basket, reason), emptyBasket());
    else this.#show(emptyBasket());
  }

  async park() {
    this.mayChange();
    if (this.basket.lines.length === 0) throw new TillError("basket.empty");
    /** @type {Basket} */
    const parked = { ...this.basket, state: "open", payment: null, pricedAt: null, parkedAt: this.core.clock.now() };
    await this.trace("basket_parked", this.#aside(parked, ""), emptyBasket(), [{ store: "baskets", key: `parked:${parked.id}`, put: parked }]);
    this.core.state.parked.value = [...this.core.state.parked.peek(), parked];
  }

  /** A parked basket is the open one again; the open one, if it has lines, is parked. @param {string} id */
  async recall(id) {
    this.mayChange();
    const parked = this.core.state.parked.peek().find((basket) => basket.id === id);
    if (!parked) throw new TillError("basket.not_parked");
    if (this.basket.lines.length) await this.park();
    await this.trace("basket_recalled", this.#aside(parked, ""), { ...parked, parkedAt: null }, [{ store: "baskets", remove: `parked:${id}` }]);
    this.core.state.parked.value = this.core.state.parked.peek().filter((basket) => basket.id !== id);
  }

  /** @param {Basket} basket @param {string} reason */
  #aside(basket, reason) {
    return { basket: basket.id, lines: basket.lines.length, gross: grossOf(basket), reason };
  }
}
