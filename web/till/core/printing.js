// @ts-check
/**
 * Print jobs and how they stand. Printing is never part of a sale: the job is made after the document is safe, and waits for the
 * agent as long as its time lasts. Nothing old prints by itself.
 */
import { newId } from "./bytes.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { paper } from "./later.js";
import { textIn } from "./i18n.js";

const TTL = 600;
const FINAL = ["done", "sent-unconfirmed", "uncertain", "failed"];
const SHOWN_FOR = 86_400_000;

/**
 * @typedef {"waiting" | "queued" | "sending" | "sent" | "done" | "sent-unconfirmed" | "uncertain" | "failed"} JobState `waiting`: no agent has it yet
 * @typedef {{job: string, document: string | null, receipt: string | null, device: string | null, kind: "receipt" | "drawer", content: any, copy: number, agent?: string,
 *   says?: "slip", made_at: number, ttl: number, state: JobState, waiting: boolean, causes: string[]}} Job `agent`: who may have it; `says`: with which words it is told
 *   of, if not as a receipt
 */

export class Printing {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {Map<string, Job>} */
    this.jobs = new Map();
  }

  async restore() {
    const now = Date.now();
    for (const job of await this.core.store.all("jobs")) {
      if (job.state === "done" || now - job.made_at > SHOWN_FOR) await this.core.store.apply([{ store: "jobs", remove: job.job }], "relaxed");
      else this.jobs.set(job.job, job);
    }
    this.#show();
  }

  /** @param {any} document @param {{drawer?: boolean, copy?: number, more?: (t: (code: string, fields?: any) => string) => any[]}} [how] `more`: lines above the receipt's code */
  async print(document, { drawer = false, copy = 0, more } = {}) {
    if (this.#nobody) return;
    const { contentOf } = await paper();
    const content = contentOf(this.core, document, this.language, drawer && copy === 0);
    if (content && more) content.lines.splice(content.lines.findIndex(({ kind }) => kind === "barcode" || kind === "cut"), 0, ...more((code, fields = {}) => textIn(content.language, code, fields)));
    if (content) await this.submit({ document: document.id, receipt: document.receipt ?? null, kind: "receipt", content, copy });
  }

  /** By itself: for a sale whose receipt waits (no reason), else with a reason that the chain holds already. @param {string} [reason] */
  async openDrawer(reason) {
    const content = reason === undefined ? { reason: "sale" } : { reason: "no_sale", note: reason };
    await this.submit({ document: null, receipt: null, kind: "drawer", content, copy: 0 });
  }

  /** The outlet's, for what customers read. */
  get language() {
    const { outlet, settings } = this.core.data();
    return outlet.language ?? settings.languages?.[0] ?? "en";
  }

  /** Whether nobody prints here. */
  get #nobody() {
    return this.core.state.devices.peek().agent === "none";
  }

  /**
   * Keeps a job and hands it to the agent, which nobody waits for. Whoever fixed its id before may hand it in again: it is printed once.
   * @param {Pick<Job, "document" | "receipt" | "kind" | "content" | "copy" | "says"> & {job?: string}} wish
   */
  async submit({ job: id = newId(), document, receipt, kind, content, copy, says }) {
    if (this.#nobody) return;
    /** @type {Job} */
    const job = { job: id, document, receipt, kind, content, copy, says, device: null, made_at: Date.now(), ttl: kind === "drawer" ? 10 : TTL, state: "waiting", waiting: false, causes: [] };
    await this.#keep(job);
    if (this.core.agent.ready) void this.#hand(job).catch((error) => this.core.report(error));
  }

  /** To the agent; the same id is the same job, however often. @param {Job} job */
  async #hand(job) {
    const device = job.device ?? this.core.agent.printer;
    if (device === null) return this.#keep({ ...job, state: "failed", causes: ["device.none"] });
    const { agent } = this.core.agent.place ?? {};
    if (job.agent && job.agent !== agent) return this.#keep({ ...job, state: "uncertain", causes: ["agent.changed"] });
    if (job.device === null || !job.agent) await this.#keep({ ...job, device, agent });
    const { job: id, kind, content, ttl, copy, made_at } = job;
    try {
      this.stands(await this.core.agent.request({ type: "job", id, device, kind, content, ttl, copy, made_at: new Date(made_at).toISOString() }));
    } catch (error) {
      const code = error instanceof TillError ? error.code : "agent.silent";
      if (code === "agent.offline" || code === "agent.silent") return; // it is sent again when the agent is back
      await this.#keep({ .../** @type {Job} */ (this.jobs.get(id) ?? job), state: "failed", causes: [code] });
    }
  }

  /** The agent is there: whatever did not end is handed to it again, what is too old fails. */
  async resume() {
    for (const job of [...this.jobs.values()]) {
      if (FINAL.includes(job.state)) continue;
      if (job.state === "waiting" && Date.now() - job.made_at > job.ttl * 1_000) await this.#keep({ ...job, state: "failed", causes: ["job.expired"] });
      else await this.#hand(job);
    }
  }

  /** How a job stands, as the agent said. @param {any} message */
  stands({ job: id, state, waiting, causes }) {
    const job = this.jobs.get(id);
    if (!job || (FINAL.includes(job.state) && !FINAL.includes(state) && state !== "queued")) return;
    void this.#keep({ ...job, state, waiting, causes }).catch((error) => this.core.report(error));
  }

  /** Prints again: the same job if nothing reached the paper, else a new one marked COPY. @param {string} id */
  async retry(id) {
    const job = this.jobs.get(id);
    if (!job) throw new TillError("job.unknown");
    if (job.state !== "failed") {
      await this.dismiss(id);
      return this.submit({ ...job, job: undefined, copy: job.copy + 1 });
    }
    if (job.device === null || !this.core.agent.ready || job.causes.includes("device.none")) {
      await this.#keep({ ...job, state: "waiting", device: null, causes: [], made_at: Date.now() });
      return this.core.agent.ready ? this.#hand(/** @type {Job} */ (this.jobs.get(id))) : undefined;
    }
    try {
      this.stands(await this.core.agent.request({ type: "retry", job: id, ttl: job.ttl }));
    } catch (error) {
      if (!(error instanceof TillError) || !["job.unknown", "job.gone"].includes(error.code)) throw error;
      await this.dismiss(id);
      await this.submit({ ...job, job: undefined });
    }
    return undefined;
  }

  /** @param {string} id */
  async dismiss(id) {
    this.jobs.delete(id);
    this.#show();
    await this.core.store.apply([{ store: "jobs", remove: id }], "relaxed");
  }

  /** Another copy on paper, told to the chain first. @param {string} id of a sale or a refund kept here */
  async reprint(id) {
    const row = await this.core.store.get("documents", id);
    if (!row) throw new TillError("receipt.not_known", { receipt: id });
    const copy = ((await this.core.store.get("meta", `copies:${id}`)) ?? 0) + 1;
    await this.core.documents.write("reprint", { document: id, copy }, [{ store: "meta", key: `copies:${id}`, put: copy }]);
    await this.print(read(row), { copy, more: await this.core.fiscal.flow?.printed(id) });
  }

  /** @param {Job} job */
  async #keep(job) {
    this.jobs.set(job.job, job);
    this.#show();
    await this.core.store.put("jobs", job.job, job, "relaxed");
  }

  #show() {
    const { devices, lastReceipt } = this.core.state;
    const shown = [...this.jobs.values()].map(({ job, document, receipt, kind, state, waiting, causes, copy, says = "print" }) => ({ job, document, receipt, kind, state, waiting, causes, copy, says }));
    devices.value = { ...devices.peek(), jobs: shown };
    const last = lastReceipt.peek();
    const print = last && shown.findLast((job) => job.document === last.document);
    if (print) lastReceipt.value = { ...last, print: { state: print.state, waiting: print.waiting, causes: print.causes, job: print.job } };
  }
}
