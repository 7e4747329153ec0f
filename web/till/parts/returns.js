// @ts-check
/** Receipts again and money back. */
export { Refunds } from "../core/refund.js";
export { Receipts } from "../screens/receipts.js";
export { Return } from "../screens/return.js";
