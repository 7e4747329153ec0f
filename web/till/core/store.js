// @ts-check
/**
 * What the till keeps, in IndexedDB. Whatever must not be lost is written with strict durability: the promise resolves
 * once the browser has flushed it. Upgrades only add; the documents store is never dropped.
 *
 * | store | key | holds |
 * | --- | --- | --- |
 * | meta | name | identity, cursor, parts of the snapshot, device key, language |
 * | documents | id | the exact bytes, digest, and how far each got on its way to the server |
 * | counters | "head" | epoch, seq, prev, receipt number, Z number, time of the last document |
 * | baskets | "open", "parked:<id>" | baskets in the making |
 * | shift | "current" | the open shift and its totals |
 * | attempts | staff id | wrong PINs and until when the lock lasts |
 * | products, accounts | chunk number | rows, 2,000 numbers a chunk |
 * | jobs | id | what was handed to the device agent, and how it stands |
 * | packs | GTIN and serial number | the marked packs sold here, and in which sale |
 * | fiscal | document | how a document stands with the fiscal register |
 * | fiscal_out | id | fiscal records that the server has not heard yet |
 * | filler | number | nothing of ours: see fresh-log.js |
 */
import { TillError } from "./errors.js";

/** @type {((db: IDBDatabase) => void)[]} one step per version, additive */
const STEPS = [
  (db) => {
    for (const name of ["meta", "counters", "baskets", "shift", "attempts", "products", "accounts", "jobs"]) db.createObjectStore(name);
    const documents = db.createObjectStore("documents", { keyPath: "id" });
    documents.createIndex("by_order", ["epoch", "seq"], { unique: true });
    documents.createIndex("by_state", "state");
    documents.createIndex("by_receipt", "receipt", { unique: true });
    documents.createIndex("by_origin", "origins", { multiEntry: true });
  },
  (db) => void db.createObjectStore("packs"),
  (db) => {
    for (const name of ["fiscal", "fiscal_out"]) db.createObjectStore(name);
  },
  (db) => void db.createObjectStore("filler"),
];

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {string} [name] @returns {Promise<Store>} */
export async function open(name = "tillcard") {
  const request = indexedDB.open(name, STEPS.length);
  /** @type {string | null} */
  let lost = null;
  request.onupgradeneeded = (/** @type {IDBVersionChangeEvent & {dataLoss?: string, dataLossMessage?: string}} */ event) => {
    if (event.dataLoss === "total") lost = event.dataLossMessage ?? "";
    for (const step of STEPS.slice(event.oldVersion)) step(request.result);
  };
  try {
    const db = await done(request);
    db.onversionchange = () => db.close();
    return new Store(db, lost);
  } catch (error) {
    throw new TillError("storage.unavailable", { reason: String(error) });
  }
}

/**
 * @typedef {"read" | "strict" | "relaxed"} Mode strict and relaxed write; strict waits for the disk
 * @typedef {{store: string, key?: IDBValidKey, put?: unknown, remove?: IDBValidKey}} Effect one change beside a document; `key` unless the store has its own
 */

export class Store {
  /** @param {IDBDatabase} db @param {string | null} lost why the browser threw away what was here before (Chromium says so), if it did */
  constructor(db, lost) {
    this.db = db;
    this.lost = lost;
  }

  /**
   * One transaction: resolves with the answer of `work` once it is complete, rejects with nothing written otherwise.
   * Raises `storage.full` if the disk is, `storage.failed` for anything else of the browser's.
   * @template T
   * @param {string[]} names @param {Mode} mode @param {(tx: IDBTransaction) => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  async transaction(names, mode, work) {
    const tx = this.db.transaction(names, mode === "read" ? "readonly" : "readwrite", { durability: mode === "strict" ? "strict" : "relaxed" });
    const complete = new Promise((resolve, reject) => {
      tx.oncomplete = () => resolve(undefined);
      tx.onabort = () => reject(failure(tx.error));
    });
    complete.catch(() => {});
    let answer;
    try {
      answer = await work(tx);
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // it has aborted by itself
      }
      throw error instanceof TillError ? error : failure(error);
    }
    await complete;
    return answer;
  }

  /** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} undefined if it is not there */
  get(store, key) {
    return this.transaction([store], "read", (tx) => done(tx.objectStore(store).get(key)));
  }

  /** @param {string} store @returns {Promise<any[]>} */
  all(store) {
    return this.transaction([store], "read", (tx) => done(tx.objectStore(store).getAll()));
  }

  /** @param {Effect[]} effects @param {Mode} mode */
  apply(effects, mode) {
    return this.transaction([...new Set(effects.map((effect) => effect.store))], mode, (tx) => applyIn(tx, effects));
  }

  /** @param {string} store @param {IDBValidKey} key @param {unknown} value @param {Mode} [mode] */
  put(store, key, value, mode = "strict") {
    return this.apply([{ store, key, put: value }], mode);
  }
}

/** @param {IDBTransaction} tx @param {Effect[]} effects */
export function applyIn(tx, effects) {
  for (const { store, key, put, remove } of effects) {
    if (remove !== undefined) tx.objectStore(store).delete(remove);
    else tx.objectStore(store).put(put, key);
  }
}

/** @param {unknown} error */
function failure(error) {
  const name = error instanceof DOMException ? error.name : "";
  return new TillError(name === "QuotaExceededError" ? "storage.full" : "storage.failed", { reason: String(error) });
}
