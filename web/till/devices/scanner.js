// @ts-check
/** Scans that the agent tells of: they go the way of typed ones, wherever the focus is, and type into nothing. */

/**
 * Hands every scan of the agent's scanners to `scanned`, until the function that it answers is called.
 * @param {import("../core/agent.js").AgentLink} agent @param {(text: string, told: import("./gs1.js").Told) => void} scanned
 */
export const hearScanners = (agent, scanned) =>
  agent.hear("said", ({ device, said }) => {
    const from = agent.devices.find(({ id }) => id === device);
    if (from?.kind === "scanner" && typeof said?.code === "string") scanned(said.code, said);
  });
