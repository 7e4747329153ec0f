// @ts-check
/** From "Pay" to the finished sale: tenders, cash rounding, the document that holds every input and output of the price. */
import { emptyBasket } from "./basket.js";
import { newId } from "./bytes.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";
import { sum } from "./numbers.js";
import { notes, paying, quickAmounts, withTender } from "./payment.js";
import { ENGINE, priceSettings, ruleSetAt } from "./quote.js";
import { withReceipt } from "./shift.js";

/** The shop's one legal entity, until products name another. */
const SELLER = 1;

/** The printed number. @param {{prefix: string, epoch: number}} identity @param {number} number */
export const receiptNumber = ({ prefix, epoch }, number) => `${prefix}-${epoch}-${number}`;

export class Checkout {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  /** What is to pay now, or null while nobody pays. @returns {import("./payment.js").Paying | null} */
  now() {
    const { basket, tenders } = this.core.state;
    if (basket.value.state !== "paying") return null;
    return paying(this.core.quote.value.totals.total, tenders.value, this.core.data().settings);
  }

  /** Freezes the time that rules are judged by, and answers what is to pay and the amounts people hand over. */
  async start() {
    const { state, clock } = this.core;
    this.core.signedIn();
    this.core.shifts.current();
    if (state.basket.peek().lines.length === 0) throw new TillError("basket.empty");
    if (state.basket.peek().state !== "paying") {
      const at = clock.now();
      state.basket.value = { ...state.basket.peek(), state: "paying", payment: localTime(at, this.core.zone()), pricedAt: at };
    }
    const { currency, exponent } = this.core.data().settings;
    const now = this.#paying();
    return { toPay: now.toPay, quick: quickAmounts(now.cashLeft, notes(currency, exponent)) };
  }

  /** @returns {import("./payment.js").Paying} */
  #paying() {
    const now = this.now();
    if (!now) throw new TillError("payment.not_started");
    return now;
  }

  /** @param {{kind: "cash" | "card", amount: number, reference?: string | null}} tender */
  async addTender(tender) {
    await this.#take(withTender(this.#paying(), tender));
  }

  /** The tenders become these. A card's is on disk before anyone goes on: the money has been taken. @param {import("./payment.js").Tender[]} tenders */
  async #take(tenders) {
    const { state, store } = this.core;
    state.tenders.value = tenders;
    const mode = tenders.some((tender) => tender.kind === "card") ? "strict" : "relaxed";
    await store.put("baskets", "open", { ...state.basket.peek(), tenders }, mode);
  }

  /** @param {number} at */
  async removeTender(at) {
    const { toPay, tenders } = this.#paying();
    let kept = paying(toPay, [], this.core.data().settings);
    for (const { kind, received, reference } of tenders.filter((_, place) => place !== at)) {
      kept = paying(toPay, withTender(kept, { kind, amount: received, reference }), this.core.data().settings);
    }
    await this.#take(kept.tenders);
  }

  /** Back to the basket; money already taken by card has to be given back first. */
  async leave() {
    if (this.core.state.tenders.peek().some((tender) => tender.kind === "card")) throw new TillError("payment.card_taken");
    this.core.state.basket.value = { ...this.core.state.basket.peek(), state: "open", payment: null, pricedAt: null };
    await this.#take([]);
  }

  /**
   * The sale: on disk when this resolves. Printing comes after and is no part of it.
   * @returns {Promise<{receipt: string, change: number, document: any}>}
   */
  async finish() {
    const { state, documents } = this.core;
    const now = this.#paying();
    if (now.left !== 0) throw new TillError("sale.underpaid", { left: now.left });
    const basket = state.basket.peek();
    const shift = this.core.shifts.current();
    const quote = this.core.quote.peek();
    /** @type {any} */
    let nextShift;
    const document = await documents.write(
      "sale",
      (head) => {
        const number = head.number + 1;
        return { ...this.#sale(basket, quote, now, shift), number, receipt: receiptNumber(this.core.identity(), number) };
      },
      (sale) => {
        nextShift = withReceipt(shift, sale);
        return [
          { store: "baskets", remove: "open" },
          { store: "shift", key: "current", put: nextShift },
        ];
      },
    );
    state.shift.value = nextShift;
    state.tenders.value = [];
    state.basket.value = emptyBasket();
    state.lastReceipt.value = { receipt: document.receipt, kind: "sale", change: now.change, saved: quote.saved, document: document.id, print: { state: "none", waiting: false, causes: [], job: null } };
    this.core.print(document, { drawer: now.tenders.some((tender) => tender.kind === "cash") });
    return { receipt: document.receipt, change: now.change, document };
  }

  /**
   * @param {import("./basket.js").Basket} basket @param {any} quote @param {import("./payment.js").Paying} now @param {import("./shift.js").Shift} shift
   */
  #sale(basket, quote, now, shift) {
    const { totals } = quote;
    return {
      checkout: newId(),
      basket: basket.id,
      seller: SELLER,
      business_date: shift.businessDate,
      inputs: this.inputs(basket),
      lines: basket.lines.map((line, at) => this.#line(line, quote.lines[at], at + 1)),
      totals: { gross: totals.gross, discount: totals.discount, net: totals.net, tax: totals.tax, cash_rounding: now.rounding, total: sum(now.tenders.map((tender) => tender.applied)) },
      tenders: now.tenders,
      points: { earned: 0, spent: 0 },
      training: false,
      personal: null,
    };
  }

  /** Everything the price came from. @param {import("./basket.js").Basket} basket */
  inputs(basket) {
    const data = this.core.data();
    const { settings, cursor } = data;
    const { account } = basket;
    const at = basket.pricedAt ?? this.core.clock.now();
    const now = localTime(at, this.core.zone());
    return {
      cursor,
      rule_set: ruleSetAt(data, at)?.version ?? 0,
      engine: ENGINE,
      settings: priceSettings(settings),
      first_scan: basket.firstScan ?? now,
      payment: basket.payment ?? now,
      terms: account && { account: account.id, version: account.version, tier: account.tier, categories: account.categories, personal: account.personal, points: account.points },
      claimed: basket.claimed,
      coupons: basket.coupons,
    };
  }

  /** @param {import("./basket.js").Line} line @param {any} priced @param {number} place */
  #line(line, priced, place) {
    return {
      line: place,
      product: line.product,
      name: line.name,
      item: line.item,
      code: line.code,
      entry: line.entry,
      unit: line.unit,
      goods_class: line.category,
      quantity: line.quantity,
      price: line.price,
      price_source: line.priceSource,
      regulation: line.regulation,
      minimum: line.minimum,
      manual: line.manual,
      gross: priced.gross,
      discounts: priced.discounts.map((/** @type {any} */ { rule, source, kind, amount }) => ({ rule, source, kind, amount })),
      net: priced.net,
      parts: priced.parts.map((/** @type {any} */ { quantity, price }) => ({ quantity, price })),
      tax_code: line.taxCode,
      tax_rate: line.tax,
      tax_base: priced.tax_base,
      tax_amount: priced.tax,
      seller_staff: null,
      units: [],
      origin: null,
    };
  }
}
