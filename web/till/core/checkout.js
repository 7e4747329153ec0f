// @ts-check
/** From "Pay" to the finished sale: tenders, cash rounding, the document that holds every input and output of the price. */
import { emptyBasket } from "./basket.js";
import { newId } from "./bytes.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";
import { DEBT, POINTS, cardUse } from "./limits.js";
import { concerns, withUse } from "./misuse.js";
import { sum } from "./numbers.js";
import { packsSold } from "./packs.js";
import { asks, notes, paying, quickAmounts, withTender } from "./payment.js";
import { ENGINE, priceSettings, ruleSetAt } from "./quote.js";
import { mayBePaid } from "./regulations.js";
import { withReceipt } from "./shift.js";

/** The shop's one legal entity, until products name another. */
const SELLER = 1;

/** The printed number. @param {{prefix: string, epoch: number}} identity @param {number} number */
export const receiptNumber = ({ prefix, epoch }, number) => `${prefix}-${epoch}-${number}`;

/**
 * The account's terms as the document keeps them: of what is personal no more than this price can depend on.
 * @param {import("./basket.js").Holder} account @param {import("./basket.js").Basket} basket @param {any} ruleSet
 */
function termsOf({ id, version, tier, categories, personal, points, tags, prices, birthday }, { lines }, ruleSet) {
  const asked = (ruleSet?.body.rules ?? []).some((/** @type {any} */ rule) => rule.when?.birthday);
  const bought = new Set(lines.map((line) => line.product));
  return { account: id, version, tier, categories, personal, points, tags, prices: prices.filter(({ product }) => bought.has(product)), birthday: asked ? birthday : null };
}

/** The basket as it was before payment. @param {import("./basket.js").Basket} basket @returns {import("./basket.js").Basket} */
const opened = (basket) => ({ ...basket, reservation: null, left: [], state: "open", payment: null, pricedAt: null });

/** What gift cards and the account pay, as a reservation asks for it. @param {readonly import("./payment.js").Tender[]} tenders */
function promises(tenders) {
  /** @type {Map<string, number>} */
  const cards = new Map();
  for (const { kind, reference, applied } of tenders) if (kind === "gift_card" && reference) cards.set(reference, (cards.get(reference) ?? 0) + applied);
  const owed = sum(tenders.filter(({ kind }) => kind === "on_account").map(({ applied }) => applied));
  return { gift_cards: [...cards].map(([id, amount]) => ({ id, amount })), on_account: owed };
}

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

  /**
   * Freezes the time that rules are judged by, holds on the server what other tills must not promise meanwhile, and answers what is to pay,
   * the amounts people hand over, and what fell away. Raises what `mayBePaid` raises, and `limit.needs_pin` {limit}
   * where a card's limit wants a manager.
   */
  async start() {
    const { state, clock } = this.core;
    this.core.signedIn();
    this.core.shifts.current();
    if (state.basket.peek().lines.length === 0) throw new TillError("basket.empty");
    if (state.basket.peek().state !== "paying") {
      const at = clock.now();
      const payment = localTime(at, this.core.zone());
      const basket = { ...state.basket.peek(), pricedAt: at, payment };
      mayBePaid(this.core.data(), basket, payment.minute);
      this.#limits(basket);
      this.core.fiscal.flow?.mayStart(basket);
      state.basket.value = await this.held({ ...basket, state: "paying", shown: true });
    }
    const { currency, exponent } = this.core.data().settings;
    const now = this.#paying();
    return { toPay: now.toPay, quick: quickAmounts(now.cashLeft, notes(currency, exponent)) };
  }

  /** The basket with what the server holds for it; what it refuses is said. @param {import("./basket.js").Basket} basket */
  async held(basket) {
    if (this.#needed(basket)) {
      this.core.holding.release(basket); // a manager is asked when payment starts again
      return opened(basket);
    }
    const { basket: next, refused } = await this.core.holding.begin(basket);
    this.core.state.refused.value = refused;
    return next;
  }

  /** Raises `limit.needs_pin` for the first limit that a manager has not let pass. @param {import("./basket.js").Basket} basket */
  #limits(basket) {
    const needed = this.#needed(basket);
    if (needed) throw new TillError("limit.needs_pin", { limit: needed.limit });
  }

  /** The first limit that a manager has not let pass. @param {import("./basket.js").Basket} basket */
  #needed(basket) {
    return this.concerns(basket).find(({ limit, mode }) => mode === "pin" && !basket.passed.includes(limit));
  }

  /** What speaks against this use of the account's card. @param {import("./basket.js").Basket} basket */
  concerns(basket) {
    if (!basket.account) return [];
    const { state, clock } = this.core;
    const { date, accounts } = state.cardDays.peek();
    const day = date === localTime(clock.now(), this.core.zone()).date ? accounts[basket.account.id] : undefined;
    const total = this.core.quoteOf({ ...basket, state: "open" }).totals.total;
    return concerns(this.core.data().abuse_limits, { account: this.core.accounts.account(basket.account.id) ?? basket.account, cashier: this.core.signedIn().id, day, total, afterPay: basket.afterPay, now: clock.now() });
  }

  /** @returns {import("./payment.js").Paying} */
  #paying() {
    const now = this.now();
    if (!now) throw new TillError("payment.not_started");
    return now;
  }

  /**
   * A gift card's and the account's part are held on the server first. Raises `gift_card.short`, `debt.over_limit` {left} where there is less.
   * @param {{kind: import("./payment.js").TenderKind, amount: number, reference?: string | null, most?: number | null}} tender `most`: what a gift card may pay offline
   * @param {import("./store.js").Effect[]} [effects] kept in the same step
   */
  async addTender(tender, effects) {
    const tenders = withTender(this.#paying(), tender);
    if (tender.kind === "gift_card" || tender.kind === "on_account") await this.#promised(tenders, tender);
    await this.#take(tenders, effects);
  }

  /** @param {import("./payment.js").Tender[]} tenders @param {any} added */
  async #promised(tenders, { kind, reference, most = null }) {
    const { state, holding, accounts } = this.core;
    const basket = state.basket.peek();
    const of = (/** @type {string} */ each, /** @type {string | null} */ id = null) => sum(tenders.filter((tender) => tender.kind === each && (id === null || tender.reference === id)).map(({ applied }) => applied));
    if (kind === "on_account" && !basket.account) throw new TillError("debt.no_account");
    const held = await holding.pay(basket, promises(tenders));
    if (held) state.basket.value = { ...state.basket.peek(), reservation: held.id };
    if (kind === "gift_card") {
      const there = held ? (held.gift_cards.find((/** @type {any} */ card) => card.id === reference)?.amount ?? 0) : Math.max(0, (most ?? 0) - this.core.ownSum(cardUse(reference), null));
      if (there < of("gift_card", reference)) throw new TillError("gift_card.short", { left_amount: there });
    } else {
      const row = accounts.account(/** @type {any} */ (basket.account).id);
      const there = held ? held.on_account : Math.max(0, (row?.debt_limit ?? 0) - (row?.owed ?? 0) - this.core.ownSum(DEBT, row?.id ?? ""));
      if (there < of("on_account")) throw new TillError("debt.over_limit", { left_amount: there });
    }
  }

  /** The tenders become these. A card's is on disk before anyone goes on: the money has been taken. @param {import("./payment.js").Tender[]} tenders @param {import("./store.js").Effect[]} [effects] */
  async #take(tenders, effects = []) {
    const { state, store } = this.core;
    state.tenders.value = tenders;
    const mode = effects.length || tenders.some((tender) => tender.kind === "card") ? "strict" : "relaxed";
    await store.apply([{ store: "baskets", key: "open", put: { ...state.basket.peek(), tenders } }, ...effects], mode);
  }

  /** @param {number} at @param {import("./store.js").Effect[]} [effects] kept in the same step */
  async removeTender(at, effects) {
    const { toPay, tenders } = this.#paying();
    let kept = paying(toPay, [], this.core.data().settings);
    for (const { kind, received, reference } of tenders.filter((_, place) => place !== at)) {
      kept = paying(toPay, withTender(kept, { kind, amount: received, reference }), this.core.data().settings);
    }
    if (["gift_card", "on_account"].includes(tenders[at]?.kind ?? "")) await this.core.holding.pay(this.core.state.basket.peek(), promises(kept.tenders));
    await this.#take(kept.tenders, effects);
  }

  /** Back to the basket; money already taken by card has to be given back first. */
  async leave() {
    if (asks(this.core.state.card.peek())) throw new TillError("payment.busy");
    if (this.core.state.tenders.peek().some((tender) => tender.kind === "card")) throw new TillError("payment.card_taken");
    this.core.holding.release(this.core.state.basket.peek());
    this.core.state.basket.value = opened(this.core.state.basket.peek());
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
    let nextShift, days;
    const flags = this.concerns(basket).filter(({ limit }) => !basket.passed.includes(limit)).map(({ limit }) => ({ code: `abuse.${limit}`, rule: null, detail: "" }));
    if (quote.points.spent > 0 && !basket.reservation) flags.push({ code: "points_offline", rule: null, detail: "" });
    const document = await documents.write(
      "sale",
      (head) => {
        const number = head.number + 1;
        return { ...this.#sale(basket, quote, now, shift, flags), number, receipt: receiptNumber(this.core.identity(), number) };
      },
      (sale) => {
        nextShift = withReceipt(shift, sale);
        days = this.#daysWith(sale);
        return [
          { store: "baskets", remove: "open" },
          { store: "shift", key: "current", put: nextShift },
          { store: "meta", key: "card_days", put: days },
          ...packsSold(sale),
        ];
      },
    );
    state.cardDays.value = days;
    this.#remember(document);
    this.core.holding.held = null;
    state.refused.value = [];
    state.shift.value = nextShift;
    state.tenders.value = [];
    state.basket.value = emptyBasket();
    state.lastReceipt.value = { receipt: document.receipt, kind: "sale", change: now.change, saved: quote.saved, total: document.totals.total, rounding: document.totals.cash_rounding, document: document.id, print: { state: "none", waiting: false, causes: [], job: null } };
    this.core.print(document, { drawer: now.tenders.some((tender) => tender.kind === "cash") });
    return { receipt: document.receipt, change: now.change, document };
  }

  /**
   * @param {import("./basket.js").Basket} basket @param {any} quote @param {import("./payment.js").Paying} now @param {import("./shift.js").Shift} shift
   * @param {{code: string, rule: string | null, detail: string}[]} flags
   */
  #sale(basket, quote, now, shift, flags) {
    const { totals } = quote;
    return {
      checkout: newId(),
      basket: basket.id,
      seller: SELLER,
      business_date: shift.businessDate,
      inputs: this.inputs(basket),
      lines: basket.lines.map((line, at) => this.#line(line, quote.lines[at], at + 1, quote.points.lines[at])),
      totals: { gross: totals.gross, discount: totals.discount, net: totals.net, tax: totals.tax, cash_rounding: now.rounding, total: sum(now.tenders.map((tender) => tender.applied)) },
      tenders: now.tenders,
      points: { earned: quote.points.earned, spent: quote.points.spent },
      training: false,
      personal: null,
      uses: quote.uses,
      flags,
      ...(basket.ageConfirmed && { age_confirmed: basket.ageConfirmed }),
    };
  }

  /** Today's uses of cards here, with this sale's. @param {any} sale */
  #daysWith({ made_at, inputs, totals }) {
    const { date } = localTime(made_at, this.core.zone());
    const kept = this.core.state.cardDays.peek();
    const accounts = kept.date === date ? kept.accounts : {};
    const account = inputs.terms?.account;
    return account ? { date, accounts: { ...accounts, [account]: withUse(accounts[account], totals.total, made_at) } } : { date, accounts };
  }

  /** What the sale used of rules' limits counts here until the server's figures do. @param {any} sale */
  #remember({ id, inputs, uses, points, tenders }) {
    const account = inputs.terms?.account ?? null;
    const money = (/** @type {string} */ rule, /** @type {number} */ sum) => ({ rule, times: 0, sum, pieces: 0 });
    const paid = tenders.flatMap((/** @type {any} */ { kind, reference, applied }) => (kind === "on_account" ? [money(DEBT, applied)] : kind === "gift_card" ? [money(cardUse(reference), applied)] : []));
    const taken = [...uses, ...paid, ...(points.spent ? [money(POINTS, points.spent)] : [])];
    if (!taken.length) return;
    this.core.keepUses([...this.core.state.ownUses.peek(), ...taken.map((/** @type {any} */ use) => ({ ...use, document: id, account, sent: null }))]);
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
      terms: account && termsOf(account, basket, ruleSetAt(data, at)),
      claimed: basket.claimed,
      coupons: basket.coupons,
      spend: basket.spend,
      left: basket.left,
      stock: basket.stock,
      reservation: basket.reservation,
    };
  }

  /** @param {import("./basket.js").Line} line @param {any} priced @param {number} place @param {number} points */
  #line(line, priced, place, points) {
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
      units: line.units ?? [],
      origin: null,
      gift: line.gift,
      points,
    };
  }
}
