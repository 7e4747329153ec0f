// @ts-check
/**
 * What the till knows of each document's registration, durably, and the records that the server has not heard yet. A row is how a document stands; a
 * record is one fact about it, never changed. Both are written together, strictly, before anything follows from them.
 */
import { newId } from "../core/bytes.js";
import { TillError } from "../core/errors.js";
import { textIn } from "../core/i18n.js";
import { request } from "../core/http.js";
import { KEPT_FOR } from "../core/sync.js";
import { contentOf } from "./fiscal-content.js";

/** Settled rows that stay in memory: the last ones on screen. */
const REMEMBERED = 50;
/** Causes of a `none` with which nothing is left to do. */
const NOTHING_LEFT = ["fiscal.cancelled", "fiscal.withdrawn", "fiscal.not_needed"];
/** Answers with which sending again is in vain. */
const HOPELESS = [400, 403, 409, 413, 422];

/**
 * @typedef {"none" | "pending" | "registered" | "uncertain" | "refused"} State
 * @typedef {{number?: number, shift?: number, at?: string, device?: string, storage?: string, sign?: string, qr?: string, url?: string}} Result
 * @typedef {{document: string, kind: string, job: string, operation: "sale" | "return" | null, receipt: string | null, total: number, made_at: number,
 *   shift: string | null, content: any, sale: string | null, origin: any, place: number, state: State, cause: string | null, attempt: string | null,
 *   tried: boolean, error: number | null, error_text: string | null, result: Result | null, decided_by: string | null, print: boolean,
 *   counts: {device: any, till: any} | null, waiting: string[] | null, read_at?: number}} Row
 *   `sale`: of a return, whose origin it is; `tried`: an attempt was made that a new one must ask about first; `print`: our own receipt waits for it;
 *   `waiting`: what the device waits for now (not kept)
 */

/** @param {Row} row */
export const settled = ({ state, cause }) => state === "registered" || (state === "none" && NOTHING_LEFT.includes(cause ?? ""));

/**
 * A document that is to be registered, before anything was tried.
 * @param {import("../core/core.js").Core} core @param {any} document @param {string} job @param {string | null} decided_by who let it be sold without the device @returns {Row}
 */
export function begun(core, document, job, decided_by) {
  const data = core.data();
  const language = data.outlet.language ?? data.settings.languages?.[0] ?? "en";
  const cashier = data.staff.find((person) => person.id === document.staff)?.name ?? "";
  const content = contentOf(document, { cashier, language, debt: textIn(language, "receipt.debt_payment") });
  const back = document.kind === "refund";
  return {
    document: document.id, kind: document.kind, job, operation: content.operation ?? null, receipt: document.receipt ?? null, total: content.total ?? content.amount ?? content.sum ?? 0,
    made_at: document.made_at, shift: document.shift ?? null, content, sale: back ? document.lines[0].origin.document : null, origin: back ? (core.returning?.origin() ?? null) : null,
    place: 0, state: "none", cause: null, attempt: null, tried: false, error: null, error_text: null, result: null, decided_by, print: job === "receipt", counts: null, waiting: null,
  };
}

export class FiscalRows {
  /** @param {import("../core/core.js").Core} core @param {() => void} changed */
  constructor(core, changed) {
    this.core = core;
    this.changed = changed;
    /** @type {Map<string, Row>} open ones, and the last settled */
    this.all = new Map();
    /** @type {Promise<void> | null} */
    this.sending = null;
    this.again = false;
    /** @type {string | null} why the server does not take a record */
    this.refused = null;
  }

  async restore() {
    const now = Date.now();
    /** @type {Row[]} */
    const kept = await this.core.store.all("fiscal");
    const old = kept.filter((row) => settled(row) && now - row.made_at > KEPT_FOR);
    if (old.length) await this.core.store.apply(old.map(({ document }) => ({ store: "fiscal", remove: document })), "relaxed");
    const last = new Set(kept.filter(settled).sort((a, b) => b.made_at - a.made_at).slice(0, REMEMBERED));
    for (const row of kept.sort((a, b) => a.made_at - b.made_at)) if (!settled(row) || last.has(row)) this.all.set(row.document, { ...row, waiting: null });
    this.refused = (await this.core.store.all("fiscal_out")).find((record) => record.problem)?.problem ?? null;
  }

  open() {
    return [...this.all.values()].filter((row) => !settled(row));
  }

  /** From memory or from the disk. @param {string} document @returns {Promise<Row | undefined>} */
  async find(document) {
    return this.all.get(document) ?? (await this.core.store.get("fiscal", document));
  }

  /** Facts of the device's shift, or of the till's where the device did not name its own. @param {string | null} shift @param {number} number @returns {Promise<Row[]>} */
  async registeredIn(shift, number) {
    /** @type {Row[]} */
    const rows = await this.core.store.all("fiscal");
    return rows.filter((row) => row.state === "registered" && (row.result?.shift === undefined ? row.shift === shift : row.result.shift === number));
  }

  /** The row with a fact more, and the changes that write both. @param {Row} row @param {Partial<Row>} change @returns {{row: Row, effects: import("../core/store.js").Effect[]}} */
  next(row, change) {
    const next = { ...row, error: null, error_text: null, decided_by: null, waiting: null, ...change, place: row.place + 1 };
    if (settled(next)) next.content = null;
    const id = newId();
    return { row: next, effects: [{ store: "fiscal", key: row.document, put: next }, { store: "fiscal_out", key: id, put: { id, body: recordOf(next, this.core.clock.now()) } }] };
  }

  /** On disk before it resolves. @param {Row} row @param {Partial<Row>} change @returns {Promise<Row>} */
  async become(row, change) {
    const { row: next, effects } = this.next(row, change);
    await this.core.store.apply(effects, "strict");
    this.remember(next);
    void this.send();
    return next;
  }

  /** @param {Row} row */
  remember(row) {
    this.all.delete(row.document);
    this.all.set(row.document, row);
    const old = [...this.all.values()].filter(settled);
    for (const { document } of old.slice(0, Math.max(0, old.length - REMEMBERED))) this.all.delete(document);
    this.changed();
  }

  /** Records to the server, as far as it answers. A call during another one makes it look once more. */
  send() {
    this.again = true;
    this.sending ??= this.#sendAll().catch((error) => this.core.report(error)).finally(() => (this.sending = null));
    return this.sending;
  }

  async #sendAll() {
    while (this.again && this.core.sync.state.online) {
      this.again = false;
      for (const record of await this.core.store.all("fiscal_out")) if (!record.problem && !(await this.#sendOne(record))) return;
    }
  }

  /** @param {{id: string, body: any}} record @returns {Promise<boolean>} whether the next one may be tried */
  async #sendOne({ id, body }) {
    try {
      await request(`/fiscal-records/${id}`, { method: "PUT", body: JSON.stringify(body), key: this.core.key() });
    } catch (error) {
      if (!(error instanceof TillError) || !HOPELESS.includes(Number(error.fields.status))) return false;
      await this.core.store.put("fiscal_out", id, { id, body, problem: error.code }, "relaxed");
      this.refused = error.code;
      this.changed();
      return true;
    }
    await this.core.store.apply([{ store: "fiscal_out", remove: id }], "relaxed");
    return true;
  }
}

/** One fact as `PUT /fiscal-records` takes it. @param {Row} row @param {number} at */
export function recordOf({ document, place, attempt, job, state, cause, error, error_text, result, decided_by, counts }, at) {
  const told = result && Object.fromEntries(["number", "shift", "at", "device", "storage", "sign", "qr", "url"].flatMap((name) => (name in result ? [[name, result[/** @type {keyof Result} */ (name)]]] : [])));
  return { document, place, attempt, kind: job, state, cause, error, error_text, result: told, decided_by, counts, made_at: at };
}
