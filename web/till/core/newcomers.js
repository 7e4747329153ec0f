// @ts-check
/**
 * New customers: an account opened here for a card that is nobody's yet, and the form, filled in later. The till sells to the account at
 * once, under an id of its own; what the server must hear is kept until it answers, and may reach it before or after the documents.
 * How one is opened and told of is in `newcomer.js`.
 */
import { clients } from "./later.js";

const KEY = "newcomers";

/**
 * @typedef {{given: string, family: string, phone: string | null, born_on: string | null, language: string, consents: {purpose: string, text_version: string}[]}} Form
 * @typedef {{kind: "card", id: string, card: string, digest: string, staff: string | null} | {kind: "form", id: string, account: string, form: Form, staff: string | null}} Waiting
 *   what the server has not answered yet: an account opened for a card, a person for an account
 */

/** Whether the last digit is the check digit of the others (ISO/IEC 7812-1). @param {string} number */
function luhn(number) {
  const total = [...number].reverse().reduce((sum, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return total % 10 === 0;
}

/** Whether a number is of the chain's own form. @param {string} number @param {{card_prefix?: string, card_length?: number}} settings */
export const isOurs = (number, { card_prefix: prefix, card_length: length }) => Boolean(prefix) && /^\d+$/.test(number) && number.length === length && number.startsWith(prefix ?? "") && luhn(number);

/** An account of which nothing is known but its card. @param {string} id @param {string} digest @returns {import("./accounts.js").Account} */
export const blankRow = (id, digest) => ({ seq: 0, id, tier: null, categories: [], personal: 0, points: 0, version: 1, name: "", phone: null, cards: [[digest, "active", null]], blocked: null, note: "" });

export class Newcomers {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {Waiting[]} */
    this.waiting = [];
    /** @type {Promise<void> | null} */
    this.sending = null;
  }

  async restore() {
    this.waiting = (await this.core.store.get("meta", KEY)) ?? [];
    this.known();
  }

  /** What was opened here is among the accounts, also after they were read anew. */
  known() {
    const { accounts } = this.core;
    for (const each of this.waiting) if (each.kind === "card" && !accounts.account(each.id)) accounts.merge([blankRow(each.id, each.digest)]);
    for (const each of this.waiting) if (each.kind === "form") this.named(each.account, each.form);
  }

  /** @param {string} id @param {Form} form */
  named(id, form) {
    const row = this.core.accounts.account(id);
    if (row) this.core.accounts.merge([{ ...row, name: form.family ? `${form.given} ${form.family.slice(0, 1)}.` : form.given, phone: form.phone?.replace(/\D/g, "").slice(-4) || row.phone }]);
  }

  /** Tells the server what it has not heard yet, one after another: a form needs its account. Where nothing waits, nothing is loaded for it. */
  send() {
    if (!this.waiting.length) return Promise.resolve();
    this.sending ??= clients()
      .then(({ sendAll }) => sendAll(this.core))
      .catch((error) => this.core.report(error))
      .finally(() => (this.sending = null));
    return this.sending;
  }

  /** @param {Waiting[]} waiting */
  async keep(waiting) {
    await this.core.store.put("meta", KEY, waiting);
    this.waiting = waiting;
  }
}
