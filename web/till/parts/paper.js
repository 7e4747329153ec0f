// @ts-check
/** What printouts say: a till without a printer never asks. */
export { contentOf } from "../core/printout.js";
