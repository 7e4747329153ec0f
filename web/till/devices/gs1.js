// @ts-check
/** GS1 codes and marked packs: what of a scanned code the sale uses. Pure, but for `goodsOf`. */
import { priceAt } from "../core/catalogue.js";
import { TillError } from "../core/errors.js";
import { rounded } from "../core/numbers.js";
import { packOf } from "../core/packs.js";
import { checkDigitHolds } from "../core/routes.js";

/**
 * @typedef {{code: string, gs1: Record<string, string> | null, marking: {gtin: string, whole: boolean} | null, raw: string}} Told what the agent says of a scan
 */

/** A pack of tobacco: GTIN, serial number, price and check, nothing between them. */
const TOBACCO = /^\d{14}[A-Za-z0-9!"%&'*+\-./_,:;=<>?]{15}$/;
/** A marking code out of which its separators were lost. */
const RUN_TOGETHER = /^01\d{14}21.{5,20}?(91.{4}92.{44}(.{44})?|93.{4})$/;

/**
 * What a scanner that types made of a code: it loses the separators, and with them what makes a marking code one.
 * @param {string} code @returns {Told | null} null for every other code
 */
export function typedCode(code) {
  const said = (/** @type {string} */ gtin, /** @type {boolean} */ whole) => (checkDigitHolds(gtin) ? { code, gs1: null, marking: { gtin, whole }, raw: code } : null);
  if (TOBACCO.test(code) && !/^\d+$/.test(code)) return said(code.slice(0, 14), true);
  return RUN_TOGETHER.test(code) ? said(code.slice(2, 16), false) : null;
}

/** The barcodes under which a GTIN of 14 digits may be known. @param {string} gtin */
export const codesOf = (gtin) => [gtin, ...(gtin.startsWith("0") ? [gtin.slice(1)] : []), ...(gtin.startsWith("000000") ? [gtin.slice(6)] : [])];

/**
 * Weight in grams and price to pay in minor units, where the code says them.
 * @param {Record<string, string>} gs1 @param {number} exponent decimals of the shop's currency @returns {{grams: number | null, price: number | null}}
 */
export function measured(gs1, exponent) {
  const scaled = (/** @type {string} */ kind, /** @type {number} */ decimals) => {
    const number = Object.keys(gs1).find((each) => each.length === 4 && each.startsWith(kind));
    return number === undefined ? null : rounded(BigInt(gs1[number]) * 10n ** BigInt(decimals), 10n ** BigInt(number[3]));
  };
  return { grams: scaled("310", 3), price: scaled("392", exponent) };
}

/**
 * The last day to use it, where the code says one: "2027-01-31". Day 00 is the last of the month.
 * @param {Record<string, string>} gs1
 */
export function lastDay(gs1) {
  const [, year, month, day] = /^(\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])$/.exec(gs1["17"] ?? "") ?? [];
  if (!year) return null;
  const last = new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate();
  return `20${year}-${month}-${day === "00" ? last : day}`;
}

/**
 * Goods by a GS1 or marking code: the weight or price it says, and the pack that it names, once. Raises `marking.separators_lost`,
 * `marking.in_basket`, `marking.sold_before`, `marking.ambiguous`.
 * @param {import("../core/core.js").Core} core @param {string} code @param {Told | null} told what the agent says of it
 * @returns {Promise<import("../core/scan.js").Scanned | null>} null where it is neither
 */
export async function goodsOf(core, code, told) {
  const { gs1, marking, raw } = told ?? typedCode(code) ?? { gs1: null, marking: null, raw: code };
  const gtin = marking?.gtin ?? gs1?.["01"];
  if (gtin === undefined) return null;
  if (marking && !marking.whole) throw new TillError("marking.separators_lost");
  const candidates = codesOf(gtin).map((each) => core.catalogue.byBarcode(each)).find((found) => found.length) ?? [];
  if (candidates.length === 0) return { kind: "unknown", code: codesOf(gtin).at(-1) ?? code, what: "product" };
  if (candidates.length > 1) {
    if (marking) throw new TillError("marking.ambiguous");
    return { kind: "choice", code: candidates[0].code, candidates: [...candidates] };
  }
  if (!marking && toWeigh(core, candidates[0], gs1 ?? {})) return { kind: "weigh", code, product: candidates[0].product };
  if (marking) await once(core, packOf(raw));
  const line = core.selling.add(candidates[0].product, { ...amountOf(core, candidates[0], gs1 ?? {}), code: candidates[0].code, entry: "scan", units: marking ? [raw] : [] });
  const until = lastDay(gs1 ?? {});
  return { kind: "product", line, ...(until && until < core.selling.localNow().date && { expired: until }) };
}

/** Whether it goes onto the scale: sold by weight, and the code says neither weight nor price. @param {import("../core/core.js").Core} core @param {import("../core/catalogue.js").Candidate} candidate @param {Record<string, string>} gs1 */
function toWeigh(core, { product }, gs1) {
  const { grams, price } = measured(gs1, 0);
  return product.unit === "kg" && grams === null && price === null && core.agent.devices.some((device) => device.kind === "scale");
}

/**
 * Weighed goods by the weight that the code says, or as much as its price pays; a piece for its price.
 * @param {import("../core/core.js").Core} core @param {import("../core/catalogue.js").Candidate} candidate @param {Record<string, string>} gs1
 * @returns {{quantity: number, price?: number}}
 */
function amountOf(core, { product, quantity }, gs1) {
  const { grams, price } = measured(gs1, core.data().settings.exponent);
  if (product.unit === "piece") return { quantity, ...(price !== null && { price }) };
  const listed = priceAt(product, core.clock.now());
  return { quantity: grams ?? (price !== null && listed ? rounded(BigInt(price) * 1_000n, BigInt(listed)) : quantity) };
}

/** Raises where the pack is in a basket or was sold here. @param {import("../core/core.js").Core} core @param {string} pack */
async function once({ state, store }, pack) {
  const lines = [state.basket.peek(), ...state.parked.peek()].flatMap((basket) => basket.lines);
  if (lines.some(({ units = [] }) => units.some((raw) => packOf(raw) === pack))) throw new TillError("marking.in_basket");
  if (await store.get("packs", pack)) throw new TillError("marking.sold_before");
}
