// @ts-check
/** Accounts the shop saw lately, in memory; the server is asked for the others. Cards are known by digest only. */
import { hex, unhex, utf8 } from "./bytes.js";
import { found, warmed } from "./catalogue.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";

/**
 * @typedef {{seq: number, id: string, tier: string | null, categories: string[], personal: number, points: number, version: number, name: string,
 *   phone: string | null, expires?: Record<string, string>, cards: [string, string, string | null][], blocked: string | null, note: string}} Account
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
   * The account of a card and the card's state ("active" or why not), the till's own copy first, then the server. Null if nobody knows
   * it, or the server cannot be asked.
   * @param {string} number @returns {Promise<{account: Account, state: string} | null>}
   */
  async byCard(number) {
    const digest = await this.digest(number);
    const account = this.cards.get(digest) ?? (await this.#ask(`card=${digest}`))[0];
    const card = account?.cards.find(([known]) => known === digest);
    return account ? { account, state: card?.[1] ?? "active" } : null;
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
    if (!this.online()) return [];
    try {
      const { body } = await request(`/accounts/lookup?${query}`, { key: this.key() });
      this.merge(body.accounts);
      return body.accounts;
    } catch (error) {
      if (error instanceof TillError) return [];
      throw error;
    }
  }

  /** @param {string} text @returns {Account[]} */
  search(text) {
    return found(this.haystack, text, wordsOf);
  }

  warm() {
    return warmed(this.haystack, wordsOf);
  }
}

/** @param {Account} row */
const wordsOf = (row) => `${row.name}\n${row.phone ?? ""}`;
