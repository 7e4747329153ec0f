// @ts-check
/**
 * Writes what the register did. One document is one strict transaction: its bytes and digest, the head of the chain with
 * the counters, and whatever it ends or changes on the till (open basket, shift, attempts).
 */
import { canonical, newId, sha256, utf8 } from "./bytes.js";
import { TillError } from "./errors.js";
import { applyIn, done } from "./store.js";
import { APP } from "./version.js";

/** `prev` of the first document of an epoch. */
export const GENESIS = "0".repeat(64);

/**
 * @typedef {{epoch: number, seq: number, prev: string, number: number, z: number, made_at: number}} Head
 *   the last document's place, its digest, the last receipt and Z numbers
 * @typedef {"new" | "stored" | "quarantined" | "conflict"} State
 * @typedef {{id: string, epoch: number, seq: number, kind: string, bytes: Uint8Array<ArrayBuffer>, digest: string, made_at: number, state: State,
 *   receipt?: string, origins?: string[], answered_at?: number, problem?: {code: string, detail: string}, copied?: boolean}} Row
 * @typedef {{staff: string | null, shift: string | null}} Who
 */

/** @param {number} epoch @returns {Head} */
export const firstHead = (epoch) => ({ epoch, seq: 0, prev: GENESIS, number: 0, z: 0, made_at: 0 });

/** @param {Row} row @returns {any} the document as values */
export const read = (row) => JSON.parse(new TextDecoder().decode(row.bytes));

export class Documents {
  /**
   * @param {{store: import("./store.js").Store, clock: import("./clock.js").Clock, register: () => {register: string, epoch: number},
   *   who: () => Who, beside: (document: any) => import("./store.js").Effect[], written: (row: Row, document: any) => void}} parts `beside` says what else
   *   is written with a document, whoever wrote it; `written` is told of each once it is safe
   */
  constructor({ store, clock, register, who, beside, written }) {
    this.store = store;
    this.clock = clock;
    this.register = register;
    this.who = who;
    this.beside = beside;
    this.written = written;
    /** @type {Promise<unknown>} */
    this.queue = Promise.resolve();
    /** @type {Head | null} */
    this.head = null;
  }

  /**
   * Writes one document and resolves with it once it is on disk. `fields` may be computed from the head (a receipt
   * takes `head.number + 1`); `effects` are further changes in the same transaction, computed from the document.
   * @param {string} kind
   * @param {Record<string, unknown> | ((head: Head, at: number) => Record<string, unknown>)} fields
   * @param {import("./store.js").Effect[] | ((document: any) => import("./store.js").Effect[])} [effects]
   * @returns {Promise<any>} the document as values
   */
  write(kind, fields, effects = []) {
    const turn = this.queue.then(() => navigator.locks.request("tillcard-chain", () => this.#write(kind, fields, effects)));
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** Waits until everything asked for so far is written. */
  settled() {
    return this.queue;
  }

  /** @param {string} kind @param {any} fields @param {any} effects */
  async #write(kind, fields, effects) {
    const { register, epoch } = this.register();
    const head = await this.#headOf(epoch);
    const made_at = this.clock.now();
    const more = typeof fields === "function" ? fields(head, made_at) : fields;
    const who = this.who();
    const document = {
      schema: 1,
      kind,
      id: newId(made_at),
      register,
      epoch,
      seq: head.seq + 1,
      prev: head.prev,
      made_at,
      device_at: Date.now(),
      app: APP,
      staff: who.staff,
      shift: who.shift,
      ...more,
    };
    if (document.staff === null) throw new TillError("not_signed_in");
    const bytes = utf8(canonical(document));
    const digest = await sha256(bytes);
    /** @type {Head} */
    const next = { epoch, seq: document.seq, prev: digest, number: more.number ?? head.number, z: more.z_number ?? head.z, made_at };
    /** @type {Row} */
    const row = { id: document.id, epoch, seq: document.seq, kind, bytes, digest, made_at, state: "new" };
    if (more.receipt) row.receipt = more.receipt;
    if (kind === "refund") row.origins = [...new Set(more.lines.map((/** @type {any} */ line) => line.origin?.document).filter(Boolean))];
    const changes = [...(typeof effects === "function" ? effects(document) : effects), ...this.beside(document)];
    const names = new Set(["documents", "counters", ...changes.map((/** @type {any} */ effect) => effect.store)]);
    try {
      await this.store.transaction([...names], "strict", async (tx) => {
        const stored = (await done(tx.objectStore("counters").get("head"))) ?? firstHead(epoch);
        if (stored.epoch === epoch && (stored.seq !== head.seq || stored.prev !== head.prev)) throw new TillError("chain.moved");
        tx.objectStore("documents").add(row);
        tx.objectStore("counters").put(next, "head");
        applyIn(tx, changes);
      });
    } catch (error) {
      this.head = null; // read it again before the next one
      throw error;
    }
    this.head = next;
    this.clock.notBefore(made_at);
    this.written(row, document);
    return document;
  }

  /** @param {number} epoch @returns {Promise<Head>} */
  async #headOf(epoch) {
    this.head ??= (await this.store.get("counters", "head")) ?? null;
    if (this.head === null || this.head.epoch !== epoch) this.head = firstHead(epoch);
    return this.head;
  }

  /** This register's latest sales and refunds, the newest first. @param {number} limit @returns {Promise<Row[]>} */
  recentReceipts(limit) {
    return this.store.transaction(["documents"], "read", async (tx) => {
      const found = [];
      const request = tx.objectStore("documents").index("by_order").openCursor(null, "prev");
      for (let cursor = await done(request); cursor && found.length < limit; cursor = await done(request)) {
        if (cursor.value.receipt) found.push(cursor.value);
        cursor.continue();
      }
      return found;
    });
  }

  /** @param {string} receipt @returns {Promise<Row | undefined>} */
  byReceipt(receipt) {
    return this.store.transaction(["documents"], "read", (tx) => done(tx.objectStore("documents").index("by_receipt").get(receipt)));
  }

  /** Refunds kept here of the document `id`. @param {string} id @returns {Promise<Row[]>} */
  refundsOf(id) {
    return this.store.transaction(["documents"], "read", (tx) => done(tx.objectStore("documents").index("by_origin").getAll(id)));
  }
}
