// @ts-check
/**
 * Print jobs and how they stand. Printing is never part of a sale: the job is made after the document is safe, and waits for the
 * agent as long as its time lasts. Nothing old prints by itself.
 */
import { newId } from "./bytes.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { formatsIn, named, ruleName, textIn } from "./i18n.js";
import { ruleSetAt } from "./quote.js";
import { cashContent, receiptContent, shiftContent } from "./receipt.js";

const TTL = 600;
const FINAL = ["done", "sent-unconfirmed", "uncertain", "failed"];
const SHOWN_FOR = 86_400_000;

/**
 * @typedef {"waiting" | "queued" | "sending" | "sent" | "done" | "sent-unconfirmed" | "uncertain" | "failed"} JobState `waiting`: no agent has it yet
 * @typedef {{job: string, document: string | null, receipt: string | null, device: string | null, kind: "receipt" | "drawer", content: any, copy: number,
 *   made_at: number, ttl: number, state: JobState, waiting: boolean, causes: string[]}} Job
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

  /** @param {any} document @param {{drawer?: boolean, copy?: number}} [how] */
  async print(document, { drawer = false, copy = 0 } = {}) {
    const content = this.#content(document, drawer && copy === 0);
    if (content) await this.#submit({ document: document.id, receipt: document.receipt ?? null, kind: "receipt", content, copy });
  }

  async openDrawer() {
    await this.#submit({ document: null, receipt: null, kind: "drawer", content: {}, copy: 0 });
  }

  /** @param {any} document @param {boolean} drawer */
  #content(document, drawer) {
    const data = this.core.data();
    const language = data.outlet.language ?? data.settings.languages?.[0] ?? "en";
    const words = { t: (/** @type {string} */ code, /** @type {any} */ fields = {}) => textIn(language, code, fields), ...formatsIn(language) };
    const rules = ruleSetAt(data, document.made_at)?.body.rules ?? [];
    const shop = {
      language,
      header: lines(data.settings.receipt?.header, language),
      footer: lines(data.settings.receipt?.footer, language),
      staff: data.staff.find((/** @type {any} */ person) => person.id === document.staff)?.name ?? "",
      rules: new Map(rules.map((/** @type {any} */ rule) => [rule.id, ruleName(rule.name, language)])),
      taxes: new Map(data.tax_rates.map((/** @type {any} */ rate) => [rate.code, named(rate.names, language)])),
      outlet: data.outlet,
      register: data.register?.name ?? this.core.identity().prefix,
    };
    switch (document.kind) {
      case "sale":
      case "refund":
        return receiptContent(document, shop, words, drawer);
      case "x_report":
      case "shift_closing":
        return shiftContent(document, shop, words);
      case "cash_in":
      case "cash_out":
        return cashContent(document, shop, words);
      default:
        return null;
    }
  }

  /** @param {Pick<Job, "document" | "receipt" | "kind" | "content" | "copy">} wish */
  async #submit(wish) {
    const { agent, state } = this.core;
    if (state.devices.peek().agent === "none") return; // nobody prints here
    /** @type {Job} */
    const job = { job: newId(), device: null, made_at: Date.now(), ttl: wish.kind === "drawer" ? 10 : TTL, state: "waiting", waiting: false, causes: [], ...wish };
    await this.#keep(job);
    if (agent.ready) await this.#hand(job);
  }

  /** To the agent; the same id is the same job, however often. @param {Job} job */
  async #hand(job) {
    const device = job.device ?? this.core.agent.printer;
    if (device === null) return this.#keep({ ...job, state: "failed", causes: ["device.none"] });
    if (job.device === null) await this.#keep({ ...job, device });
    const { job: id, kind, content, ttl, copy, made_at } = job;
    try {
      this.stands(await this.core.agent.ask({ type: "job", id, device, kind, content, ttl, copy, made_at: new Date(made_at).toISOString() }));
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
      return this.#submit({ ...job, copy: job.copy + 1 });
    }
    if (job.device === null || !this.core.agent.ready || job.causes.includes("device.none")) {
      await this.#keep({ ...job, state: "waiting", device: null, causes: [], made_at: Date.now() });
      return this.core.agent.ready ? this.#hand(/** @type {Job} */ (this.jobs.get(id))) : undefined;
    }
    try {
      this.stands(await this.core.agent.ask({ type: "retry", job: id, ttl: job.ttl }));
    } catch (error) {
      if (!(error instanceof TillError) || !["job.unknown", "job.gone"].includes(error.code)) throw error;
      await this.dismiss(id);
      await this.#submit(job);
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
    await this.print(read(row), { copy });
  }

  /** @param {Job} job */
  async #keep(job) {
    this.jobs.set(job.job, job);
    this.#show();
    await this.core.store.put("jobs", job.job, job, "relaxed");
  }

  #show() {
    const { devices, lastReceipt } = this.core.state;
    const shown = [...this.jobs.values()].map(({ job, document, receipt, kind, state, waiting, causes, copy }) => ({ job, document, receipt, kind, state, waiting, causes, copy }));
    devices.value = { ...devices.peek(), jobs: shown };
    const last = lastReceipt.peek();
    const print = last && shown.findLast((job) => job.document === last.document);
    if (print) lastReceipt.value = { ...last, print: { state: print.state, waiting: print.waiting, causes: print.causes, job: print.job } };
  }
}

/** @param {any} texts by language, lines or one text @param {string} language @returns {string[]} */
function lines(texts, language) {
  const found = texts?.[language] ?? texts?.en ?? [];
  return (Array.isArray(found) ? found : String(found).split("\n")).filter(Boolean);
}
