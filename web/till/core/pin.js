// @ts-check
/**
 * Who stands at the till, also with the server dead. The server sends a verifier (PBKDF2 of the PIN); the till keeps only
 * its HMAC under a key that never leaves this device, so that a copied database cannot be searched for PINs elsewhere.
 *
 * Five wrong PINs of one person lock that person out for 15 minutes, every further one for twice as long, up to an hour: fewer
 * than ten guesses an hour. The count is in the database, so that a reload forgets nothing; a right PIN clears it.
 */
import { unhex, utf8 } from "./bytes.js";
import { TillError } from "./errors.js";
import { deviceKey, seal } from "./verifiers.js";

export const FREE_ATTEMPTS = 5;
const FIRST_LOCK = 15 * 60_000;
const LONGEST_LOCK = 60 * 60_000;

/** @typedef {{wrong: number, until: number}} Attempts */

/** How long the lock lasts after the `wrong`-th wrong PIN in a row. @param {number} wrong @returns {number} milliseconds */
export const lockAfter = (wrong) => (wrong < FREE_ATTEMPTS ? 0 : Math.min(LONGEST_LOCK, FIRST_LOCK * 2 ** (wrong - FREE_ATTEMPTS)));

export class Pins {
  /** @param {{store: import("./store.js").Store, clock: import("./clock.js").Clock, documents: import("./documents.js").Documents}} parts */
  constructor({ store, clock, documents }) {
    this.store = store;
    this.clock = clock;
    this.documents = documents;
    /** @type {Promise<unknown>} */
    this.queue = Promise.resolve();
  }

  /**
   * Resolves if the PIN is this person's. Raises `pin.wrong` (how many are `left` before the lock), `pin.locked` (`until`), `pin.none`
   * if the person has none. Checks wait for one another, so that a burst counts every guess.
   * @param {{id: string, pin: {salt: string, iterations: number, seal: string} | null}} person @param {string} pin
   */
  check(person, pin) {
    const turn = this.queue.then(() => this.#check(person, pin));
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** @param {any} person @param {string} pin */
  async #check(person, pin) {
    if (!person.pin) throw new TillError("pin.none");
    /** @type {Attempts} */
    const before = (await this.store.get("attempts", person.id)) ?? { wrong: 0, until: 0 };
    const now = this.clock.now();
    if (before.until > now) throw new TillError("pin.locked", { until: before.until });
    // counted before it is tried: a page killed in between has used up the guess
    const wrong = before.wrong + 1;
    const lock = lockAfter(wrong);
    await this.store.put("attempts", person.id, { wrong, until: now + lock });
    const password = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
    const { salt, iterations } = person.pin;
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: unhex(salt), iterations }, password, 256);
    if ((await seal(await deviceKey(this.store), new Uint8Array(bits))) === person.pin.seal) {
      await this.store.apply([{ store: "attempts", remove: person.id }], "strict");
      return;
    }
    if (lock === 0) throw new TillError("pin.wrong", { left: FREE_ATTEMPTS - wrong });
    await this.documents.write("sign_in_locked", { staff: person.id, attempts: wrong });
    throw new TillError("pin.locked", { until: now + lock });
  }
}
