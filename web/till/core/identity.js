// @ts-check
/** Which register this device is. A pairing code opens a new epoch of its register; everything sold before stays and is sent. */
import { TillError } from "./errors.js";
import { request } from "./http.js";

export class Identities {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  async restore() {
    const { store, state, clock } = this.core;
    state.identity.value = (await store.get("meta", "identity")) ?? null;
    clock.remember((await store.get("meta", "clock_offset")) ?? 0);
    const head = await store.get("counters", "head");
    if (head?.made_at) clock.notBefore(head.made_at);
  }

  /** Durably; `more` in the same step. @param {import("./state.js").Identity} identity @param {import("./store.js").Effect[]} more */
  async keep(identity, ...more) {
    await this.core.store.apply([{ store: "meta", key: "identity", put: identity }, ...more], "strict");
    this.core.state.identity.value = identity;
  }

  /**
   * Pairs this device and takes the first full copy; the same register keeps the devices that it had joined. Raises `shift.open_already` while a shift of another pairing is open, and what the
   * server says of the code.
   * @param {string} code
   */
  async pair(code) {
    const { core } = this;
    if (core.state.shift.peek()) throw new TillError("shift.open_already");
    const { body } = await request("/pair", {
      method: "POST",
      body: JSON.stringify({ code: code.replace(/[\s-]/g, "").toUpperCase() }),
      timeout: 10_000,
      learn: (...times) => core.clock.learn(...times),
    });
    const { register, epoch, key, prefix, outlet, agent, database } = body;
    const before = core.state.identity.peek();
    await this.keep({ register, epoch, key, prefix, outlet, agent: agent ?? (before && before.register === register ? before.agent : null), database });
    core.state.cashier.value = null;
    await core.pull("copy");
    void core.sync.round();
    void core.agent.start();
  }
}
