// @ts-check
/** The parts of the till, put together once. Verbs take one another from here. */
import { computed } from "../vendor/preact-signals-htm.js";
import { Accounts } from "./accounts.js";
import { AgentLink } from "./agent.js";
import { Catalogue } from "./catalogue.js";
import { PARTS } from "./catalogue-worker.js";
import { Checkout } from "./checkout.js";
import { Clock, localTime } from "./clock.js";
import { Documents } from "./documents.js";
import { TillError } from "./errors.js";
import { Identities } from "./identity.js";
import { Pins } from "./pin.js";
import { Printing } from "./printing.js";
import { quoteOf } from "./quote.js";
import { Refunds } from "./refund.js";
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
    this.documents = new Documents({ store, clock: this.clock, register: () => this.identity(), who: () => this.#who(), written: (row) => this.#written(row) });
    this.sync = new Sync({
      store,
      clock: this.clock,
      key: () => this.key(),
      answered: (row) => this.agent.release(row),
      pull: () => this.pull("changes"),
      changed: (state) => (this.state.sync.value = state),
    });
    this.agent = new AgentLink(this);
    this.printing = new Printing(this);
    this.pins = new Pins({ store, clock: this.clock, documents: this.documents });
    this.identities = new Identities(this);
    this.staff = new Staff(this);
    this.shifts = new Shifts(this);
    this.selling = new Selling(this);
    this.checkout = new Checkout(this);
    this.refunds = new Refunds(this);
    this.scans = new Scans(this);
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
    return quoteOf(basket, this.data(), localTime(at, this.zone()), at);
  }

  /** A document is safe on disk: to the server and to the agent's second copy. @param {import("./documents.js").Row} row */
  #written(row) {
    this.sync.kick();
    this.agent.keep(row);
  }

  /** @param {any} document @param {{drawer?: boolean}} [how] */
  print(document, how) {
    void this.printing.print(document, how).catch((error) => this.report(error));
  }

  openDrawer() {
    void this.printing.openDrawer().catch((error) => this.report(error));
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
