// @ts-check
/** Which card terminals can be told what to do: nothing is ever heard of one that no wire leads to, and nothing is wrong with it. */

/** @param {import("../core/agent.js").Device} device */
export const isWired = ({ kind, state: { power, health } }) => kind === "payment-terminal" && !(power === "unknown" && health === "ok");
