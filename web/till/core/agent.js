// @ts-check
/**
 * The link to the device agent, as `docs/agent-protocol.md` says: the listener on this PC first, else the server's relay. It carries
 * jobs, tells how they stand, asks devices and hears what they say, and keeps a second copy of documents until the server has them.
 */
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { authorization } from "./http.js";
import { done } from "./store.js";
import { backoff } from "./sync.js";

/** Longer than the agent's own patience with a device (10 s), so that its `device.silent` comes first. */
const ANSWER = 12_000;
const FIRST_WORD = 5_000;
const NOT_LET_IN = [4400, 4401];

/** @typedef {{agent: string, seq: number}} Place how far this till has followed which agent's events */
/** @typedef {{id: string, kind: string, state: {power: string, health: string, causes: string[]}}} Device as the agent told of it last */
/** @typedef {"said" | "state" | "event"} Told what the agent tells without being asked */

export class AgentLink {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.ready = false;
    this.misses = 0;
    this.refs = 0;
    /** @type {Map<string, {resolve: (answer: any) => void, reject: (error: unknown) => void}>} */
    this.waiting = new Map();
    /** @type {Device[]} */
    this.devices = [];
    /** @type {Map<string, number>} how many look at which device */
    this.watched = new Map();
    /** @type {Set<{type: Told, listener: (message: any) => void}>} */
    this.listeners = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Connects, and again whenever the connection is lost. Called again after pairing: it starts afresh. */
  start() {
    clearTimeout(this.timer);
    this.misses = 0;
    this.devices = [];
    this.socket?.close(1000);
    this.socket = null;
    this.#lost();
    if (this.core.key() !== null) this.#connect();
  }

  /** The printer's id, or null while no agent has told of one. */
  get printer() {
    return this.devices.find((device) => device.kind === "receipt-printer")?.id ?? null;
  }

  /** The listener and the relay in turn; without a listener the relay alone. */
  #address() {
    const identity = this.core.identity();
    if (identity.agent && (this.misses % 2 === 0 || !this.core.sync.state.online)) return { url: identity.agent.url, token: identity.agent.token, protocols: [] };
    if (!this.core.sync.state.online) return null;
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/till/agent`;
    return { url, token: null, protocols: ["tillcard", authorization(identity).replace("Register ", "register.")] };
  }

  #connect() {
    const address = this.#address();
    if (address === null) return this.#later();
    let socket;
    try {
      socket = new WebSocket(address.url, address.protocols);
    } catch {
      return this.#later();
    }
    this.socket = socket;
    const beside = address.token !== null;
    const leave = (/** @type {number} */ code) => {
      clearTimeout(impatience);
      socket.close();
      if (socket !== this.socket) return;
      this.socket = null;
      this.#lost(beside && { refused: NOT_LET_IN.includes(code) });
      this.#later();
    };
    const impatience = setTimeout(leave, FIRST_WORD);
    socket.onopen = () => void this.#hello(socket, address.token);
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(data);
      const away = message.code === "agent.offline" && message.re === "hello";
      if (!away && message.type !== "welcome") return void (this.ready && this.#heard(message));
      clearTimeout(impatience);
      this.#lost(); // whoever was welcome before on this socket
      const { agent: own } = this.core.identity();
      if (own && !beside && (away || message.agent !== own.agent)) leave(1000);
      else if (!away) void this.#welcomed(message, beside && own).catch((error) => error.code === "agent.offline" || this.core.report(error));
    };
    socket.onclose = ({ code }) => leave(code);
    return undefined;
  }

  /** Nobody is there who answers; where an agent was, it is expected back. @param {object | false} [fields] */
  #lost(fields) {
    this.ready = false;
    for (const { reject } of this.waiting.values()) reject(new TillError("agent.offline"));
    this.waiting.clear();
    this.#show({ agent: this.core.state.identity.peek()?.agent || this.place ? "connecting" : "none", ...fields });
  }

  #later() {
    this.misses += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#connect(), backoff(Math.min(5, Math.floor(this.misses / 2)), Math.random()));
  }

  /** @param {WebSocket} socket @param {string | null} token */
  async #hello(socket, token) {
    /** @type {Place | undefined} */
    const place = await this.core.store.get("meta", "agent");
    if (socket !== this.socket) return;
    /** @type {Record<string, unknown>} */
    const hello = { type: "hello", version: 1, register: this.core.identity().register, ref: "hello" };
    if (token !== null) hello.token = token;
    if (place) hello.resume = place.seq;
    this.place = place;
    socket.send(JSON.stringify(hello));
  }

  /** @param {any} message */
  #heard(message) {
    for (const { type, listener } of [...this.listeners]) if (type === message.type) listener(message);
    if (message.type === "state") this.core.printing.stands(message);
    if (message.type === "event") {
      this.devices = this.devices.map((device) => (device.id === message.device ? { ...device, state: message.state } : device));
      this.#show({});
    }
    if (message.seq > (this.place?.seq ?? 0)) this.#reached(message.seq);
    const waiting = this.waiting.get(message.ref);
    if (!waiting) return undefined;
    this.waiting.delete(message.ref);
    if (message.type === "error") {
      const { code, type, ref, message: words, ...fields } = message;
      waiting.reject(new TillError(code, fields));
    } else waiting.resolve(message);
    return undefined;
  }

  /**
   * All that it says is taken at once: what comes right behind it, as a device's new state, is newer.
   * @param {any} welcome @param {import("./state.js").Own | null | false} own where the agent of this PC says it
   */
  async #welcomed(welcome, own) {
    if (this.place && this.place.agent !== welcome.agent) this.place = { agent: welcome.agent, seq: 0 };
    this.place ??= { agent: welcome.agent, seq: welcome.seq };
    this.devices = welcome.devices;
    this.misses %= 2; // whose turn it was
    this.ready = true;
    for (const device of this.watched.keys()) this.send({ type: "watch", device, watched: true });
    this.#show({ agent: "connected", refused: false });
    if (own && own.agent !== welcome.agent) void this.core.serial(() => this.#remember(own, welcome.agent)).catch((error) => this.core.report(error));
    await this.core.store.put("meta", "agent", this.place, "relaxed");
    await this.#reconcile();
    await this.core.printing.resume();
  }

  /** By its name it is known whether the relay leads to it too. @param {import("./state.js").Own} own @param {string} agent */
  #remember(own, agent) {
    const identity = this.core.identity();
    return identity.agent === own ? this.core.identities.keep({ ...identity, agent: { ...own, agent } }) : undefined;
  }

  /** @param {number} seq */
  #reached(seq) {
    if (!this.place) return;
    this.place = { ...this.place, seq };
    void this.core.store.put("meta", "agent", this.place, "relaxed").catch(() => {});
    this.send({ type: "ack", seq });
  }

  /** @param {Record<string, unknown>} fields */
  #show(fields) {
    const printer = this.devices.find((device) => device.kind === "receipt-printer");
    const { devices } = this.core.state;
    devices.value = { ...devices.peek(), all: this.devices, printer: printer?.state ?? { health: "unknown", causes: [] }, ...fields };
  }

  /** @param {Record<string, unknown>} message @returns {boolean} whether it went out */
  send(message) {
    if (!this.ready || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends and waits for the answer. Raises `agent.offline`, `agent.silent`, or what the agent said. @param {Record<string, unknown>} message @returns {Promise<any>} */
  request(message) {
    const ref = String((this.refs += 1));
    return new Promise((resolve, reject) => {
      this.waiting.set(ref, { resolve, reject });
      if (!this.send({ ...message, ref })) {
        this.waiting.delete(ref);
        return reject(new TillError("agent.offline"));
      }
      return setTimeout(() => this.waiting.delete(ref) && reject(new TillError("agent.silent")), ANSWER);
    });
  }

  /**
   * What a device answers now: a weight, the state of a register. Raises the device's own code (`scale.unstable`), `device.silent`,
   * `device.unknown`, `agent.offline` or `agent.silent`.
   * @param {string} device @param {string} question @param {object} [content] @returns {Promise<any>}
   */
  async ask(device, question, content = {}) {
    const { answer } = await this.request({ type: "ask", device, question, content });
    return answer;
  }

  /** Looks at a device, also after the connection was lost, until the function that it answers is called. @param {string} device */
  watch(device) {
    const look = (/** @type {number} */ by) => {
      const before = this.watched.get(device) ?? 0;
      this.watched.set(device, before + by);
      if (before + by === 0) this.watched.delete(device);
      if (before === 0 || before + by === 0) this.send({ type: "watch", device, watched: by > 0 });
    };
    look(1);
    return once(() => look(-1));
  }

  /**
   * Calls `listener` with every message of `type`, until the function that it answers is called. `said` is what devices say by themselves
   * (`{device, said, at}`), `state` how a job stands, with its `result`, `event` a device's new state.
   * @param {Told} type @param {(message: any) => void} listener
   */
  hear(type, listener) {
    const each = { type, listener };
    this.listeners.add(each);
    return () => void this.listeners.delete(each);
  }

  /** The second copy of a document, at once if the agent is there, else when it comes. @param {import("./documents.js").Row} row */
  keep(row) {
    void this.request({ type: "document", id: row.id, digest: row.digest, bytes: new TextDecoder().decode(row.bytes) }).catch(() => {});
  }

  /** The server has it. @param {import("./documents.js").Row} row */
  release(row) {
    if (row.state !== "conflict") this.send({ type: "released", id: row.id });
  }

  /**
   * What the agent keeps against what the till has: a document that was lost with the browser's storage comes back and is sent;
   * what the server has meanwhile is released; what the agent does not have is handed over.
   */
  async #reconcile() {
    const { store } = this.core;
    const kept = new Set();
    let after;
    for (let more = true; more; ) {
      const page = await this.request({ type: "documents", ...(after && { after }) });
      for (const copy of page.documents) {
        kept.add(copy.id);
        await this.#restore(copy);
      }
      after = page.documents.at(-1)?.id;
      more = page.more && after !== undefined;
    }
    const waiting = await store.transaction(["documents"], "read", (tx) => done(tx.objectStore("documents").index("by_state").getAll("new")));
    for (const row of waiting) if (!kept.has(row.id)) this.keep(row);
    await this.core.sync.count();
    void this.core.sync.send();
  }

  /** @param {{id: string, digest: string, bytes: string}} copy */
  async #restore({ id, digest, bytes }) {
    const known = await this.core.store.get("documents", id);
    if (known) {
      if (known.state === "stored" || known.state === "quarantined") this.release(known);
      return;
    }
    const row = { id, digest, bytes: new TextEncoder().encode(bytes), state: /** @type {const} */ ("new"), epoch: 0, seq: 0, kind: "", made_at: 0 };
    const { epoch, seq, kind, made_at, receipt, lines } = read(row);
    const origins = kind === "refund" ? { origins: [...new Set(lines.map((/** @type {any} */ line) => line.origin?.document).filter(Boolean))] } : {};
    await this.core.store.apply([{ store: "documents", put: { ...row, epoch, seq, kind, made_at, ...(receipt && { receipt }), ...origins } }], "strict");
  }
}

/** @param {() => void} work */
function once(work) {
  let left = true;
  return () => {
    if (left) work();
    left = false;
  };
}
