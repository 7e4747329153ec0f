// @ts-check
/** The fiscal register: how documents are registered, and what the cashier sees of it. A till that never had one never asks. */
export { FiscalFlow } from "../devices/fiscal.js";
export { FiscalChip, FiscalDialog, FiscalDone } from "../devices/fiscal-screens.js";
