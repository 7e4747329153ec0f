// @ts-check
/** The till and the agent on its own PC come to know each other: once in the life of a till. */
export { join, leave } from "../devices/joining.js";
export { Joining } from "../devices/joining-screen.js";
