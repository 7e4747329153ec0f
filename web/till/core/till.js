// @ts-check
/** What screens see of the till: signals to read and verbs to call. Verbs wait for one another; failures are `TillError`. */
import { computed, effect, signal } from "../vendor/preact-signals-htm.js";
import { priceAt } from "./catalogue.js";
import { Core } from "./core.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { freshLog } from "./fresh-log.js";
import { clients, day, display, joining, line, payment, returns } from "./later.js";
import { LANGUAGES, language, loadTexts, named, useRuleNames, useShop } from "./i18n.js";
import { messagesOf, staleSince } from "./messages.js";
import { notes } from "./payment.js";
import { ageFor, ageToAsk } from "./regulations.js";
import { listen } from "./scanner.js";
import { reported } from "./shift.js";
import { open } from "./store.js";
import { TillLock } from "./tab-lock.js";
import { hearScanners } from "../devices/scanner.js";

const MINUTE = 15_000;

/** @type {{value: Core | null, peek(): Core | null}} */
const core = signal(null);
/** @type {{value: "starting" | "insecure" | "other-tab" | "broken" | "running", peek(): string}} */
const stage = signal("starting");
/** @type {{value: {code: string, fields: object} | null}} */
const failure = signal(null);
/** @type {{value: {at: number, text: string, result: import("./scan.js").Scanned} | null, peek(): any}} */
const scanned = signal(null);
const dismissed = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** @returns {Core} */
function running() {
  const found = core.peek();
  if (!found) throw new TillError("till.not_started");
  return found;
}

/** A signal of the core's state, `empty` until it runs. @template T @param {(core: Core) => T} of @param {T} empty */
const seen = (of, empty) => computed(() => (core.value ? of(core.value) : empty));
/** A verb: after the ones before it. @template {any[]} A @template R @param {(core: Core, ...args: A) => R | Promise<R>} verb @returns {(...args: A) => Promise<R>} */
const verb =
  (verb) =>
  async (...args) => {
    const till = running();
    return till.serial(() => verb(till, ...args));
  };

/**
 * A verb of a part, which is loaded before its turn comes: no other verb waits for it.
 * @template P @template {any[]} A @template R
 * @param {() => Promise<P>} part @param {(part: P, core: Core, ...args: A) => R | Promise<R>} verb @returns {(...args: A) => Promise<R>}
 */
const laterVerb =
  (part, verb) =>
  async (...args) => {
    const till = running();
    const found = await part();
    return till.serial(() => verb(found, till, ...args));
  };

/** @param {Core} core */
function begun({ returning }) {
  if (!returning) throw new TillError("refund.not_started");
  return returning;
}

/** @param {Core} till @param {any} product */
const shownProduct = (till, product) => ({
  seq: product.seq,
  name: named(product.names),
  price: priceAt(product, till.clock.now()) ?? 0,
  unit: product.unit,
  code: product.barcodes[0]?.[0] ?? null,
  category: product.category,
});

/** What was scanned with goods as screens show them. @param {Core} till @param {import("./scan.js").Scanned} result */
function shownResult(till, result) {
  if (result.kind === "weigh") return { ...result, product: shownProduct(till, result.product) };
  if (result.kind !== "choice") return result;
  return { ...result, candidates: result.candidates.map(({ product, quantity }) => ({ ...shownProduct(till, product), quantity })) };
}

/** @type {WeakMap<import("./basket.js").Line, import("./basket.js").Line & {printed: string}>} */
const shownLines = new WeakMap();

/** The same object for as long as line and language are the same, so that only lines that changed are drawn anew. @param {import("./basket.js").Line} line */
function shownLine(line) {
  const name = named(line.names) || line.name;
  const before = shownLines.get(line);
  if (before?.name === name) return before;
  const shown = { ...line, printed: line.name, name };
  shownLines.set(line, shown);
  return shown;
}

/** @param {import("./basket.js").Basket} basket */
const shownBasket = (basket) => ({ ...basket, lines: basket.lines.map(shownLine) });

export const till = {
  ready: computed(() => {
    if (stage.value !== "running" || !core.value) return stage.value === "running" ? "starting" : stage.value;
    const { identity, data, cashier, shift } = core.value.state;
    if (!identity.value || !data.value) return "unpaired";
    if (!cashier.value) return "signed-out";
    return shift.value ? "ready" : "no-shift";
  }),
  failure,
  identity: seen(({ state }) => {
    if (!state.identity.value) return null;
    const { register, epoch, prefix, outlet, agent } = state.identity.value;
    return { register, epoch, prefix, outlet: state.data.value?.outlet ?? outlet, agent: agent?.url };
  }, null),
  settings: seen(({ state }) => state.data.value?.settings ?? {}, {}),
  staff: seen(({ state }) => (state.data.value?.staff ?? []).map(({ id, name, role, language }) => ({ id, name, role, language })), []),
  cashier: seen(({ state }) => state.cashier.value, null),
  shift: seen(({ state }) => state.shift.value, null),
  basket: seen(({ state }) => shownBasket(state.basket.value), /** @type {any} */ ({ id: "", lines: [], account: null, claimed: [], state: "open" })),
  canUndo: seen(({ state }) => state.basket.value.steps.length > 0 && state.tenders.value.length === 0, false),
  /** The age that the buyer has to be asked for now, or 0. */
  age: seen(({ state }) => ageToAsk(state.data.value, state.basket.value), 0),
  quote: seen((running) => running.quote.value, null),
  parked: seen(({ state }) => state.parked.value.map(shownBasket), []),
  paying: seen((running) => (running.state.data.value ? running.paying.value : null), null),
  /** The card payment that goes on, {phase, kind, amount, status, causes, result}, or null. */
  card: seen(({ state }) => state.card.value, null),
  lastReceipt: seen(({ state }) => state.lastReceipt.value, null),
  sync: seen(({ state }) => ({ ...state.sync.value, staleSince: staleSince(state.data.value, Date.now()) }), /** @type {any} */ ({ online: false, unsent: 0, quarantined: 0, conflict: 0, lastSeen: null, staleSince: null })),
  devices: seen(({ state }) => state.devices.value, /** @type {any} */ ({ agent: "none", all: [], printer: { health: "unknown", causes: [] }, jobs: [] })),
  storage: seen(({ state }) => state.device.value, null),
  /** How documents stand with the fiscal register: {dead, rows, open, refused}; null where there is none. */
  fiscal: seen(({ state }) => state.fiscal.value, /** @type {any} */ (null)),
  /** What the shop does with points: {value, share, least}, or null. */
  points: seen(({ state }) => state.data.value?.settings.points ?? null, null),
  /** The account of the open basket as its row says: points that wait or end, debt, the next tier. */
  holder: seen((running) => {
    void running.state.catalogued.value;
    const id = running.state.basket.value.account?.id;
    return (id && running.accounts.account(id)) || null;
  }, /** @type {any} */ (null)),
  /** What the server did not hold for this checkout: [{code, fields}]. */
  refused: seen(({ state }) => state.refused.value, /** @type {any[]} */ ([])),
  /** The latest code that was scanned or typed, and what it was: a choice, a receipt and a badge are for a screen to act on. */
  scanned,
  denominations: seen(({ state }) => {
    const settings = state.data.value?.settings;
    return settings ? notes(settings.currency, settings.exponent).reverse() : [];
  }, /** @type {number[]} */ ([])),
  names: seen(({ state }) => {
    const { tiers = [], categories = [] } = state.data.value?.names ?? {};
    const byCode = (/** @type {any[]} */ list) => Object.fromEntries(list.map(({ code, names }) => [code, named(names)]));
    return { tiers: byCode(tiers), categories: byCode(categories), claimable: categories.filter((/** @type {any} */ each) => each.claimable).map((/** @type {any} */ each) => each.code) };
  }, /** @type {any} */ ({ tiers: {}, categories: {}, claimable: [] })),
  /** Tiles by their top category: [{id, name, products}]. */
  tiles: seen((running) => {
    void running.state.catalogued.value;
    const names = new Map((running.state.data.value?.categories ?? []).map((/** @type {any} */ category) => [category.id, category.names]));
    /** @type {Map<number, any>} */
    const groups = new Map();
    for (const product of running.catalogue.tiles()) {
      const top = product.category.at(-1) ?? 0;
      if (!groups.has(top)) groups.set(top, { id: top, name: named(names.get(top)), products: [] });
      groups.get(top).products.push(shownProduct(running, product));
    }
    return [...groups.values()];
  }, /** @type {any[]} */ ([])),
  messages: computed(() => {
    const now = core.value;
    const trouble = now?.state.trouble.value ?? null;
    if (!now) return [];
    const { sync, devices, device, data } = now.state;
    void now.state.minute.value;
    void now.state.fiscal.value;
    return messagesOf({ more: now.fiscal.flow?.messages(), sync: sync.value, devices: devices.value, device: device.value, data: data.value, now: Date.now(), trouble, scanned: scanned.value, dismissed: dismissed.value });
  }),
  language,

  pair: verb((core, /** @type {string} */ code) => core.identities.pair(code)),
  joinDevices: laterVerb(joining, ({ join }, core, /** @type {string} */ code, /** @type {number} */ port) => join(core, code, port)),
  leaveDevices: laterVerb(joining, ({ leave }, core) => leave(core)),
  signIn: verb((core, /** @type {string} */ id, /** @type {string} */ pin) => core.staff.signIn(id, pin)),
  signOut: verb((core) => core.staff.signOut()),
  approve: verb((core, /** @type {string} */ id, /** @type {string} */ pin) => core.staff.approve(id, pin)),

  openShift: laterVerb(day, ({ openShift }, core, /** @type {{float: number, counts?: any[]}} */ opening) => openShift(core, opening)),
  /** Totals so far, without telling the chain. */
  shiftTotals: verb((core) => reported(core.shifts.current())),
  xReport: laterVerb(day, ({ xReport }, core) => xReport(core)),
  closeShift: laterVerb(day, ({ closeShift }, core, /** @type {any} */ closing) => closeShift(core, closing)),
  cashIn: laterVerb(day, ({ moveCash }, core, /** @type {any} */ movement) => moveCash(core, "cash_in", movement)),
  cashOut: laterVerb(day, ({ moveCash }, core, /** @type {any} */ movement) => moveCash(core, "cash_out", movement)),
  openDrawer: laterVerb(day, ({ openDrawer }, core, /** @type {string} */ reason, /** @type {string | null} */ approver = null) => openDrawer(core, reason, approver)),

  scan: verb(async (core, /** @type {string} */ text, /** @type {import("../devices/gs1.js").Told | null} */ told = null) => {
    const result = await core.scans.scan(text, told);
    const shown = shownResult(core, result);
    scanned.value = { at: (scanned.peek()?.at ?? 0) + 1, text, result: shown };
    return shown;
  }),
  addProduct: verb((core, /** @type {number} */ seq, /** @type {number} */ quantity, /** @type {"search" | "tile" | "scan"} */ entry = "search", /** @type {string | null} */ code = null) => {
    const product = core.catalogue.product(seq);
    if (!product) throw new TillError("product.not_known");
    return core.selling.add(product, { quantity, entry, code });
  }),
  setQuantity: verb((core, /** @type {string} */ key, /** @type {number} */ quantity) => core.selling.setQuantity(key, quantity)),
  setManual: laterVerb(line, ({ setManual }, core, /** @type {string} */ key, /** @type {any} */ manual) => setManual(core, key, manual)),
  removeLine: verb((core, /** @type {string} */ key) => core.selling.removeLine(key)),
  confirmAge: verb((core, /** @type {number} */ age) => core.selling.confirmAge(age)),
  refuseAge: verb((core, /** @type {number} */ age) => core.selling.refuseAge(age)),
  /** The least age for a line's goods, or 0. @param {import("./basket.js").Line} line */
  ageFor: (line) => ageFor(running().data(), line),
  /** The shop's date now: "2027-01-31". */
  today: () => running().selling.localNow().date,
  undo: verb((core) => core.selling.undo()),
  voidBasket: verb((core, /** @type {string} */ reason) => core.selling.voidBasket(reason)),
  attachAccount: verb((core, /** @type {string} */ id) => core.selling.attachAccount(id)),
  detachAccount: verb((core) => core.selling.detachAccount()),
  claim: verb((core, /** @type {string} */ category) => core.selling.claim(category)),
  unclaim: verb((core, /** @type {string} */ category) => core.selling.unclaim(category)),
  /** An account for a card that is nobody's yet, in the basket at once. */
  openAccount: laterVerb(clients, ({ openAccount }, core, /** @type {string} */ card) => openAccount(core, card)),
  fillIn: laterVerb(clients, ({ fillIn }, core, /** @type {string} */ account, /** @type {any} */ form) => fillIn(core, account, form)),
  /** Who has the phone that is being typed: [{account, name, phone, whole}]. @param {string} phone */
  samePhone: async (phone) => (await clients()).samePhone(running(), phone),
  /** Coupons and points change the price, while it is being paid too. */
  addCoupon: verb((core, /** @type {string} */ code) => core.selling.addCoupon(code)),
  removeCoupon: verb((core, /** @type {string} */ code) => core.selling.removeCoupon(code)),
  spendPoints: verb((core, /** @type {number} */ points) => core.selling.spendPoints(points)),
  takeGift: verb((core, /** @type {string} */ rule, /** @type {number} */ seq) => core.selling.takeGift(rule, seq)),
  sellGiftCard: laterVerb(clients, ({ sellGiftCard }, core, /** @type {string} */ number, /** @type {number} */ amount, /** @type {string} */ name) => sellGiftCard(core, number, amount, name)),
  /** What a gift card may pay now: {id, available, balance}. @param {string} number */
  giftCard: async (number) => (await clients()).giftCardOf(running(), number),
  /** A product as tiles show it. @param {number} seq */
  product(seq) {
    const found = core.peek();
    const product = found?.catalogue.product(seq);
    return found && product ? shownProduct(found, product) : null;
  },
  passLimit: laterVerb(clients, ({ passLimit }, core, /** @type {string} */ limit, /** @type {string | null} */ approver) => passLimit(core, limit, approver)),
  payDebt: laterVerb(day, ({ payDebt }, core, /** @type {any} */ payment) => payDebt(core, payment)),
  park: verb((core) => core.selling.park()),
  recall: verb((core, /** @type {string} */ id) => core.selling.recall(id)),

  /** @param {string} text */
  search(text) {
    const found = core.peek();
    if (!found) return { products: [], accounts: [] };
    return { products: found.catalogue.search(text).map((product) => shownProduct(found, product)), accounts: found.accounts.search(text) };
  },
  /** @param {string} text */
  lookupAccounts: async (text) => running().accounts.byPhone(text),

  startPayment: verb((core) => core.checkout.start()),
  addTender: verb((core, /** @type {any} */ tender) => core.checkout.addTender(tender)),
  removeTender: verb((core, /** @type {number} */ at) => core.checkout.removeTender(at)),
  /** What `devices/card-terminal.js` can do, by name; what comes of it is told by `till.card`. */
  atTerminal: laterVerb(payment, (part, core, /** @type {string} */ what, .../** @type {any[]} */ args) => /** @type {any} */ (part.terminalOf(core))[what](...args)),
  leavePayment: verb((core) => core.checkout.leave()),
  finish: verb((core) => core.checkout.finish()),

  /** This register's latest receipts, the newest first. */
  receipts: async () => {
    const rows = await running().documents.recentReceipts(100);
    return rows.map((row) => {
      const { id, kind, receipt, made_at, totals } = read(row);
      return { id, kind, receipt, made_at, total: totals.total, state: row.state };
    });
  },
  startRefund: laterVerb(returns, ({ Refunds }, core, /** @type {string} */ receipt) => (core.returning ??= new Refunds(core)).start(receipt)),
  /** What the chosen lines give back and how: {total, parts: [{kind, amount, reference}], points}. @param {{line: number, quantity: number}[]} lines @param {"cash" | "card"} tender */
  refundPreview: (lines, tender) => begun(running()).preview(lines, tender),
  /** A manager lets goods come back that the law does not take back. */
  allowReturn: verb((core, /** @type {string | null} */ approver) => begun(core).allow(approver)),
  refund: verb((core, /** @type {any} */ wish) => begun(core).refund(wish)),
  /** The verbs on the fiscal register, for its own screens; null where there is none. */
  get fiscalFlow() {
    return core.peek()?.fiscal.flow ?? null;
  },
  reprint: verb((core, /** @type {string} */ id) => core.printing.reprint(id)),
  /** What a device answers now. @param {string} device @param {string} question @param {object} [content] */
  ask: async (device, question, content) => running().agent.ask(device, question, content),
  /** Looks at a device until the answered function is called. @param {string} device */
  watch: (device) => running().agent.watch(device),
  /** What the agent tells by itself: "said", "state" or "event"; until the answered function is called. @param {import("./agent.js").Told} type @param {(message: any) => void} listener */
  hear: (type, listener) => running().agent.hear(type, listener),
  /** @param {string} id */
  retryPrint: async (id) => running().printing.retry(id),
  /** @param {string} id */
  dismissPrint: async (id) => running().printing.dismiss(id),

  /** @param {string} id */
  dismiss(id) {
    dismissed.value = new Set([...dismissed.peek(), id]);
    if (id.startsWith("trouble:")) running().state.trouble.value = null;
  },
  /** What a message offers. @param {string} id @param {string} action */
  async answer(id, action) {
    const job = id.replace(/^job:/, "");
    if (action === "retry_print") await running().printing.retry(job);
    if (action === "dismiss_print") await running().printing.dismiss(job);
  },
  /** @param {string} code */
  async setLanguage(code) {
    if (!LANGUAGES.includes(code)) return;
    language.value = code;
    await core.peek()?.store.put("meta", "language", code, "relaxed");
  },
};

/** @returns {Promise<void>} resolves when the till runs, or says why it does not; never rejects */
export async function start() {
  const texts = loadTexts();
  /** @type {(value: unknown) => void} */
  let running = () => {};
  const ready = new Promise((resolve) => (running = resolve));
  listen({ ready, scanned: (text) => till.scan(text), failed: (error) => core.peek()?.report(error) });
  if (!globalThis.isSecureContext) {
    await texts;
    stage.value = "insecure";
    return;
  }
  try {
    const lock = new TillLock();
    if (!(await lock.take())) {
      await texts;
      stage.value = "other-tab";
      await lock.wait();
    }
    await run(texts);
    running(undefined);
  } catch (error) {
    await texts;
    const known = error instanceof TillError ? error : new TillError("till.failed", { reason: String(error) });
    console.error(error);
    failure.value = { code: known.code, fields: known.fields };
    stage.value = "broken";
  }
}

/** @param {Promise<void>} texts */
async function run(texts) {
  const store = await open();
  const made = new Core(store);
  await made.identities.restore();
  const [, kept] = await Promise.all([made.load(), store.get("meta", "language"), made.shifts.restore(), made.selling.restore(), made.printing.restore(), made.newcomers.restore(), made.fiscal.restore(), texts]);
  made.staff.restore();
  language.value = kept ?? LANGUAGES.find((code) => navigator.language.startsWith(code)) ?? "en";
  made.state.card.value = (await store.get("meta", "card_payment")) ?? null;
  const persisted = await navigator.storage?.persist?.().catch(() => null);
  made.state.device.value = { persisted: persisted ?? null, clockOffset: 0, clockJumped: false, lost: store.lost };
  core.value = made;
  stage.value = "running";
  void freshLog(store);
  follow(made);
  void made.sync.start();
  hearScanners(made.agent, (text, told) => void till.scan(text, told).catch((error) => made.report(error)));
  if (made.state.card.peek()) await payment().then((part) => part.terminalOf(made)).catch((error) => made.report(error));
  followDisplays(made);
  made.agent.start();
}

/** What customers see is loaded once there is something to see it on: a display of two lines, or a second window that says hello. @param {Core} made */
function followDisplays({ state }) {
  const load = () => void display().then((part) => part.followDisplays(till), () => undefined);
  new BroadcastChannel("tillcard-display").onmessage = ({ data }) => data?.type === "hello" && load();
  let loaded = false;
  effect(() => {
    if (loaded || !state.devices.value.all.some((/** @type {any} */ each) => each.kind === "customer-display")) return;
    loaded = true;
    load();
  });
}

/** What follows from state: formats from the shop's settings, the minute for rules with hours, the clock's health. @param {Core} made */
function follow(made) {
  const { state, clock } = made;
  const tick = () => {
    state.minute.value = Math.floor(clock.now() / 60_000);
    state.device.value = { ...state.device.peek(), clockOffset: clock.offset, clockJumped: clock.jumped() };
    if (clock.jumped()) void made.sync.health();
  };
  setInterval(tick, MINUTE);
  tick();
  effect(() => {
    const data = state.data.value;
    if (!data) return;
    useShop({ ...data.settings, zone: data.settings.zone ?? data.outlet.zone });
    useRuleNames(data.rule_set?.names ?? {});
  });
}
