// @ts-check
/**
 * What the server holds for this checkout before it is paid, so that two tills never promise the same: points, coupons, uses of limited
 * rules, gift cards, debt. Without the server the till goes by what it knows and by what the shop allows.
 */
import { newId } from "./bytes.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { POINTS } from "./limits.js";

const TIMEOUT = 2_000;
const SECONDS = 900;
/** How often a price that changed by what was held may ask for more. */
const ROUNDS = 3;

/** @typedef {import("./basket.js").Basket} Basket */

export class Holding {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {any} what the server answered last */
    this.held = null;
  }

  /**
   * The basket with what is held for it: limits as granted, no more points than are there, no coupon that does not count. `refused` says
   * what fell away. Offline the basket stays as the till's own knowledge prices it, less what may not be taken offline.
   * @param {Basket} basket @returns {Promise<{basket: Basket, refused: {code: string, fields: any}[]}>}
   */
  async begin(basket) {
    /** @type {{code: string, fields: any}[]} */
    const refused = [];
    const next = { ...basket, left: this.core.left(basket) };
    const expected = this.core.quoteOf(next).totals.total;
    const answered = await this.#rounds(next, refused);
    const total = this.core.quoteOf(answered).totals.total;
    if (refused.length === 0 && total !== expected) refused.push({ code: "price.changed", fields: { amount: total } });
    return { basket: answered, refused };
  }

  /** @param {Basket} basket @param {{code: string, fields: any}[]} refused @returns {Promise<Basket>} */
  async #rounds(basket, refused) {
    let next = basket;
    /** @type {Map<string, any>} the most that was asked of each rule */
    const rules = new Map();
    for (let round = 0; round < ROUNDS; round += 1) {
      const quote = this.core.quoteOf(next);
      const more = quote.uses.filter(({ rule, times, sum, pieces }) => {
        const was = rules.get(rule) ?? { times: 0, sum: 0, pieces: 0 };
        rules.set(rule, { rule, times: Math.max(times, was.times), sum: Math.max(sum, was.sum), pieces: Math.max(pieces, was.pieces) });
        return times > was.times || sum > was.sum || pieces > was.pieces;
      });
      const wanted = quote.points.spent > 0 || next.coupons.length > 0 || rules.size > 0;
      if (!wanted) return next;
      if (round > 0 && more.length === 0 && quote.points.spent <= this.held.points) return next;
      const answer = await this.#ask(next, { points: quote.points.spent, coupons: next.coupons.map(({ code }) => code), rules: [...rules.values()] });
      if (!answer) return this.#alone(next, refused);
      next = this.#granted(next, quote, answer, refused);
    }
    return this.#onlyHeld(next);
  }

  /** @param {Basket} basket @param {any} quote @param {any} answer @param {{code: string, fields: any}[]} refused @returns {Basket} */
  #granted(basket, quote, answer, refused) {
    for (const { code, ok, reason } of answer.coupons) if (!ok) refused.push({ code: `coupon.${reason}`, fields: { code } });
    const good = new Set(answer.coupons.filter((/** @type {any} */ each) => each.ok).map((/** @type {any} */ each) => each.code));
    const points = answer.points < quote.points.spent;
    if (points) refused.push({ code: "points.fewer", fields: { n: answer.points } });
    const given = new Map(answer.rules.map((/** @type {any} */ each) => [each.rule, each]));
    return {
      ...basket,
      reservation: answer.id,
      spend: points ? answer.points : basket.spend,
      coupons: basket.coupons.filter(({ code }) => good.has(code)),
      left: basket.left.map((left) => (given.has(left.rule) ? within(left, given.get(left.rule)) : left)),
    };
  }

  /** No more than was held, once asking has gone on long enough. @param {Basket} basket @returns {Basket} */
  #onlyHeld(basket) {
    const held = new Map((this.held?.rules ?? []).map((/** @type {any} */ each) => [each.rule, each]));
    return { ...basket, spend: Math.min(basket.spend, this.held?.points ?? 0), left: basket.left.map((left) => within(left, held.get(left.rule) ?? { times: 0, sum: 0, pieces: 0 })) };
  }

  /** What may be taken without the server. @param {Basket} basket @param {{code: string, fields: any}[]} refused @returns {Basket} */
  #alone(basket, refused) {
    const { coupon_batches: batches = [], points_programme: programme = null } = this.core.data();
    const allowed = new Set(batches.filter((/** @type {any} */ batch) => batch.offline === "allow").map((/** @type {any} */ batch) => batch.code));
    const coupons = basket.coupons.filter(({ batch }) => allowed.has(batch));
    for (const { code } of basket.coupons.filter(({ batch }) => !allowed.has(batch))) refused.push({ code: "coupon.offline", fields: { code } });
    const spent = this.core.ownSum(POINTS, basket.account?.id ?? null);
    const most = Math.max(0, Math.min(programme?.offline === "cap" ? programme.offline_cap : 0, basket.account?.points ?? 0) - spent);
    if (basket.spend > most) refused.push({ code: "points.offline", fields: { n: most } });
    return { ...basket, reservation: null, coupons, spend: Math.min(basket.spend, most), left: this.core.left(basket, false) };
  }

  /**
   * A gift card's or the account's part of the payment, held on top of what is held already. Answers what is there of it; null without the server.
   * @param {Basket} basket @param {{gift_cards?: {id: string, amount: number}[], on_account?: number}} tenders
   */
  async pay(basket, tenders) {
    const { points = 0, coupons = [], rules = [] } = this.held ?? {};
    return this.#ask(basket, { points, coupons: coupons.map((/** @type {any} */ each) => each.code), rules, ...tenders });
  }

  /** @param {Basket | null} basket @param {any} wish @returns {Promise<any>} null where the server does not answer */
  async #ask(basket, wish) {
    if (!this.core.sync.state.online) return null;
    const id = basket?.reservation ?? newId();
    try {
      const body = JSON.stringify({ account: basket?.account?.id ?? null, ttl_s: SECONDS, ...wish });
      const answer = await request(`/reservations/${id}`, { method: "PUT", body, key: this.core.key(), timeout: TIMEOUT });
      this.held = { ...answer.body, id };
      return this.held;
    } catch (error) {
      if (error instanceof TillError && (error.code === "server.unreachable" || Number(error.fields.status) >= 500)) return null;
      throw error;
    }
  }

  /** Sold goods for a return, in a reservation of its own; null without the server. @param {{document: string, lines: {line: number, quantity: number}[]}} refund */
  async refund(refund) {
    const held = this.held;
    const answer = await this.#ask(null, { refund });
    this.held = held;
    return answer;
  }

  /** @param {string} reservation */
  letGo(reservation) {
    void request(`/reservations/${reservation}`, { method: "DELETE", key: this.core.key(), timeout: TIMEOUT, accept: [204] }).catch(() => {});
  }

  /** Nothing is held any more; the server learns it now, or by the clock. @param {Basket} basket */
  release(basket) {
    this.held = null;
    if (basket.reservation) this.letGo(basket.reservation);
  }
}

/** Limits no wider than what was granted. @param {import("./basket.js").Left} left @param {{times: number, sum: number, pieces: number}} given @returns {import("./basket.js").Left} */
const within = (left, given) => ({
  rule: left.rule,
  times: left.times === null ? null : given.times,
  sum: left.sum === null ? null : given.sum,
  pieces: left.pieces === null ? null : given.pieces,
});
