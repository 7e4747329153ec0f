// @ts-check
/** Marked packs in documents: which ones a sale takes out of the shop and a refund brings back. Pure. */

/** A pack is its GTIN and serial number: up to the first separator, or 21 characters of a code without any. @param {string} raw */
export function packOf(raw) {
  const code = raw.replace(/^\x1d/, "");
  return code.includes("\x1d") ? code.split("\x1d")[0] : code.slice(0, 21);
}

/** @param {any} document @param {(pack: string) => import("./store.js").Effect} effect */
const each = ({ lines }, effect) => lines.flatMap((/** @type {any} */ line) => line.units.map((/** @type {string} */ raw) => effect(packOf(raw))));

/** What is kept with a sale, so that no pack is sold twice. @param {any} sale @returns {import("./store.js").Effect[]} */
export const packsSold = (sale) => each(sale, (key) => ({ store: "packs", key, put: sale.id }));

/** Packs that came back may be sold again. @param {any} refund @returns {import("./store.js").Effect[]} */
export const packsBack = (refund) => each(refund, (remove) => ({ store: "packs", remove }));
