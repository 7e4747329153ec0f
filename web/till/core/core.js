// @ts-check
/** The parts of the till, put together once. Verbs take one another from here. */
import { computed } from "../vendor/preact-signals-htm.js";
import { Accounts } from "./accounts.js";
import { AgentLink } from "./agent.js";
import { Catalogue } from "./catalogue.js";
import { Checkout } from "./checkout.js";
import { Clock, localTime } from "./clock.js";
import { Documents } from "./documents.js";
import { TillError } from "./errors.js";
import { FiscalDoor } from "./fiscal.js";
import { Holding } from "./holding.js";
import { Identities } from "./identity.js";
import { Newcomers } from "./newcomers.js";
import { PARTS } from "./parts.js";
import { leftOf, uncounted } from "./limits.js";
import { Pins } from "./pin.js";
import { Printing } from "./printing.js";
import { quoteOf, readable, ruleSetAt } from "./quote.js";
import { Scans } from "./scan.js";
import { Selling } from "./selling.js";
import { Shifts } from "./shift.js";
import { Staff } from "./staff.js";
import { createState } from "./state.js";
import { Sync } from "./sync.js";

const PULL_TIMEOUT = 120_000;
/** Searching is made quick once the till stands. */
const WARM_AFTER = 1_500;

export class Core {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.state = createState();
    this.clock = new Clock();
    this.catalogue = new Catalogue();
    this.accounts = new Accounts({ key: () => this.key(), salt: () => this.data().settings.card_salt, online: () => this.sync.state.online });
    this.documents = new Documents({ store, clock: this.clock, register: () => this.identity(), who: () => this.#who(), beside: (document) => this.fiscal.flow?.beside(document) ?? [], written: (row, document) => this.#written(row, document) });
    this.sync = new Sync({
      store,
      clock: this.clock,
      key: () => this.key(),
      answered: (row) => this.#answered(row),
      pull: async () => {
        await this.newcomers.send();
        void this.fiscal.flow?.rows.send();
        await this.pull("changes");
      },
      changed: (state) => (this.state.sync.value = state),
    });
    this.agent = new AgentLink(this);
    this.printing = new Printing(this);
    this.fiscal = new FiscalDoor(this);
    this.pins = new Pins({ store, clock: this.clock, documents: this.documents });
    this.identities = new Identities(this);
    this.staff = new Staff(this);
    this.shifts = new Shifts(this);
    this.selling = new Selling(this);
    this.holding = new Holding(this);
    this.checkout = new Checkout(this);
    /** @type {import("./refund.js").Refunds | null} once anything was given back */
    this.returning = null;
    this.scans = new Scans(this);
    this.newcomers = new Newcomers(this);
    this.quote = computed(() => this.#quote());
    this.paying = computed(() => this.checkout.now());
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
    this.asks = 0;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: unknown) => void}>} */
    this.asked = new Map();
  }

  /**
   * One verb after another: what a verb reads is what the one before it left.
   * @template T @param {() => T | Promise<T>} verb @returns {Promise<T>}
   */
  serial(verb) {
    const turn = this.turn.then(verb);
    this.turn = turn.catch(() => {});
    return turn;
  }

  /** @returns {import("./state.js").Identity} */
  identity() {
    const identity = this.state.identity.peek();
    if (!identity) throw new TillError("register.not_paired");
    return identity;
  }

  /** @returns {import("./http.js").Key | null} */
  key() {
    return this.state.identity.peek();
  }

  /** @returns {import("./state.js").Data} */
  data() {
    const data = this.state.data.value;
    if (!data) throw new TillError("catalogue.not_loaded");
    return data;
  }

  zone() {
    const { settings, outlet } = this.data();
    return settings.zone ?? outlet.zone;
  }

  /** @returns {import("./state.js").Person} */
  signedIn() {
    const cashier = this.state.cashier.peek();
    if (!cashier) throw new TillError("not_signed_in");
    return cashier;
  }

  #who() {
    return { staff: this.state.cashier.peek()?.id ?? null, shift: this.state.shift.peek()?.id ?? null };
  }

  /** @param {string | null} approver @returns {string | null} */
  approver(approver) {
    return this.staff.approved(approver);
  }

  #quote() {
    const basket = this.state.basket.value;
    if (!this.state.data.value) return null;
    void this.state.minute.value; // hours of a rule begin and end while the basket is open
    return this.quoteOf(basket);
  }

  /** @param {import("./basket.js").Basket} basket */
  quoteOf(basket) {
    const at = basket.pricedAt ?? this.clock.now();
    const pinned = basket.state === "paying" ? basket : { ...basket, left: this.left(basket) };
    return quoteOf(pinned, this.data(), localTime(at, this.zone()), at);
  }

  /** What rules' limits leave for the basket as far as the till knows. @param {import("./basket.js").Basket} basket @param {boolean} [online] */
  left(basket, online = this.state.sync.value.online) {
    const data = this.data();
    const account = basket.account?.id ?? null;
    const used = (account && this.accounts.account(account)?.used) ?? {};
    const own = uncounted(this.state.ownUses.value, this.clock.now());
    return leftOf(ruleSetAt(data, basket.pricedAt ?? this.clock.now()), data.limits ?? {}, used, own, account, online);
  }

  /** What this till took that the server's figures may not count yet. @param {string} what @param {string | null} account null: of whomever */
  ownSum(what, account) {
    const mine = uncounted(this.state.ownUses.peek(), this.clock.now()).filter((use) => use.rule === what && (account === null || use.account === account));
    return mine.reduce((total, use) => total + use.sum, 0);
  }

  /** The server has a document: the second copy may go, and soon its figures count what it used. @param {import("./documents.js").Row} row */
  #answered(row) {
    this.agent.release(row);
    const now = this.clock.now();
    const own = this.state.ownUses.peek();
    if (own.some((use) => use.document === row.id)) this.keepUses(uncounted(own, now).map((use) => (use.document === row.id ? { ...use, sent: now } : use)));
  }

  /** @param {import("./limits.js").OwnUse[]} uses */
  keepUses(uses) {
    this.state.ownUses.value = uses;
    void this.store.put("meta", "own_uses", uses, "relaxed").catch((error) => this.report(error));
  }

  /** A document is safe on disk: to the server, to the agent's second copy and to the fiscal register. @param {import("./documents.js").Row} row @param {any} document */
  #written(row, document) {
    this.sync.kick();
    this.agent.keep(row);
    this.fiscal.flow?.written(document);
  }

  /** @param {any} document @param {{drawer?: boolean}} [how] */
  print(document, how) {
    if (this.fiscal.flow?.holds(document, Boolean(how?.drawer))) return; // it says how the document was registered
    void this.printing.print(document, how).catch((error) => this.report(error));
  }

  /** @param {string} [reason] none: for a sale */
  openDrawer(reason) {
    void this.printing.openDrawer(reason).catch((error) => this.report(error));
  }

  /** A failure nobody waits for. @param {unknown} error */
  report(error) {
    const known = error instanceof TillError ? error : new TillError("till.failed", { reason: String(error) });
    console.error(known.code, known.fields);
    this.state.trouble.value = { code: known.code, fields: known.fields };
  }

  /** What the last pull left in the database, into memory. */
  async load() {
    const { store } = this;
    const names = [...PARTS, "cursor", "pulled_at"];
    const [values, products, accounts] = await store.transaction(["meta", "products", "accounts"], "read", (tx) => {
      const get = (/** @type {IDBRequest} */ request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
      return Promise.all([Promise.all(names.map((name) => get(tx.objectStore("meta").get(name)))), get(tx.objectStore("products").getAll()), get(tx.objectStore("accounts").getAll())]);
    });
    if (values[names.indexOf("cursor")] === undefined) return false;
    this.catalogue.fill(products);
    this.accounts.fill(accounts);
    this.newcomers.known();
    setTimeout(() => void this.catalogue.warm().then(() => this.accounts.warm()), WARM_AFTER);
    this.#adopt(Object.fromEntries(names.map((name, at) => [name, values[at]])));
    return true;
  }

  /** @param {any} data */
  #adopt(data) {
    this.state.data.value = data;
    this.state.catalogued.value += 1;
    const cashier = this.state.cashier.peek();
    if (cashier) this.state.cashier.value = data.staff.find((/** @type {any} */ person) => person.id === cashier.id) ?? null;
  }

  /** Fetches in the worker, then brings memory up to date. @param {"copy" | "changes"} what */
  async pull(what) {
    const answer = await this.#ask(what);
    if (answer.full) {
      await this.load();
      return;
    }
    const { products, accounts, parts } = answer.changed;
    this.catalogue.merge(products);
    this.accounts.merge(accounts);
    const names = [...new Set([...parts, "cursor", "pulled_at"])];
    const values = await Promise.all(names.map((name) => this.store.get("meta", name)));
    const data = { ...this.data(), ...Object.fromEntries(names.map((name, at) => [name, values[at]])) };
    if (products.length || accounts.length || parts.length) this.#adopt(data);
    else this.state.data.value = data;
  }

  /** @param {string} what @returns {Promise<any>} */
  #ask(what) {
    this.worker ??= this.#startWorker();
    const ask = (this.asks += 1);
    const answer = new Promise((resolve, reject) => {
      this.asked.set(ask, { resolve, reject });
      setTimeout(() => reject(new TillError("server.unreachable", { reason: "the catalogue worker does not answer" })), PULL_TIMEOUT);
    });
    this.worker.postMessage({ ask, what, key: this.identity() });
    return answer.finally(() => this.asked.delete(ask));
  }

  #startWorker() {
    const worker = new Worker(new URL("./catalogue-worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => {
      if (data.judge) return worker.postMessage({ judged: data.judge.map(readable) });
      const waiting = this.asked.get(data.ask);
      if (data.ok) waiting?.resolve(data);
      else waiting?.reject(new TillError(data.code, data.fields));
    });
    worker.addEventListener("error", (event) => {
      for (const waiting of this.asked.values()) waiting.reject(new TillError("sync.failed", { reason: event.message }));
    });
    return worker;
  }
}
