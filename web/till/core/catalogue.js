// @ts-check
/** Products in memory: by number, by barcode, and searched as one types. Pure once it is filled. */

/**
 * @typedef {{seq: number, names: Record<string, string>, category: number[], unit: "piece" | "kg", price: number | null, tax_code: string, tax: number,
 *   regulation: string | null, minimum: number, barcodes: [string, number][], tile: number | null, archived: boolean,
 *   upcoming?: [number, number | null][]}} Product `price` of the moment the row was made; `upcoming` prices each from a moment on (null: not sold)
 * @typedef {{product: Product, code: string, quantity: number}} Candidate what a barcode sells: `quantity` in thousandths
 */

const MOST = 50;

/** Lower case, so that "Ёлка" and "елка" meet. @param {string} text */
export const folded = (text) => text.toLowerCase().replaceAll("ё", "е");

/** The list price at a moment, null if it is not sold then. @param {Product} product @param {number} at @returns {number | null} */
export function priceAt({ price, upcoming = [] }, at) {
  let now = price;
  for (const [from, next] of upcoming) if (from <= at) now = next;
  return now;
}

export class Catalogue {
  constructor() {
    /** @type {Map<number, Product>} */
    this.products = new Map();
    /** @type {Map<string, Candidate[]>} */
    this.barcodes = new Map();
    /** @type {Sought<Product>[]} */
    this.haystack = [];
    /** @type {Map<number, number>} number → place in the haystack */
    this.places = new Map();
  }

  /** @param {Iterable<readonly Product[]>} chunks */
  fill(chunks) {
    this.products.clear();
    this.barcodes.clear();
    this.haystack = [];
    this.places.clear();
    for (const rows of chunks) this.merge(rows);
  }

  /** Rows as they are now; those of the same number are replaced. @param {readonly Product[]} rows */
  merge(rows) {
    for (const row of rows) {
      const old = this.products.get(row.seq);
      if (old) for (const [code] of old.barcodes) this.#drop(code, row.seq);
      this.products.set(row.seq, row);
      if (!row.archived) for (const [code, quantity] of row.barcodes) this.#add(code, { product: row, code, quantity });
      const entry = { row, text: row.archived ? "" : null };
      const place = this.places.get(row.seq);
      if (place === undefined) this.places.set(row.seq, this.haystack.push(entry) - 1);
      else this.haystack[place] = entry;
    }
  }

  /** @param {string} code @param {Candidate} candidate */
  #add(code, candidate) {
    const list = this.barcodes.get(code);
    if (list) list.push(candidate);
    else this.barcodes.set(code, [candidate]);
  }

  /** @param {string} code @param {number} seq */
  #drop(code, seq) {
    const list = (this.barcodes.get(code) ?? []).filter((candidate) => candidate.product.seq !== seq);
    if (list.length) this.barcodes.set(code, list);
    else this.barcodes.delete(code);
  }

  /** @param {number} seq @returns {Product | undefined} */
  product(seq) {
    return this.products.get(seq);
  }

  /**
   * What a code sells: none, one, or several to choose from (a pack and a piece under one code). A 12-digit UPC and its 13-digit
   * form with a leading zero are the same code.
   * @param {string} code @returns {readonly Candidate[]}
   */
  byBarcode(code) {
    const other = /^0\d{12}$/.test(code) ? code.slice(1) : /^\d{12}$/.test(code) ? `0${code}` : null;
    return this.barcodes.get(code) ?? this.barcodes.get(other ?? "") ?? [];
  }

  /** Products for tiles, in the order of their tile. */
  tiles() {
    return [...this.products.values()].filter((row) => row.tile !== null && !row.archived).sort((a, b) => /** @type {number} */ (a.tile) - /** @type {number} */ (b.tile));
  }

  /** Products in whose names or codes every word occurs; words at the start of a name first. @param {string} text @returns {Product[]} */
  search(text) {
    return found(this.haystack, text, wordsOf);
  }

  /** Makes search quick before somebody searches, without holding the page up. */
  warm() {
    return warmed(this.haystack, wordsOf);
  }
}

/** @param {Product} row */
const wordsOf = (row) => `${Object.values(row.names).join("\n")}\n${row.seq}\n${row.barcodes.map(([code]) => code).join("\n")}`;

/**
 * A row and the text it is found by, which is made when it is first needed.
 * @template T @typedef {{row: T, text: string | null}} Sought
 */

const AT_ONCE = 1_000;

/** @template T @param {readonly Sought<T>[]} haystack @param {(row: T) => string} words */
export async function warmed(haystack, words) {
  for (let at = 0; at < haystack.length; at += AT_ONCE) {
    for (const entry of haystack.slice(at, at + AT_ONCE)) entry.text ??= folded(words(entry.row));
    await new Promise((resume) => setTimeout(resume));
  }
}

/**
 * Rows in whose text every word occurs, those that start with the first word before the others.
 * @template T @param {readonly Sought<T>[]} haystack @param {string} text @param {(row: T) => string} wordsOf @returns {T[]}
 */
export function found(haystack, text, wordsOf) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  words.sort((a, b) => b.length - a.length);
  const [longest, ...others] = words;
  const starting = [];
  const containing = [];
  for (const entry of haystack) {
    const within = (entry.text ??= folded(wordsOf(entry.row)));
    const at = within.indexOf(longest);
    if (at < 0 || !others.every((word) => within.includes(word))) continue;
    if (at === 0 || within.charCodeAt(at - 1) <= 32) {
      if (starting.push(entry.row) === MOST) break;
    } else if (containing.length < MOST) containing.push(entry.row);
  }
  return [...starting, ...containing].slice(0, MOST);
}
