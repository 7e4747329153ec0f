// @ts-check
/**
 * Brings documents to the server and the shop's data to the till. One request per document; none waits for another one's
 * trouble. Whether the server is there is decided by asking it, not by what the browser believes.
 */
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { done } from "./store.js";

export const KEPT_FOR = 7 * 86_400_000;
const LEASE = 60_000;
const ROUND = 30_000;
const AT_ONCE = 4;
const PATIENCE = 2_000;

/** Seconds, doubling from 1 to 60, half of each by chance, in milliseconds. @param {number} tries @param {number} chance 0 to 1 */
export const backoff = (tries, chance) => Math.round(Math.min(60_000, 1_000 * 2 ** Math.min(tries, 6)) * (0.5 + chance / 2));

/** @typedef {import("./documents.js").Row} Row */

export class Sync {
  /**
   * @param {{store: import("./store.js").Store, clock: import("./clock.js").Clock, key: () => import("./http.js").Key | null,
   *   answered: (row: Row) => void, pull: () => Promise<void>, changed: (state: any) => void}} parts
   *   `answered` is told of each document that the server has or has put aside; `pull` fetches what changed
   */
  constructor({ store, clock, key, answered, pull, changed }) {
    this.store = store;
    this.clock = clock;
    this.key = key;
    this.answered = answered;
    this.pull = pull;
    this.changed = changed;
    this.state = { online: false, unsent: 0, quarantined: 0, conflict: 0, lastSeen: /** @type {number | null} */ (null), refused: /** @type {string | null} */ (null), minimum: /** @type {string | null} */ (null) };
    /** @type {Map<string, number>} id → until when another attempt must wait */
    this.leases = new Map();
    /** @type {Map<string, number>} id → how often it was tried in vain */
    this.tries = new Map();
    this.misses = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Promise<void> | null} */
    this.sending = null;
    this.again = false;
    this.written = 0;
    this.stopped = false;
  }

  async start() {
    await this.count();
    addEventListener("online", () => this.round());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.round());
    await this.round();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Is the server there? If so: send, fetch, and come back in 30 s or when a document may be tried again; if not, sooner and sooner less often. */
  async round() {
    clearTimeout(this.timer);
    if (this.stopped || this.key() === null) return;
    if (await this.health()) {
      this.misses = 0;
      await this.send();
      await this.pull().catch((error) => this.#note(error));
    } else this.misses += 1;
    this.#later();
  }

  /** Sets the clock for the next round. */
  #later() {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const soonest = Math.max(0, Math.min(...this.leases.values()) - Date.now());
    const wait = this.state.online ? Math.min(ROUND, soonest) : backoff(Math.max(0, this.misses - 1), Math.random());
    this.timer = setTimeout(() => this.round(), wait);
  }

  /** @returns {Promise<boolean>} */
  async health() {
    try {
      const { body } = await request("/health", { timeout: PATIENCE, learn: (...times) => this.clock.learn(...times) });
      await this.store.put("meta", "clock_offset", this.clock.offset, "relaxed");
      this.#set({ online: true, lastSeen: this.clock.now(), minimum: body?.minimum_till ?? null });
    } catch {
      this.#set({ online: false });
    }
    return this.state.online;
  }

  /** Sends what waits, now; a call during another one makes it look once more. */
  send() {
    this.again = true;
    this.sending ??= this.#sendAll().finally(() => (this.sending = null));
    return this.sending;
  }

  /** Sends what waits, for at most four seconds: closing a shift asks for it. */
  async drain() {
    await this.count();
    if (this.state.unsent === 0 || this.key() === null || !(await this.health())) return;
    await Promise.race([this.send(), new Promise((resolve) => setTimeout(resolve, 4_000))]);
    await this.count();
  }

  /** A document was written. */
  kick() {
    this.written += 1;
    this.state = { ...this.state, unsent: this.state.unsent + 1 };
    this.changed(this.state);
    if (this.state.online) void this.send();
  }

  async #sendAll() {
    while (this.again && this.state.online && !this.stopped) {
      this.again = false;
      const now = Date.now();
      const waiting = (await this.#waiting()).filter((row) => (this.leases.get(row.id) ?? 0) <= now);
      const sender = async () => {
        for (let row = waiting.shift(); row && this.state.online; row = waiting.shift()) await this.#sendOne(row);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sender));
      await this.#prune();
      await this.count();
    }
  }

  /** Unsent, in the order they were made. @returns {Promise<Row[]>} */
  async #waiting() {
    const rows = await this.store.transaction(["documents"], "read", (tx) => done(tx.objectStore("documents").index("by_state").getAll("new")));
    return rows.sort((/** @type {Row} */ a, /** @type {Row} */ b) => a.epoch - b.epoch || a.seq - b.seq);
  }

  /** @param {Row} row */
  async #sendOne(row) {
    this.leases.set(row.id, Date.now() + LEASE);
    try {
      const { status, body } = await request(`/documents/${row.id}`, { method: "PUT", body: row.bytes, key: this.key(), accept: [200, 201, 202, 409], learn: (...times) => this.clock.learn(...times) });
      const state = status === 202 ? "quarantined" : status === 409 ? "conflict" : "stored";
      await this.#answer(row, state, state === "stored" ? undefined : { code: body?.code ?? String(status), detail: body?.detail ?? "" });
      this.tries.delete(row.id);
      this.leases.delete(row.id);
      if (this.state.refused) this.#set({ refused: null });
    } catch (error) {
      const tries = (this.tries.get(row.id) ?? 0) + 1;
      this.tries.set(row.id, tries);
      this.leases.set(row.id, Date.now() + backoff(tries - 1, Math.random()));
      this.#note(error);
      this.#later();
    }
  }

  /** @param {Row} row @param {import("./documents.js").State} state @param {Row["problem"]} problem */
  async #answer(row, state, problem) {
    const answered = await this.store.transaction(["documents"], "relaxed", async (tx) => {
      const documents = tx.objectStore("documents");
      const kept = await done(documents.get(row.id));
      if (!kept) return null;
      const next = { ...kept, state, answered_at: Date.now(), ...(problem && { problem }) };
      documents.put(next);
      return next;
    });
    if (answered) this.answered(answered);
  }

  /** @param {unknown} error */
  #note(error) {
    const code = error instanceof TillError ? error.code : "sync.failed";
    if (code === "server.unreachable") this.#set({ online: false });
    else if (error instanceof TillError && (error.fields.status === 401 || error.fields.status === 403)) this.#set({ refused: code });
  }

  /** Drops what the server has had for a week. The head of the chain does not need it. */
  #prune() {
    const before = Date.now() - KEPT_FOR;
    return this.store.transaction(["documents"], "relaxed", async (tx) => {
      const request = tx.objectStore("documents").index("by_state").openCursor("stored");
      for (let cursor = await done(request); cursor; cursor = await done(request)) {
        if (cursor.value.answered_at < before) cursor.delete();
        cursor.continue();
      }
    });
  }

  async count() {
    const before = this.written;
    const counts = await this.store.transaction(["documents"], "read", (tx) => {
      const index = tx.objectStore("documents").index("by_state");
      return Promise.all(["new", "quarantined", "conflict"].map((state) => done(index.count(state))));
    });
    if (before !== this.written) await this.count(); // one was written meanwhile
    else this.#set({ unsent: counts[0], quarantined: counts[1], conflict: counts[2] });
  }

  /** @param {Record<string, unknown>} fields */
  #set(fields) {
    this.state = { ...this.state, ...fields };
    this.changed(this.state);
  }
}
