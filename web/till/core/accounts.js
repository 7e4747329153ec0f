// @ts-check
/** Accounts the shop saw lately, in memory; the server is asked for the others. Cards are known by digest only. */
import { hex, unhex, utf8 } from "./bytes.js";
import { found, warmed } from "./catalogue.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";

/**
 * @typedef {{seq: number, id: string, tier: string | null, categories: string[], personal: number, points: number, version: number, name: string,
 *   phone: string | null, expires?: Record<string, string>, cards: [string, string, string | null][], blocked: string | null, note: string,
 *   tags?: string[], prices?: [number, number, string | null][], personal_to_come?: [string, number][],
 *   prices_to_come?: [string, number, number | null][], birthday?: string | null, points_pending?: number, points_expiring?: [string, number] | null,
 *   owed?: number, debt_limit?: number, staff?: string | null, merged_into?: string | null, next_tier?: {code: string, missing: number, by: string} | null, used?: Record<string, number>}} Account
 *   `phone` is the last digits; `expires` says from which local date on a category no longer holds; a card is [digest, state, reason]
 */

export class Accounts {
  /** @param {{key: () => import("./http.js").Key | null, salt: () => string, online: () => boolean}} parts */
  constructor({ key, salt, online }) {
    this.key = key;
    this.salt = salt;
    this.online = online;
    /** @type {Map<string, Account>} */
    this.accounts = new Map();
    /** @type {Map<string, Account>} */
    this.cards = new Map();
    /** @type {import("./catalogue.js").Sought<Account>[]} */
    this.haystack = [];
    /** @type {Map<string, number>} */
    this.places = new Map();
  }

  /** @param {Iterable<readonly Account[]>} chunks */
  fill(chunks) {
    this.accounts.clear();
    this.cards.clear();
    this.haystack = [];
    this.places.clear();
    for (const rows of chunks) this.merge(rows);
  }

  /** @param {readonly Account[]} rows */
  merge(rows) {
    for (const row of rows) {
      for (const [digest] of this.accounts.get(row.id)?.cards ?? []) this.cards.delete(digest);
      this.accounts.set(row.id, row);
      for (const [digest] of row.cards) this.cards.set(digest, row);
      const entry = { row, text: null };
      const place = this.places.get(row.id);
      if (place === undefined) this.places.set(row.id, this.haystack.push(entry) - 1);
      else this.haystack[place] = entry;
    }
  }

  /** @param {string} id */
  account(id) {
    return this.accounts.get(id);
  }

  /** The digest a card number is known by here. @param {string} number @returns {Promise<string>} */
  async digest(number) {
    const salted = new Uint8Array([...unhex(this.salt()), ...utf8(number)]);
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", salted))).slice(0, 32);
  }

  /**
   * The account of a card and the card's state ("active" or why not), the till's own copy first, then the server. `account` is null for a
   * card that is nobody's yet ("blank", or "blocked") and for one that nobody knows ("unknown").
   * @param {string} number @returns {Promise<{account: Account | null, state: string, reason: string | null}>}
   */
  async byCard(number) {
    const digest = await this.digest(number);
    const here = this.cards.get(digest);
    const answer = here ? null : await this.#answer(`card=${digest}`);
    const account = here ?? answer?.accounts[0] ?? null;
    const card = account?.cards.find((/** @type {any} */ [known]) => known === digest);
    if (account) return { account, state: card?.[1] ?? "active", reason: card?.[2] ?? null };
    return { account: null, state: answer?.card?.state ?? "unknown", reason: answer?.card?.reason ?? null };
  }

  /** By the last digits of a phone, at least four. @param {string} tail @returns {Promise<Account[]>} */
  async byPhone(tail) {
    const digits = tail.replace(/\D/g, "");
    if (digits.length < 4) return [];
    const here = this.search(digits).filter((row) => row.phone && row.phone.endsWith(digits.slice(-row.phone.length)));
    return here.length ? here : this.#ask(`phone=${digits}`);
  }

  /** @param {string} query @returns {Promise<Account[]>} */
  async #ask(query) {
    return (await this.#answer(query))?.accounts ?? [];
  }

  /** @param {string} query @returns {Promise<{accounts: Account[], card?: {state: string, reason: string | null} | null} | null>} null without the server */
  async #answer(query) {
    if (!this.online()) return null;
    try {
      const { body } = await request(`/accounts/lookup?${query}`, { key: this.key() });
      this.merge(body.accounts);
      return body;
    } catch (error) {
      if (error instanceof TillError) return null;
      throw error;
    }
  }

  /** @param {string} text @returns {Account[]} */
  search(text) {
    return found(this.haystack, text, wordsOf).filter((row) => !row.merged_into);
  }

  warm() {
    return warmed(this.haystack, wordsOf);
  }
}

/** @param {Account} row */
const wordsOf = (row) => `${row.name}\n${row.phone ?? ""}`;
