// @ts-check
/** Codes that people type: of coupons and gift cards. */

/** The signs of codes that people type: none looks like another (`loyalty/coupons/rules.py`). */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/** How long the till waits for what the server says of a code. */
export const TIMEOUT = 2_000;

/** As typed or scanned, in capitals, without spaces and dashes. @param {string} typed */
export const plainCode = (typed) => typed.replace(/[\s-]/g, "").toUpperCase();

/** Whether the last sign fits the others: their weighted sum, weights from the right, is a multiple of 31. @param {string} code */
export function isWhole(code) {
  const total = [...code].reverse().reduce((sum, sign, at) => sum + (at + 1) * Math.max(ALPHABET.indexOf(sign), 0), 0);
  return code.length > 2 && total % ALPHABET.length === 0;
}
