// @ts-check
/** The till and the agent on its own PC agree on a token by the code that the agent shows (`docs/agent-protocol.md`, pair). */
import { TillError } from "../core/errors.js";

const PATIENCE = 5_000;

/**
 * Raises `agent.busy`, `agent.port_invalid`, `agent.not_here`, `agent.silent`, or what the agent says of the code (`pair.refused`).
 * @param {import("../core/core.js").Core} core @param {string} code @param {number} port
 */
export async function join(core, code, port) {
  mayChange(core);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TillError("agent.port_invalid");
  const url = `ws://127.0.0.1:${port}/agent`;
  const asked = { type: "pair", ref: "pair", code, register: core.identity().register };
  const answer = JSON.parse(await answered(url, JSON.stringify(asked)));
  if (answer.type !== "paired") throw new TillError(answer.code);
  await use(core, { url, token: answer.token });
}

/** From now on the server leads to the devices. Raises `agent.busy`. @param {import("../core/core.js").Core} core */
export async function leave(core) {
  mayChange(core);
  await use(core, null);
}

/** The agent that has a payment or a fiscal receipt in hand says how it ends. @param {import("../core/core.js").Core} core */
function mayChange({ agent, fiscal, state }) {
  const inHand = state.card.peek() || fiscal.flow?.rows.open().some((row) => row.state === "pending");
  if (agent.ready && inHand) throw new TillError("agent.busy");
}

/** How far the one before was followed is forgotten. @param {import("../core/core.js").Core} core @param {import("../core/state.js").Own | null} agent */
async function use(core, agent) {
  core.agent.place = undefined;
  await core.identities.keep({ ...core.identity(), agent }, { store: "meta", remove: "agent" });
  core.agent.start();
}

/** The first message that comes back. @param {string} url @param {string} message @returns {Promise<string>} */
const answered = (url, message) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let without = "agent.not_here";
    const end = (/** @type {() => void} */ settle) => {
      clearTimeout(impatience);
      settle();
      socket.close();
    };
    const refuse = (/** @type {string} */ code) => end(() => reject(new TillError(code, { address: new URL(url).host, page: location.origin })));
    const impatience = setTimeout(refuse, PATIENCE, "agent.silent");
    socket.onopen = () => {
      without = "agent.silent";
      socket.send(message);
    };
    socket.onmessage = ({ data }) => end(() => resolve(data));
    socket.onclose = () => refuse(without);
  });
