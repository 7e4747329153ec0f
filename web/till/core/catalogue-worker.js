// @ts-check
/**
 * Fetches, parses and stores the shop's data beside the page, so that the page never stutters: a full copy, or what
 * changed since the cursor; each is one transaction, so that the till has all of it or none.
 *
 * Asked: `{ask, what: "copy" | "changes", key}`. Answers: `{ask, ok: true, full, changed, time}` or `{ask, ok: false, code, fields}`.
 */
import { keepVerifiers } from "./pin.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { done, open } from "./store.js";
import { prepareJson } from "../engine/wire.js";

export const CHUNK = 2_000;
/** Parts of the snapshot that are kept as they come. */
export const PARTS = ["settings", "outlet", "register", "staff", "rule_set", "rule_sets_to_come", "categories", "tax_rates", "regulations", "scan_routes", "names", "rules_refused"];

/** @type {Promise<import("./store.js").Store> | null} */
let opened = null;
const store = () => (opened ??= open());

/** @param {import("./http.js").Key} key */
async function copy(key) {
  const { body: snapshot } = await request("/snapshot", { key, timeout: 30_000 });
  const products = await chunks(key, "products", snapshot.product_chunks);
  const accounts = await chunks(key, "accounts", snapshot.account_chunks);
  const db = await store();
  const parts = await partsOf(db, snapshot);
  await db.transaction(["meta", "products", "accounts"], "strict", (tx) => {
    for (const [name, rows] of /** @type {[string, Map<number, any[]>][]} */ ([["products", products], ["accounts", accounts]])) {
      tx.objectStore(name).clear();
      for (const [chunk, list] of rows) tx.objectStore(name).put(list, chunk);
    }
    putParts(tx, parts, snapshot.cursor);
  });
  return { full: true, changed: { parts: Object.keys(parts), products: [], accounts: [] } };
}

/** @param {import("./http.js").Key} key @param {string} name @param {[number, number][]} wanted */
async function chunks(key, name, wanted) {
  /** @type {Map<number, any[]>} */
  const found = new Map();
  const left = [...wanted];
  const fetcher = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { body } = await request(`/${name}/${next[0]}`, { key, timeout: 30_000 });
      found.set(next[0], body[name]);
    }
  };
  await Promise.all([fetcher(), fetcher()]);
  return found;
}

/** @param {import("./http.js").Key} key */
async function changes(key) {
  const db = await store();
  const cursor = await db.get("meta", "cursor");
  if (cursor === undefined) return copy(key);
  const changed = { parts: /** @type {string[]} */ ([]), products: /** @type {any[]} */ ([]), accounts: /** @type {any[]} */ ([]) };
  let at = cursor;
  for (let more = true; more; ) {
    let page;
    try {
      ({ body: page } = await request(`/changes?cursor=${encodeURIComponent(at)}`, { key, timeout: 15_000 }));
    } catch (error) {
      if (error instanceof TillError && error.code === "feed.start_again") return copy(key);
      throw error;
    }
    const parts = await partsOf(db, page);
    await db.transaction(["meta", "products", "accounts"], "strict", async (tx) => {
      await merge(tx, "products", page.products ?? []);
      await merge(tx, "accounts", page.accounts ?? []);
      putParts(tx, parts, page.cursor);
    });
    changed.parts.push(...Object.keys(parts));
    changed.products.push(...(page.products ?? []));
    changed.accounts.push(...(page.accounts ?? []));
    more = page.more && page.cursor !== at;
    at = page.cursor;
  }
  return { full: false, changed };
}

/** Rows into their chunks, by number. @param {IDBTransaction} tx @param {string} name @param {any[]} rows */
async function merge(tx, name, rows) {
  const objects = tx.objectStore(name);
  /** @type {Map<number, any[]>} */
  const touched = new Map();
  for (const row of rows) {
    const chunk = Math.floor(row.seq / CHUNK);
    if (!touched.has(chunk)) touched.set(chunk, (await done(objects.get(chunk))) ?? []);
    const list = /** @type {any[]} */ (touched.get(chunk));
    const at = list.findIndex((old) => old.seq === row.seq);
    if (at < 0) list.push(row);
    else list[at] = row;
  }
  for (const [chunk, list] of touched) objects.put(list, chunk);
}

/** @param {import("./store.js").Store} db @param {any} page */
async function partsOf(db, page) {
  /** @type {Record<string, any>} */
  const parts = {};
  for (const name of PARTS) if (page[name] !== undefined) parts[name] = page[name];
  if (parts.staff) parts.staff = await keepVerifiers(db, parts.staff);
  return withReadableRules(parts);
}

/** Rules that this till's engine cannot read (it is older than they are) leave the last ones in force. @param {Record<string, any>} parts */
export function withReadableRules({ rule_set, rule_sets_to_come, ...parts }) {
  if (rule_set !== undefined) {
    const good = rule_set === null || readable(rule_set);
    Object.assign(parts, good ? { rule_set, rules_refused: null } : { rules_refused: rule_set.version });
  }
  return rule_sets_to_come === undefined ? parts : { ...parts, rule_sets_to_come: rule_sets_to_come.filter(readable) };
}

/** @param {any} ruleSet */
function readable(ruleSet) {
  try {
    prepareJson({ regulations: [], ...ruleSet.body, schema: 1, version: ruleSet.version });
    return true;
  } catch {
    return false;
  }
}

/** @param {IDBTransaction} tx @param {Record<string, any>} parts @param {string} cursor */
function putParts(tx, parts, cursor) {
  for (const [name, value] of Object.entries(parts)) tx.objectStore("meta").put(value, name);
  tx.objectStore("meta").put(cursor, "cursor");
  tx.objectStore("meta").put(Date.now(), "pulled_at");
}

let turn = Promise.resolve();
if (typeof document === "undefined") {
  self.addEventListener("message", ({ data }) => {
    turn = turn.then(async () => {
      try {
        self.postMessage({ ask: data.ask, ok: true, ...(data.what === "copy" ? await copy(data.key) : await changes(data.key)) });
      } catch (error) {
        const known = error instanceof TillError ? error : new TillError("sync.failed", { reason: String(error) });
        self.postMessage({ ask: data.ask, ok: false, code: known.code, fields: known.fields });
      }
    });
  });
}
