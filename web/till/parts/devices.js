// @ts-check
/** What the devices beside the till show on its screen. */
export { LiveWeight } from "../devices/live-weight.js";
