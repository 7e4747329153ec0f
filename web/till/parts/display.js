// @ts-check
/** What a customer sees: the second window and the display on a pole. A till without either never asks. */
export { followDisplays, openDisplay } from "../devices/display.js";
