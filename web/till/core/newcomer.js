// @ts-check
/** An account for a card that is nobody's yet, its form, and telling the server of both (see `newcomers.js`). */
import { newId } from "./bytes.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { blankRow, isOurs } from "./newcomers.js";

const TIMEOUT = 4_000;

/**
 * @typedef {import("./core.js").Core} Core
 * @typedef {import("./newcomers.js").Form} Form
 * @typedef {import("./newcomers.js").Waiting} Waiting
 */

/**
 * An account for a card, in the open basket at once. Raises `card.unknown` for a number that the shop's cards cannot have.
 * @param {Core} core @param {string} typed @returns {Promise<import("./accounts.js").Account>}
 */
export async function openAccount(core, typed) {
  const { newcomers } = core;
  const card = typed.replace(/[\s-]/g, "");
  if (!isOurs(card, core.data().settings)) throw new TillError("card.unknown");
  const digest = await core.accounts.digest(card);
  const row = blankRow(newId(), digest);
  await newcomers.keep([...newcomers.waiting, { kind: "card", id: row.id, card, digest, staff: core.signedIn().id }]);
  core.accounts.merge([row]);
  await core.selling.attachAccount(row.id);
  void newcomers.send();
  return row;
}

/**
 * Who an account belongs to. Raises `newcomer.no_name`, `account.not_known`.
 * @param {Core} core @param {string} account @param {Form} form
 */
export async function fillIn(core, account, form) {
  const { newcomers } = core;
  if (!form.given.trim()) throw new TillError("newcomer.no_name");
  if (!core.accounts.account(account)) throw new TillError("account.not_known");
  await newcomers.keep([...newcomers.waiting, { kind: "form", id: newId(), account, form, staff: core.signedIn().id }]);
  newcomers.named(account, form);
  core.selling.renewed(account);
  void newcomers.send();
}

/** Who has a phone already: the server's answer, or the till's own copy by its last digits. @param {Core} core @param {string} typed */
export async function samePhone(core, typed) {
  const digits = typed.replace(/\D/g, "");
  if (digits.length < 6) return [];
  if (core.sync.state.online) {
    try {
      const { body } = await request(`/accounts/same-phone?phone=${encodeURIComponent(typed)}`, { key: core.key(), timeout: 2_000 });
      return body.map((/** @type {any} */ { account, name, phone, whole }) => ({ account, name, phone, whole }));
    } catch (error) {
      if (!(error instanceof TillError)) throw error;
    }
  }
  const tail = digits.slice(-4);
  return core.accounts.search(tail).filter((row) => row.phone === tail).map(({ id, name, phone }) => ({ account: id, name, phone: `…${phone}`, whole: false }));
}

/** @param {Core} core */
export async function sendAll(core) {
  const { newcomers } = core;
  const next = () => newcomers.waiting.find(({ id }) => !heard.has(id));
  /** @type {Set<string>} */
  const heard = new Set();
  for (let each = next(); each && core.sync.state.online; each = next()) {
    heard.add(each.id);
    await sendOne(core, each);
  }
}

/** @param {Core} core @param {Waiting} each */
async function sendOne(core, each) {
  const { newcomers } = core;
  const path = each.kind === "card" ? `/new-accounts/${each.id}` : `/persons/${each.id}`;
  const body = each.kind === "card" ? { card: each.card, staff: each.staff } : { account: each.account, ...each.form, staff: each.staff };
  try {
    const answer = await request(path, { method: "PUT", body: JSON.stringify(body), key: core.key(), timeout: TIMEOUT });
    await settle(core, each, answer.body.accounts);
  } catch (error) {
    const status = error instanceof TillError ? Number(error.fields.status) : 0;
    const never = error instanceof TillError && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
    // a form may wait for its account, which is on its way
    if (never && !(each.kind === "form" && newcomers.waiting.some(({ kind, id }) => kind === "card" && id === each.account))) {
      await newcomers.keep(newcomers.waiting.filter(({ id }) => id !== each.id));
      core.report(new TillError(each.kind === "card" ? "newcomer.card_refused" : "newcomer.form_refused", { ...error.fields, why: error.code }));
    }
  }
}

/**
 * The account is the server's now. Where the card was somebody's, theirs takes the place of the till's, in the open basket too.
 * @param {Core} core @param {Waiting} each @param {import("./accounts.js").Account[]} rows
 */
async function settle(core, each, rows) {
  const { newcomers } = core;
  const own = each.kind === "card" ? each.id : each.account;
  const [row] = rows;
  await newcomers.keep(newcomers.waiting.filter(({ id }) => id !== each.id));
  const was = core.accounts.account(own);
  if (row && row.id !== own && was) core.accounts.merge([{ ...was, cards: [], merged_into: row.id }]);
  core.accounts.merge(rows);
  newcomers.known();
  core.state.catalogued.value += 1;
  if (row) await core.serial(() => core.selling.settled(own, row)).catch((error) => core.report(error));
}
