// @ts-check
/**
 * A card terminal and the one payment, or the end of its day, that goes on with it. The payment is on disk before anybody hears of it, and stays there until its
 * money has a place: in the basket, given back, or told by a manager never to have been taken. So a page that was killed in the middle
 * finds it again, and nothing is asked for twice.
 */
import { effect } from "../vendor/preact-signals-htm.js";
import { newId } from "../core/bytes.js";
import { TillError } from "../core/errors.js";
import { returns } from "../core/later.js";
import { withTender } from "../core/payment.js";
import { isWired } from "./wired.js";
import { slipContent } from "./slips.js";

const KEY = "card_payment";
/** Not begun by then, it never is: the customer waits at the counter. */
const TTL = 15;
const LONG_AGO = "1970-01-01T00:00:00.000Z";
const AWAY = ["agent.offline", "agent.silent"];
const FINAL = ["done", "failed", "uncertain", "sent-unconfirmed"];
const ASK_AGAIN = 3_000;

/**
 * @typedef {"payment.authorise" | "payment.reverse" | "payment.refund" | "payment.end_of_day"} Kind
 * @typedef {"asked" | "typing" | "running" | "unclear" | "taken" | "refused" | "closed"} Phase `asked`: the end of the day is wished for, not begun; `typing`: the
 *   cashier says what a terminal without a wire showed; `unclear`: nobody knows whether money moved; `taken`: it was, and the basket it was for is not being paid;
 *   `refused`: it was not, which somebody should read; `closed`: the terminal's day is
 * @typedef {{id: string, kind: Kind, phase: Phase, device: string, basket: string, amount: number, content: any, before: any, made_at: number, causes: string[],
 *   result: any, status: string | null, qr: string[] | null, slip: string, by: string, tender?: number, of?: Pending, wish?: any}} Pending `slip`: the id of what
 *   the terminal wants printed
 */

/**
 * Whether nobody but a person who looks at the card terminal can say what to do: its answer is lost, no agent is there to ask, or the money
 * has no basket. @param {{phase: string} | null} card @param {string} agent how the agent stands
 */
export const undecided = (card, agent) => ["unclear", "taken"].includes(card?.phase ?? "") || (card?.phase === "running" && agent !== "connected");

/** @type {WeakMap<object, CardTerminal>} */
const terminals = new WeakMap();

/** The one of this till. @param {import("../core/core.js").Core} core */
export function terminalOf(core) {
  const found = terminals.get(core) ?? new CardTerminal(core);
  terminals.set(core, found);
  return found;
}

/** Kinds of devices that take money without cash. */
const CARD = "payment-terminal";
const QR = "qr-payment";
const END_OF_DAY = "payment.end_of_day";
/** Nothing goes on in these, and nothing of them is on disk. */
const OVER = ["asked", "typing", "refused", "closed"];

/**
 * What a tender keeps of the answer, by which it can be taken back: terminal, receipt, trace and approval; of a QR payment its own name and
 * the provider's. @param {Pending} pending @param {any} result
 */
function referenceOf({ id }, { terminal = "", receipt_no: receipt = "", trace = "", auth_code: code = "", card = "" }) {
  const parts = /^\d+$/.test(terminal) ? [terminal, receipt, trace, code] : terminal === "qr" ? ["qr", id, code] : [terminal, code, card.slice(-4)];
  return parts.join("/").slice(0, 100);
}

/** Which kind of device takes a payment back, and by what; null for one that none of them took. @param {string | null} reference */
function takenBy(reference) {
  const [terminal, first, second] = (reference ?? "").split("/");
  if (terminal === "qr") return { by: QR, more: { payment: first } };
  if (!/^\d+$/.test(terminal) || !first) return null;
  return { by: CARD, more: { receipt_no: Number(first), ...(second && { trace: Number(second) }) } };
}

export class CardTerminal {
  /** @param {import("../core/core.js").Core} core */
  constructor(core) {
    this.core = core;
    core.agent.hear("state", (message) => this.#stands(message));
    core.agent.hear("said", ({ said }) => this.#said(said));
    let before = "";
    effect(() => {
      const { agent } = core.state.devices.value;
      if (agent === "connected" && before !== agent) void this.resume();
      before = agent;
    });
  }

  /** @returns {Pending | null} */
  get pending() {
    return this.core.state.card.peek();
  }

  /** @param {string} by its kind @param {boolean} wired only one that can be told what to do */
  #device(by, wired) {
    const found = this.core.agent.devices.find((device) => device.kind === by && (!wired || isWired(device)));
    if (!found) throw new TillError("device.none");
    return found.id;
  }

  /**
   * Asks the terminal for the money. Returns as soon as the job is handed over; `till.card` tells the rest. A terminal without a wire is
   * asked for by its words first. @param {number} amount @param {string} [by] kind of the device
   */
  async pay(amount, by = CARD) {
    const { core } = this;
    const now = core.checkout.now();
    if (!now) throw new TillError("payment.not_started");
    withTender(now, { kind: "card", amount });
    const basket = core.state.basket.peek().id;
    await this.#begin("payment.authorise", { amount, basket, by });
  }

  /** What the cashier read on a terminal without a wire. @param {{auth_code: string, card: string}} typed */
  async confirm(typed) {
    const { kind, amount, basket, wish, by } = this.#in("typing");
    await this.#begin(kind, { amount, basket, wish, by }, typed);
  }

  /** Takes a tender back: it leaves the basket once the terminal has; one that a person typed at once. @param {number} tender its place */
  async reverse(tender) {
    const { reference, applied } = this.core.state.tenders.peek()[tender] ?? {};
    const how = takenBy(reference ?? null);
    if (!how) return this.core.checkout.removeTender(tender);
    await this.#begin("payment.reverse", { amount: applied, basket: this.core.state.basket.peek().id, tender, ...how });
    return undefined;
  }

  /** Gives money back on a card, and writes the return once the terminal has. @param {any} wish as `till.refund` takes it @param {number} amount */
  async refund(wish, amount) {
    const { returning } = this.core;
    if (!returning) throw new TillError("refund.not_started");
    await this.#begin("payment.refund", { amount, basket: "", wish: { ...wish, allowed: returning.allowed(wish.lines) }, by: CARD });
  }

  /** The cashier wants to close the terminal's day, and is told first what that is. */
  wishEndOfDay() {
    if (this.pending && !OVER.includes(this.pending.phase)) throw new TillError("payment.busy");
    const nothing = { device: "", basket: "", content: {}, before: null, made_at: 0, causes: [], result: null, status: null, qr: null, slip: "" };
    this.core.state.card.value = { ...nothing, id: "", kind: END_OF_DAY, phase: "asked", amount: 0, by: CARD };
  }

  /** Closes the terminal's day, once: if its answer is lost, somebody looks at the terminal. */
  async endOfDay() {
    await this.#begin(END_OF_DAY, { amount: 0, basket: "", by: CARD });
  }

  /** The money that was taken for another basket, or before the page was loaded anew, pays this one. */
  async take() {
    const { core } = this;
    const pending = this.#in("taken");
    if (!core.checkout.now()) await core.checkout.start();
    const left = core.checkout.now()?.left ?? 0;
    if (pending.result.amount > left) throw new TillError("payment.does_not_fit", { left });
    await this.#tender(pending);
  }

  /** The same money goes back to the card. */
  async giveBack() {
    const of = this.#in("taken");
    const how = takenBy(referenceOf(of, of.result));
    if (!how) throw new TillError("payment.by_hand");
    await this.#begin("payment.reverse", { amount: of.result.amount, basket: of.basket, of, ...how });
  }

  /** Asks the terminal to give up; it may be too late. */
  async abort() {
    const pending = this.#in("running");
    await this.core.agent.ask(pending.device, "abort");
  }

  /** Asks the terminal what became of it. A reversal is simply asked for again: a terminal does that once. */
  async ask() {
    const pending = this.#in("unclear");
    const { device, content, before } = pending;
    if (pending.kind === "payment.reverse") {
      const { amount, basket, tender, of, by } = pending;
      return this.#begin(pending.kind, { amount, basket, tender, of, by, more: content });
    }
    const { found, result } = await this.core.agent.ask(device, "last", { ...content, before });
    await this.#print(pending, result);
    if (found === "approved") return this.#approved(pending, result);
    if (found === "unknown") return this.#keep({ ...pending, result: result ?? null });
    return this.#over(pending, [found === "declined" ? "payment.declined" : found === "reversed" ? "payment.reversed" : "payment.not_taken"], result);
  }

  /**
   * A manager decides what nobody can find out, or says that money without a basket was given back by hand.
   * @param {boolean} taken @param {string | null} approver @param {{auth_code: string, card: string}} typed
   */
  async decide(taken, approver, typed) {
    const { pending } = this;
    if (!pending || !undecided(pending, this.core.state.devices.peek().agent) || (taken && pending.phase === "taken")) throw new TillError("payment.nothing_pending");
    this.core.approver(approver);
    if (!taken) return this.#over({ ...pending, of: undefined }, ["payment.not_taken"]);
    return this.#approved(pending, { ...typed, amount: pending.amount, terminal: "manual" });
  }

  /** Somebody has read how it ended, or will look at a terminal that cannot be asked how its day did. */
  async close() {
    const { pending } = this;
    if (!pending) return;
    if (OVER.includes(pending.phase)) this.core.state.card.value = null;
    else if (pending.kind === END_OF_DAY && undecided(pending, this.core.state.devices.peek().agent)) await this.#over(pending, ["payment.day_unknown"]);
  }

  /**
   * After a lost connection or a new start: how does it stand? The same job is handed in again as one whose time is long over: the agent
   * answers how it ended or stands, and if it never heard of it, it never begins it.
   */
  async resume() {
    const pending = this.pending;
    if (pending?.phase === "running") await this.#hand(pending, { ttl: 1, made_at: LONG_AGO });
  }

  /** @param {Phase} phase @returns {Pending} */
  #in(phase) {
    if (this.pending?.phase !== phase) throw new TillError("payment.nothing_pending");
    return this.pending;
  }

  /** @param {Kind} kind @param {{by: string, amount: number, basket: string, tender?: number, of?: Pending, wish?: any, more?: any}} what @param {any} [typed] */
  async #begin(kind, { more = {}, ...what }, typed = null) {
    const before = this.pending;
    if (before && !OVER.includes(before.phase) && !(what.of ?? before.phase === "unclear")) throw new TillError("payment.busy");
    const device = this.#device(what.by, kind === END_OF_DAY);
    const state = await this.core.agent.ask(device, "state");
    if (state.busy) throw new TillError("payment.busy");
    const id = newId();
    const content = kind === END_OF_DAY ? {} : { ...more, reference: id, amount: what.amount, currency: this.core.data().settings.currency, ...(typed && { typed }) };
    /** @type {Pending} */
    const pending = { id, kind, phase: "running", device, content, before: state.last ?? null, made_at: Date.now(), causes: [], result: null, status: null, qr: null, slip: newId(), ...what };
    if (state.typed && !typed) {
      this.core.state.card.value = { ...pending, phase: "typing" };
      return;
    }
    await this.#keep(pending);
    await this.#hand(pending, { ttl: TTL, made_at: new Date(pending.made_at).toISOString() });
  }

  /** @param {Pending} pending @param {{ttl: number, made_at: string}} when */
  async #hand({ id, device, kind, content }, when) {
    try {
      await this.core.agent.request({ type: "job", id, device, kind, content, copy: 0, ...when });
    } catch (error) {
      const code = error instanceof TillError ? error.code : "agent.silent";
      if (code === "agent.silent") setTimeout(() => void this.resume(), ASK_AGAIN);
      if (!AWAY.includes(code) && this.pending?.id === id) await this.#over(this.pending, [code]);
    }
  }

  /** @param {any} message */
  #stands(message) {
    const { pending } = this;
    if (message.job !== pending?.id || pending?.phase !== "running") return;
    if (FINAL.includes(message.state)) void this.core.serial(() => this.#ended(message)).catch((error) => this.core.report(error));
    else this.core.state.card.value = { ...pending, causes: message.causes };
  }

  /** @param {any} said */
  #said(said) {
    const { pending } = this;
    if (pending && said?.reference === pending.id) this.core.state.card.value = { ...pending, status: said.status, qr: said.qr ?? null };
  }

  /** @param {any} message */
  async #ended({ job, state, causes, result }) {
    const { pending } = this;
    if (pending?.id !== job || pending?.phase !== "running") return undefined;
    await this.#print(pending, result);
    if (pending.kind === END_OF_DAY) return this.#day(pending, state, causes, result);
    if (state === "done") return this.#approved(pending, result);
    if (state === "failed") return this.#over(pending, causes, result);
    await this.#keep({ ...pending, phase: "unclear", causes, result: result ?? null });
    return this.ask().catch(() => {}); // the cashier may ask again
  }

  /** What the terminal wants on paper, under an id that was fixed when this began: handed in again, it is printed once. No money waits for it. @param {Pending} pending @param {any} result */
  async #print({ slip }, result) {
    if (!result?.slips) return;
    const { printing } = this.core;
    const content = slipContent(result.slips, printing.language);
    await printing.submit({ job: slip, says: "slip", document: null, receipt: null, kind: "receipt", content, copy: 0 }).catch((error) => this.core.report(error));
  }

  /** @param {Pending} pending @param {string} state @param {string[]} causes @param {any} result */
  async #day(pending, state, causes, result) {
    if (state !== "done") return this.#over(pending, state === "failed" ? causes : ["payment.day_unknown"], result);
    await this.#drop();
    this.core.state.card.value = { ...pending, phase: "closed", result };
    return undefined;
  }

  /** The money has moved: it finds its place. @param {Pending} pending @param {any} result */
  async #approved(pending, result) {
    const { core } = this;
    const done = { ...pending, result };
    if (pending.kind === "payment.reverse") {
      if (pending.tender === undefined) return this.#drop();
      await core.checkout.removeTender(pending.tender, [this.#gone]);
      core.state.card.value = null;
      return undefined;
    }
    if (pending.kind === "payment.refund") return this.#refunded(done);
    const now = core.checkout.now();
    if (now && core.state.basket.peek().id === pending.basket && result.amount <= now.left) return this.#tender(done);
    return this.#keep({ ...done, phase: "taken" });
  }

  /** Into the basket, in one step with the end of what was pending; the last tender finishes the sale. @param {Pending} pending */
  async #tender(pending) {
    const { core } = this;
    const { result } = pending;
    await core.checkout.addTender({ kind: "card", amount: result.amount, reference: referenceOf(pending, result) }, [this.#gone]);
    core.state.card.value = null;
    if (core.checkout.now()?.left === 0) await core.checkout.finish();
  }

  /** The return is written in one step with the end of what was pending; begun anew if the page was. @param {Pending} pending */
  async #refunded(pending) {
    const { core } = this;
    const { wish, result } = pending;
    const { Refunds } = await returns();
    core.returning ??= new Refunds(core);
    await core.returning.start(wish.receipt, wish.allowed);
    await core.returning.refund({ ...wish, tender: "card", reference: referenceOf(pending, result) }, [this.#gone]);
    core.state.card.value = null;
  }

  /** No money has moved. What was taken before and should have gone back is still taken. @param {Pending} pending @param {string[]} causes @param {any} [result] */
  async #over(pending, causes, result = null) {
    if (pending.of) return this.#keep({ ...pending.of, causes });
    await this.#drop();
    this.core.state.card.value = { ...pending, phase: "refused", causes, result };
    return undefined;
  }

  /** @param {Pending} pending */
  async #keep(pending) {
    await this.core.store.put("meta", KEY, pending, "strict");
    this.core.state.card.value = pending;
  }

  async #drop() {
    await this.core.store.apply([this.#gone], "strict");
    this.core.state.card.value = null;
  }

  /** @returns {import("../core/store.js").Effect} */
  get #gone() {
    return { store: "meta", remove: KEY };
  }
}
