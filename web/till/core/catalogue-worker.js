// @ts-check
/**
 * Fetches, parses and stores the shop's data beside the page, so that the page never stutters: a full copy, or what
 * changed since the cursor; each is one transaction, so that the till has all of it or none.
 *
 * Asked: `{ask, what: "copy" | "changes", key}`. Answers: `{ask, ok: true, full, changed, time}` or `{ask, ok: false, code, fields}`.
 * Before it stores rules it asks the page, which has the engine, whether they can be read: `{ask, judge: [rule set…]}` → `{judged: [boolean…]}`.
 */
import { keepVerifiers } from "./verifiers.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { PARTS } from "./parts.js";
import { done, open } from "./store.js";

const CHUNK = 2_000;
/** @type {Promise<import("./store.js").Store> | null} */
let opened = null;
const store = () => (opened ??= open());

/** @typedef {(ruleSets: any[]) => Promise<boolean[]>} Judge which of the rule sets the engine can read */

/** @param {import("./http.js").Key} key @param {Judge} judge */
async function copy(key, judge) {
  const { body: snapshot } = await request("/snapshot", { key, timeout: 30_000 });
  const products = await chunks(key, "products", snapshot.product_chunks);
  const accounts = await chunks(key, "accounts", snapshot.account_chunks);
  const db = await store();
  const parts = await partsOf(db, snapshot, judge);
  await db.transaction(["meta", "products", "accounts"], "strict", (tx) => {
    for (const [name, rows] of /** @type {[string, Map<number, any[]>][]} */ ([["products", products], ["accounts", accounts]])) {
      tx.objectStore(name).clear();
      for (const [chunk, list] of rows) tx.objectStore(name).put(list, chunk);
    }
    putParts(tx, parts, snapshot.cursor);
    tx.objectStore("meta").put(PARTS.length, "parts_kept");
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

/** @param {import("./http.js").Key} key @param {Judge} judge */
async function changes(key, judge) {
  const db = await store();
  const cursor = await db.get("meta", "cursor");
  // a till program that keeps more of the shop than the one before it takes a full copy
  if (cursor === undefined || (await db.get("meta", "parts_kept")) !== PARTS.length) return copy(key, judge);
  const changed = { parts: /** @type {string[]} */ ([]), products: /** @type {any[]} */ ([]), accounts: /** @type {any[]} */ ([]) };
  let at = cursor;
  for (let more = true; more; ) {
    let page;
    try {
      ({ body: page } = await request(`/changes?cursor=${encodeURIComponent(at)}`, { key, timeout: 15_000 }));
    } catch (error) {
      if (error instanceof TillError && error.code === "feed.start_again") return copy(key, judge);
      throw error;
    }
    const parts = await partsOf(db, page, judge);
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

/** @param {import("./store.js").Store} db @param {any} page @param {Judge} judge */
async function partsOf(db, page, judge) {
  /** @type {Record<string, any>} */
  const parts = {};
  for (const name of PARTS) if (page[name] !== undefined) parts[name] = page[name];
  if (parts.staff) parts.staff = await keepVerifiers(db, parts.staff);
  return withReadableRules(parts, judge);
}

/**
 * Rules that this till's engine cannot read (it is older than they are) leave the last ones in force.
 * @param {Record<string, any>} parts @param {Judge} judge
 */
async function withReadableRules({ rule_set, rule_sets_to_come, ...parts }, judge) {
  const asked = [...(rule_set ? [rule_set] : []), ...(rule_sets_to_come ?? [])];
  const judged = asked.length ? await judge(asked) : [];
  const good = asked.filter((_, at) => judged[at]);
  if (rule_set !== undefined) {
    Object.assign(parts, rule_set === null || good.includes(rule_set) ? { rule_set, rules_refused: null } : { rules_refused: rule_set.version });
  }
  return rule_sets_to_come === undefined ? parts : { ...parts, rule_sets_to_come: good.filter((each) => rule_sets_to_come.includes(each)) };
}

/** @param {IDBTransaction} tx @param {Record<string, any>} parts @param {string} cursor */
function putParts(tx, parts, cursor) {
  for (const [name, value] of Object.entries(parts)) tx.objectStore("meta").put(value, name);
  tx.objectStore("meta").put(cursor, "cursor");
  tx.objectStore("meta").put(Date.now(), "pulled_at");
}

let turn = Promise.resolve();
/** @type {(judged: boolean[]) => void} */
let heard = () => {};
self.addEventListener("message", ({ data }) => {
  if (data.judged) return heard(data.judged);
  turn = turn.then(async () => {
    /** @type {Judge} */
    const judge = (ruleSets) => new Promise((resolve) => ((heard = resolve), self.postMessage({ ask: data.ask, judge: ruleSets })));
    try {
      self.postMessage({ ask: data.ask, ok: true, ...(await (data.what === "copy" ? copy : changes)(data.key, judge)) });
    } catch (error) {
      const known = error instanceof TillError ? error : new TillError("sync.failed", { reason: String(error) });
      self.postMessage({ ask: data.ask, ok: false, code: known.code, fields: known.fields });
    }
  });
});
