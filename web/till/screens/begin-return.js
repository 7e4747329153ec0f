// @ts-check
/** The way to a return, from a scan or from the list of receipts. */
import { till } from "./ui.js";
import { open } from "./view.js";

/** Finds the sale and shows its lines; throws where the receipt is not known or all of it came back. */
export async function beginReturn(receipt) {
  open("return", { refund: await till.startRefund(receipt), receipt });
}
