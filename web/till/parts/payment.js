// @ts-check
/** A card terminal: what goes on with it and what is seen of that, its slips, the end of its day. A till without one never asks. */
export { terminalOf } from "../devices/card-terminal.js";
export { CardPayment } from "../screens/card-payment.js";
