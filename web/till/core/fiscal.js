// @ts-check
/**
 * The door to the fiscal register: `flow` is what the rest of the till tells it, or null where there never was one. The flow is a part of the
 * program of its own, taken in for good once an agent has told of such a device: from then on no sale goes past it, whether the device is there or not.
 */
import { effect } from "../vendor/preact-signals-htm.js";
import { fiscal } from "./later.js";

/** What an agent calls it. */
export const FISCAL = "fiscal-register";

export class FiscalDoor {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {import("../devices/fiscal.js").FiscalFlow | null} */
    this.flow = null;
  }

  async restore() {
    if (await this.core.store.get("meta", "fiscal_register")) await this.#open();
    effect(() => {
      const device = this.core.state.devices.value.all.find(({ kind }) => kind === FISCAL);
      if (device && !this.flow) void this.#begin(device.id).catch((error) => this.core.report(error));
    });
  }

  /** The first time that an agent tells of one. @param {string} device */
  async #begin(device) {
    await this.core.store.put("meta", "fiscal_register", { device });
    await this.#open();
  }

  async #open() {
    const { FiscalFlow } = await fiscal();
    if (this.flow) return;
    const flow = new FiscalFlow(this.core);
    await flow.restore();
    this.flow = flow;
    flow.follow();
  }

  /** It was taken away for good, as a manager said. */
  async close() {
    await this.core.store.apply([{ store: "meta", remove: "fiscal_register" }], "strict");
    this.flow?.stop();
    this.flow = null;
  }
}
