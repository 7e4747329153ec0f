// @ts-check
/**
 * How documents are registered: a paid sale is on disk first, then `pending` is, then the device agent has the job; whatever ends, or is lost, is
 * asked about and never sent twice (`docs/fiscal-flow.md`). One thing after another, in the order in which it was done at the till.
 */
import { newId } from "../core/bytes.js";
import { read } from "../core/documents.js";
import { TillError } from "../core/errors.js";
import { FISCAL } from "../core/fiscal.js";
import { correction, returns } from "../core/later.js";
import { effect } from "../vendor/preact-signals-htm.js";
import { JOBS, countersOf, countersTold } from "./fiscal-content.js";
import { FiscalRows, begun, settled } from "./fiscal-rows.js";
import { messages, printed } from "./fiscal-said.js";

/** Seconds in which a job must have begun; then it certainly did not. */
const TTL = 60;
/** Milliseconds after which an attempt whose end could not be found out is asked about again. */
const ASK_AGAIN = 5_000;
const FINAL = ["done", "sent-unconfirmed", "uncertain", "failed"];
/** Causes that say nothing against the document: it never came to the register, or the register only wants paper. */
const UNSEEN = /^(agent|job(?!\.kind_unknown)|device|driver|journal|queue|message)\.|^fiscal\.(offline|silent|link_lost|paper_out|cover_open|not_ready|stuck)$/;

/** @typedef {import("./fiscal-rows.js").Row} Row */
/** The register's own words, or what of the content it could not take. @param {{error?: number, text?: string, field?: string, why?: string}} result */
const said = ({ error, text, field, why }) => ({ error: error ?? null, error_text: text ?? (field ? `${field}: ${why}` : null) });

/** @typedef {"attempt" | "settle" | "ask"} Wish `settle`: find out what became of an attempt; `ask`: the register, about an uncertain one */

export class FiscalFlow {
  /** @param {import("../core/core.js").Core} core */
  constructor(core) {
    this.core = core;
    this.rows = new FiscalRows(core, () => this.show());
    /** @type {Map<string, Wish>} by document */
    this.wishes = new Map();
    /** @type {Map<string, (message: any) => void>} who waits for the end of a job */
    this.waiters = new Map();
    /** @type {Map<string, any>} ends of jobs that nobody waited for yet: an end may be told before the answer how a job stood a moment ago */
    this.told = new Map();
    /** @type {Map<string, Row[]>} rows written with a document, until it is safe */
    this.beginning = new Map();
    /** @type {{basket: string, by: string} | null} a manager let this basket be sold without the device */
    this.passed = null;
    /** @type {string | null} the sale that is being cancelled */
    this.cancelling = null;
    /** @type {Promise<void> | null} */
    this.working = null;
    this.ready = false;
    this.alive = false;
    /** @type {(() => void)[]} */
    this.ends = [];
  }

  async restore() {
    await this.rows.restore();
    this.passed = (await this.core.store.get("meta", "fiscal_passed")) ?? null;
  }

  /** From now on the agent's words and the device's health are followed. */
  follow() {
    this.ends = [this.core.agent.hear("state", (message) => this.#stands(message)), effect(() => this.#follow(this.core.state.devices.value))];
  }

  stop() {
    for (const end of this.ends) end();
    this.core.state.fiscal.value = null;
  }

  /** @param {any} devices read, so that every change of theirs comes here */
  #follow(devices) {
    const ready = devices.agent === "connected" && this.core.agent.ready;
    const alive = ready && this.dead() === null;
    if (!ready) this.#lost();
    for (const row of this.rows.open()) {
      if (row.state === "pending" && ready && (!this.ready || (alive && !this.alive))) this.wishes.set(row.document, "settle");
      if (row.state === "uncertain" && alive && !this.alive) this.wishes.set(row.document, "ask");
      if (row.state === "none" && alive && !this.alive) this.wishes.set(row.document, "attempt");
    }
    this.ready = ready;
    this.alive = alive;
    this.show();
    queueMicrotask(() => void this.work());
  }

  /** The agent is gone: nobody will say how a job ends until it is back. */
  #lost() {
    for (const told of this.waiters.values()) told(null);
    this.waiters.clear();
  }

  /** The device as the agent told of it last. */
  device() {
    return this.core.agent.devices.find(({ kind }) => kind === FISCAL) ?? null;
  }

  /** Why nothing can be registered now, or null. @param {boolean} [reached] it is enough that the device answers: its shift may want closing */
  dead(reached = false) {
    if (!this.core.agent.ready) return "fiscal.no_agent";
    const device = this.device();
    if (!device) return "fiscal.no_device";
    const { power, health, causes } = device.state;
    return power === "offline" || (health === "cannot-work" && !(reached && power === "online")) ? (causes[0] ?? "fiscal.offline") : null;
  }

  settings() {
    return { sell_without: false, prints_itself: false, ...this.core.data().fiscal?.[this.core.identity().register] };
  }

  show() {
    const rows = [...this.rows.all.values()].map(({ content, ...row }) => ({ ...row, settled: settled(row), busy: this.waiters.has(row.attempt ?? "") || this.wishes.has(row.document) }));
    this.core.state.fiscal.value = { dead: this.dead(), rows, open: rows.filter((row) => !row.settled).length, refused: this.rows.refused };
  }

  /** Raises `fiscal.dead` {cause} where a sale may not be begun. @param {{id: string}} basket */
  mayStart(basket) {
    const cause = this.dead();
    if (cause && !this.settings().sell_without && this.passed?.basket !== basket.id) throw new TillError("fiscal.dead", { cause });
  }

  /** A manager lets the open basket be sold without the device. @param {string | null} approver */
  pass(approver) {
    return this.core.serial(async () => {
      const basket = this.core.state.basket.peek().id;
      this.passed = { basket, by: this.core.approver(approver) ?? this.core.signedIn().id };
      await this.core.store.put("meta", "fiscal_passed", this.passed);
    });
  }

  /** Raises `fiscal.sale_open` where goods come back of a sale that is not registered: it is registered or cancelled first. @param {string} sale */
  mayRefund(sale) {
    const row = this.rows.all.get(sale);
    if (row && !settled(row) && this.cancelling !== sale) throw new TillError("fiscal.sale_open");
  }

  /** What is written in one transaction with a document: that it is to be registered. Never raises: a paid sale is stored whatever else. @param {any} document */
  beside(document) {
    try {
      const job = JOBS[document.kind];
      if (!job || document.training) return [];
      const row = begun(this.core, document, job, this.passed?.basket === document.basket ? (this.passed?.by ?? null) : null);
      const made = this.cancelling && document.kind === "refund" ? this.#cancelled(row) : { rows: [row], effects: [{ store: "fiscal", key: document.id, put: row }] };
      this.beginning.set(document.id, made.rows);
      return made.effects;
    } catch (error) {
      this.core.report(error);
      return [];
    }
  }

  /** The sale was never registered and is given back whole: neither is anything to register. @param {Row} refund */
  #cancelled(refund) {
    const sale = /** @type {Row} */ (this.rows.all.get(this.cancelling ?? ""));
    const both = [this.rows.next(sale, { state: "none", cause: "fiscal.cancelled" }), this.rows.next({ ...refund, print: false }, { state: "none", cause: "fiscal.cancelled" })];
    return { rows: both.map(({ row }) => row), effects: both.flatMap(({ effects }) => effects) };
  }

  /** A document is safe: what it brings is done. @param {any} document */
  written(document) {
    if (document.kind === "x_report") void this.alone("fiscal.x_report").catch((error) => this.core.report(error));
    for (const row of this.beginning.get(document.id) ?? []) {
      this.rows.remember(row);
      const dead = this.dead(row.job !== "receipt");
      if (dead !== null && !settled(row)) void this.#away(row, dead).catch((error) => this.core.report(error)); // without waiting for those before it
      else if (!settled(row)) this.wishes.set(row.document, "attempt");
    }
    this.beginning.delete(document.id);
    void this.rows.send();
    void this.work();
  }

  /** Whether our own receipt of a document waits for its registration; the drawer does not. @param {any} document @param {boolean} drawer */
  holds(document, drawer) {
    const row = this.rows.all.get(document.id);
    if (row?.job !== "receipt" || row.cause === "fiscal.cancelled") return false;
    if (drawer && this.core.agent.printer !== null) this.core.openDrawer();
    return true;
  }

  /** Does what is wished, the earliest document first. */
  work() {
    this.working ??= this.#work().finally(() => {
      this.working = null;
      this.show();
    });
    return this.working;
  }

  async #work() {
    for (let row = this.#next(); row; row = this.#next()) {
      const wish = /** @type {Wish} */ (this.wishes.get(row.document));
      this.wishes.delete(row.document);
      await this.#grant(row, wish).catch((error) => this.#failed(row, error));
    }
  }

  #next() {
    for (const document of this.wishes.keys()) if (!this.rows.all.has(document)) this.wishes.delete(document);
    return this.rows.open().filter((row) => this.wishes.has(row.document)).sort((a, b) => a.made_at - b.made_at || (a.document < b.document ? -1 : 1))[0];
  }

  /** @param {Row} row @param {Wish} wish */
  async #grant(row, wish) {
    if (wish === "settle") return row.state === "pending" ? this.#settle(row) : undefined;
    if (wish === "ask") return row.state === "uncertain" ? this.#askThenAgain(row) : undefined;
    if (row.state === "pending" || row.state === "uncertain") return undefined;
    const dead = this.dead(row.job !== "receipt");
    if (dead !== null) return this.#away(row, dead);
    if (row.tried && !(await this.#absent(row))) return undefined;
    return this.#attempt(this.rows.all.get(row.document) ?? row);
  }

  /** A question had no answer: what was not tried yet is said to be not registered, the rest stays as it is. @param {Row} row @param {unknown} error */
  async #failed(row, error) {
    if (!(error instanceof TillError)) this.core.report(error);
    const now = this.rows.all.get(row.document) ?? row;
    if (now.state === "pending") setTimeout(() => this.#askSoon(row.document), ASK_AGAIN);
    if (now.state === "none") await this.#away(now, error instanceof TillError ? error.code : "till.failed").catch((failure) => this.core.report(failure));
  }

  /** Without an answer of the agent an attempt would stay open until its connection breaks. @param {string} document */
  #askSoon(document) {
    if (!this.core.agent.ready || this.rows.all.get(document)?.state !== "pending") return;
    this.wishes.set(document, "settle");
    void this.work();
  }

  /** Nothing was tried: it is said once, with the reason, and our own receipt is printed. @param {Row} row @param {string} cause */
  async #away(row, cause) {
    if (row.place > 0 && row.state === "none") return;
    const next = await this.rows.become(row, { state: "none", cause, decided_by: row.decided_by });
    await this.#print(next);
  }

  /** @param {Row} row */
  async #attempt(row) {
    const { core } = this;
    const device = /** @type {{id: string}} */ (this.device());
    const before = row.job === "receipt" ? null : await this.#stateFirst(row, device.id);
    if (before?.done) return;
    const attempt = newId();
    const content = row.sale && !row.content.origin ? { ...row.content, ...(await this.#originOf(row)) } : row.content;
    const ending = this.#ending(attempt);
    await this.rows.become(row, { state: "pending", attempt, tried: true, cause: null, content, counts: before?.counts ?? null });
    try {
      const job = { type: "job", id: attempt, device: device.id, kind: `fiscal.${row.job}`, content, ttl: TTL, copy: 0, made_at: new Date(core.clock.now()).toISOString() };
      this.#stands(await core.agent.request(job));
    } catch (error) {
      const code = error instanceof TillError ? error.code : "agent.silent";
      if (code === "agent.offline" || code === "agent.silent") return void this.waiters.delete(attempt); // asked about when the agent is back
      this.#stands({ job: attempt, state: "failed", causes: [code] });
    }
    await ending;
  }

  /** @param {string} attempt @returns {Promise<void>} until the job has ended and that is on disk, or the agent is gone */
  async #ending(attempt) {
    const message = this.told.get(attempt) ?? (await new Promise((resolve) => this.waiters.set(attempt, resolve)));
    this.waiters.delete(attempt);
    this.told.delete(attempt);
    const row = [...this.rows.all.values()].find((each) => each.attempt === attempt);
    if (message && row?.state === "pending") await this.#ended(row, message);
  }

  /** How a job stands, as the agent says. @param {any} message */
  #stands(message) {
    const row = [...this.rows.all.values()].find((each) => each.attempt === message.job);
    if (FINAL.includes(message.state)) {
      const waiting = this.waiters.get(message.job);
      if (!waiting && row?.state === "pending") this.told.set(message.job, message);
      return waiting?.(message);
    }
    if (row?.state === "pending") this.rows.remember({ ...row, waiting: message.waiting ? message.causes : null });
    return undefined;
  }

  /** @param {Row} row @param {any} message the job's last state */
  async #ended(row, { state, causes, result }) {
    const cause = causes?.[0] ?? "fiscal.unknown";
    if (state === "done") return this.#registered(row, result ?? {});
    if (state !== "failed") return void (await this.rows.become(row, { state: "uncertain", cause }));
    if (UNSEEN.test(cause)) return void (await this.#print(await this.rows.become(row, { state: "none", cause })));
    return void (await this.rows.become(row, { state: "refused", cause, ...said(result ?? {}) }));
  }

  /** `total` of the result: where the register knows no cash rounding, it registered what the lines come to. @param {Row} row @param {any} result @param {string | null} [decided_by] */
  async #registered(row, { counters, total = row.total, ...result }, decided_by = null) {
    const counts = row.counts && counters ? { ...row.counts, device: countersTold(counters) } : row.counts;
    await this.#print(await this.rows.become(row, { state: "registered", cause: null, result, total, decided_by, counts }));
  }

  /** An attempt whose end nobody heard: the agent's journal knows, else the register. @param {Row} row */
  async #settle(row) {
    const attempt = /** @type {string} */ (row.attempt);
    const { jobs } = await this.core.agent.request({ type: "jobs", ids: [attempt] });
    if (jobs.length === 0) return this.#askThenAgain(row);
    const ending = this.#ending(attempt);
    this.#stands(jobs[0]);
    this.show();
    return ending;
  }

  /** The register is asked; what it certainly does not have is attempted anew. @param {Row} row */
  async #askThenAgain(row) {
    if (await this.#absent(row)) this.wishes.set(row.document, "attempt");
  }

  /** Asks the register whether it has the document; true if it certainly has not. The row says what came of it. @param {Row} row */
  async #absent(row) {
    const device = this.device();
    if (!device) return false;
    if (row.job !== "receipt") return this.#absentByState(row, device.id);
    const { operation, total, document, made_at } = row;
    const { found, result } = await this.core.agent.ask(device.id, "find", { document, operation, total, made_at: new Date(made_at).toISOString() });
    if (found === "registered") await this.#registered(row, result ?? {});
    else if (found === "absent") await this.rows.become(row, { state: "none", cause: "fiscal.absent", tried: false });
    else if (row.state !== "uncertain") await this.rows.become(row, { state: "uncertain", cause: "fiscal.unknown" });
    return found === "absent";
  }

  /**
   * A shift tells by its state whether it was opened or closed; money put in or taken out does not, nor a Z that did not reach the book of a driver
   * whose register knows no shifts: it may have been printed. @param {Row} row @param {string} device
   */
  async #absentByState(row, device) {
    const { shift, shift_number, counted_by } = await this.core.agent.ask(device, "state");
    const happened = (row.job === "open_shift" && shift === "open") || (row.job === "z_report" && shift === "closed");
    if (happened) {
      await this.#registered(row, { shift: shift_number });
      return false;
    }
    if (row.job === "open_shift" || (row.job === "z_report" && counted_by !== "driver")) {
      await this.rows.become(row, { state: "none", cause: "fiscal.absent", tried: false });
      return true;
    }
    if (row.state === "pending") await this.rows.become(row, { state: "uncertain", cause: "fiscal.unknown" });
    return row.state === "none" || row.state === "refused"; // it said so, or certainly never saw it
  }

  /** What the register says before its shift is opened or closed. @param {Row} row @param {string} device */
  async #stateFirst(row, device) {
    if (row.job !== "open_shift" && row.job !== "z_report") return null;
    const { shift, shift_number, counters } = await this.core.agent.ask(device, "state");
    if (shift === (row.job === "open_shift" ? "open" : "closed")) {
      await this.rows.become(row, { state: "none", cause: "fiscal.not_needed" });
      return { done: true, counts: null };
    }
    if (row.job === "open_shift") {
      if (shift !== "expired") return null;
      if (row.cause !== "fiscal.shift_expired") await this.rows.become(row, { state: "none", cause: "fiscal.shift_expired" });
      return { done: true, counts: null };
    }
    const till = countersOf(await this.rows.registeredIn(row.shift, shift_number));
    return { done: false, counts: { device: countersTold(counters), till } };
  }

  /** The receipt that a return goes back to, as far as the till or the server knows. @param {Row} row */
  async #originOf(row) {
    const sold = (await this.rows.find(/** @type {string} */ (row.sale)))?.result ?? row.origin;
    if (!sold?.number) return {};
    return { origin: { document: sold.number, ...(sold.device && { device: sold.device }), ...(sold.at && { at: sold.at }) } };
  }

  /** X, or the closing of a shift that is over its time: nothing of the till's waits for it. Raises the cause. @param {string} kind */
  async alone(kind) {
    await this.working; // after what was done before it
    const dead = this.dead(true);
    if (dead !== null) throw new TillError("fiscal.dead", { cause: dead });
    const data = this.core.data();
    const cashier = { name: data.staff.find((person) => person.id === this.core.signedIn().id)?.name ?? "-" };
    const id = newId();
    const message = new Promise((resolve) => this.waiters.set(id, resolve));
    const job = { type: "job", id, device: this.device()?.id, kind, content: { cashier }, ttl: TTL, copy: 0, made_at: new Date(this.core.clock.now()).toISOString() };
    try {
      this.#stands(await this.core.agent.request(job));
      const ended = await message;
      if (ended && ended.state !== "done") throw new TillError("fiscal.report_failed", { cause: ended.causes?.[0] ?? "fiscal.unknown" });
      if (ended?.causes?.includes("fiscal.kept_here")) this.core.report(new TillError("fiscal.kept_here"));
      if (kind === "fiscal.z_report") this.#afterItsShift();
    } finally {
      this.waiters.delete(id);
    }
  }

  /** The register's shift is closed: what waited for that, or for anything else, is tried again. */
  #afterItsShift() {
    for (const row of this.rows.open()) if (row.state === "none" || row.cause === "fiscal.shift_expired") this.wishes.set(row.document, "attempt");
    void this.work();
  }

  /** Our own receipt, once, when it is known what to say of its registration. @param {Row} row */
  async #print(row) {
    if (!row.print) return;
    const itself = row.state === "registered" && this.settings().prints_itself;
    this.rows.remember({ ...row, print: false });
    await this.core.store.put("fiscal", row.document, { ...row, print: false }, "relaxed");
    const kept = await this.core.store.get("documents", row.document);
    if (kept && !itself && this.core.agent.printer !== null) await this.core.printing.print(read(kept), { more: printed(row) });
  }

  /** What our own receipt says of a document's registration, also when it is printed again. @param {string} document */
  async printed(document) {
    const row = await this.rows.find(document);
    return row && row.cause !== "fiscal.cancelled" ? printed(row) : undefined;
  }

  /** What people should know, for the bars. */
  messages() {
    return messages(this.dead(), [...this.rows.all.values()], this.rows.refused);
  }

  /** @param {string} document @returns {Row} */
  #open(document) {
    const row = this.rows.all.get(document);
    if (!row || settled(row)) throw new TillError("fiscal.settled");
    return row;
  }

  /** Asks the register about an uncertain document again. Raises `fiscal.dead`. @param {string} document */
  ask(document) {
    return this.#wish(document, this.#open(document).state === "pending" ? "settle" : "ask");
  }

  /** Registers what is not: at once, or where an attempt was made after the register said that it has nothing. @param {string} document */
  retry(document) {
    return this.#wish(document, "attempt");
  }

  /** @param {string} document @param {Wish} wish */
  async #wish(document, wish) {
    const row = this.#open(document);
    const dead = this.dead(row.job !== "receipt");
    if (dead !== null) throw new TillError("fiscal.dead", { cause: dead });
    this.wishes.set(document, wish);
    this.show();
    await this.work();
  }

  /** A refused one waits in the list. @param {string} document */
  async later(document) {
    const row = this.#open(document);
    if (row.state === "refused") await this.#print(await this.rows.become(row, { state: "none", cause: "fiscal.later", tried: false }));
  }

  /** A person looked at the register's tape. @param {string} document @param {{number: number | null, approver: string | null}} said its number, or null: it is not there */
  decide(document, { number, approver }) {
    return this.core.serial(async () => {
      const row = this.#open(document);
      if (row.state !== "uncertain") throw new TillError("fiscal.settled");
      if (number !== null && !(Number.isSafeInteger(number) && number > 0)) throw new TillError("fiscal.number_invalid");
      const by = this.core.approver(approver) ?? this.core.signedIn().id;
      if (number !== null) return this.#registered(row, { number }, by);
      return void (await this.rows.become(row, { state: "none", cause: "fiscal.decided_absent", tried: false, decided_by: by }));
    });
  }

  /** Takings that no fiscal receipt was given for. @param {import("./fiscal-correction.js").Said} said */
  async correct(said) {
    const { correct } = await correction();
    return correct(this, said);
  }

  /** A correction that no register has is not wanted any more. @param {string} document */
  withdraw(document) {
    return this.core.serial(async () => {
      const row = this.#open(document);
      if (row.job !== "correction" || !["none", "refused"].includes(row.state) || this.wishes.has(document)) throw new TillError("fiscal.settled");
      await this.rows.become(row, { state: "none", cause: "fiscal.withdrawn" });
    });
  }

  /** The sale is given back whole; no register ever knew of it. @param {string} document @param {"cash" | "card"} tender @param {string} reason */
  cancel(document, tender, reason) {
    return this.core.serial(async () => {
      const row = this.#open(document);
      if (row.kind !== "sale" || !["none", "refused"].includes(row.state) || this.wishes.has(document)) throw new TillError("fiscal.settled");
      const { Refunds } = await returns();
      const refunds = (this.core.returning ??= new Refunds(this.core));
      const started = await refunds.start(/** @type {string} */ (row.receipt), { by: null }); // a sale undone, whatever the goods
      const lines = started.lines.map((/** @type {any} */ { line, left }) => ({ line, quantity: left }));
      this.cancelling = document;
      try {
        return await refunds.refund({ document, lines, tender, reason });
      } finally {
        this.cancelling = null;
      }
    });
  }

  /** The register was taken away for good. @param {string | null} approver */
  forget(approver) {
    return this.core.serial(async () => {
      if (this.dead() !== "fiscal.no_device" || this.rows.open().length) throw new TillError("fiscal.not_gone");
      this.core.approver(approver);
      await this.core.fiscal.close();
    });
  }
}
