// @ts-check
/**
 * What a fiscal register is told of a document (the jobs of `fiscal.…`), from the document alone. Pure: every sum of the document is
 * the sum that the register is told, to the last coin.
 */
import { divided, rounded, sum } from "../engine/money.js";

const UNIT = 1_000;
/** Longest texts that a register is handed. */
const NAME = 128;
const CODE = 64;
/** A register takes less than a unit of the currency off a receipt's total, and adds nothing to it. */
const MOST_ROUNDED_DOWN = 99;
/** Who takes a receipt's money, in the words of fiscal registers. */
const TENDERS = { cash: "cash", card: "card", gift_card: "prepaid", on_account: "credit" };
/** Documents that a register hears of, and the job that tells it. */
export const JOBS = /** @type {Record<string, string>} */ ({
  sale: "receipt", refund: "receipt", debt_payment: "receipt", fiscal_correction: "correction", cash_in: "cash_in", cash_out: "cash_out", shift_opening: "open_shift", shift_closing: "z_report",
});

/**
 * @typedef {{name: string, price: number, quantity: number, sum: number, discount?: number, tax: string, tax_rate: number, tax_included: boolean, subject: string,
 *   method: string, code?: string, unit?: string, marking?: string}} Line money in minor units, quantity in thousandths
 * @typedef {{operation: "sale" | "return", document: string, lines: Line[], tenders: {kind: string, sum: number}[], total: number, rounding?: number,
 *   cashier: {name: string}, language: string, origin?: {document: number, device?: string, at?: string}}} Receipt
 * @typedef {{cashier: string, language: string, debt: string, origin?: {number: number, device?: string | null, at?: string | null} | null}} Around
 *   what is not in the document: names in the shop's language, and the receipt that a return goes back to
 */

/**
 * The register's name of a tax: "vat20" for 2 000 basis points. Nothing at all is `none` unless the shop's own code says that it is a rate of
 * zero.
 * @param {number} rate basis points @param {string} code the shop's @returns {string}
 */
export function taxOf(rate, code) {
  if (rate === 0) return code === "vat0" ? "vat0" : "none";
  return `vat${Math.floor(rate / 100)}${rate % 100 ? `.${String(rate % 100).padStart(2, "0").replace(/0$/, "")}` : ""}`;
}

/** As the register multiplies. @param {number} price @param {number} quantity */
const multiplied = (price, quantity) => rounded(price, quantity, UNIT);

/** The positive twin. @param {number} amount */
const size = (amount) => Math.abs(amount);

/**
 * A sum as quantities and unit prices that multiply to it exactly: pieces at two neighbouring prices; what is weighed at one, and where none does,
 * as one thing of that price.
 * @param {number} quantity @param {number} total neither negative @returns {{quantity: number, price: number}[]}
 */
export function priced(quantity, total) {
  if (quantity % UNIT === 0 && quantity > 0) {
    const pieces = quantity / UNIT;
    const [price, more] = [Math.floor(total / pieces), total % pieces];
    return [{ quantity: quantity - more * UNIT, price }, { quantity: more * UNIT, price: price + 1 }].filter((part) => part.quantity > 0);
  }
  const near = divided(total, UNIT, quantity)[0];
  const price = [near, near + 1].find((each) => multiplied(each, quantity) === total);
  return price === undefined ? [{ quantity: UNIT, price: total }] : [{ quantity, price }];
}

/** What the document's line is, as far as its parts share it. @param {any} line @param {boolean} onCredit @param {boolean} included */
function lineOf({ name, code, unit, tax_code, tax_rate, item, units }, onCredit, included) {
  const advance = item === "gift_card";
  const marked = units.length === 1 ? units[0] : null;
  return {
    name: name.slice(0, NAME).trim() || "-",
    tax: taxOf(tax_rate, tax_code),
    tax_rate,
    tax_included: included,
    subject: advance ? "advance" : "goods",
    method: advance ? "advance" : onCredit ? "credit" : "full",
    ...(code && !advance && { code: code.slice(0, CODE) }),
    ...(unit && { unit }),
    ...(marked && { marking: marked }),
  };
}

/** One line of the register for each part of the document's. @param {any} line @param {{quantity: number, price: number}[]} parts @param {any} told @returns {Line[]} */
const partLines = (line, parts, told) =>
  parts.map((part) => {
    const quantity = size(part.quantity);
    const paid = multiplied(part.price, quantity);
    const off = multiplied(line.price, quantity) - paid;
    return { ...told, price: part.price, quantity, sum: paid, ...(off > 0 && { discount: off }) };
  });

/**
 * The lines: with tax inside the prices as the document has them; with tax on top only if the register comes to the same tax, else with it
 * inside the sums.
 * @param {any} document @param {boolean} onCredit @returns {Line[]}
 */
function linesOf(document, onCredit) {
  const included = document.inputs.settings.prices_include_tax;
  const plain = document.lines.flatMap((/** @type {any} */ line) => partLines(line, line.parts, lineOf(line, onCredit, included)));
  if (included || sum(plain.map(onTop)) === size(document.totals.tax)) return plain;
  return document.lines.flatMap((/** @type {any} */ line) => {
    const told = lineOf(line, onCredit, true);
    return priced(size(line.quantity), size(line.net) + size(line.tax_amount)).map(({ quantity, price }) => ({ ...told, price, quantity, sum: multiplied(price, quantity) }));
  });
}

/** What the register adds to a line whose tax is on top. @param {Line} line */
const onTop = (line) => rounded(line.sum, line.tax_rate, 10_000);

/**
 * By kind, as fiscal registers know them. In a sale cash is what was received: the register gives the change. Points were a discount already.
 * @param {any[]} tenders @param {"received" | "applied"} what @param {number} [more] cash beyond that: rounding that is not told
 */
function tendersOf(tenders, what, more = 0) {
  /** @type {Map<string, number>} */
  const sums = new Map(more || tenders.length === 0 ? [["cash", more]] : []);
  for (const tender of tenders) {
    const kind = TENDERS[/** @type {keyof typeof TENDERS} */ (tender.kind)];
    sums.set(kind, (sums.get(kind) ?? 0) + size(tender[tender.kind === "cash" ? what : "applied"]));
  }
  return [...sums].map(([kind, amount]) => ({ kind, sum: amount }));
}

/**
 * A sale or a refund. Cash rounding down by less than a unit of the currency is the register's `rounding`; any other one stays between the till and
 * its drawer: the register is told what the lines come to, and as much more or less cash.
 * @param {any} document @param {Around} around @returns {Receipt}
 */
export function receiptOf(document, around) {
  const back = document.kind === "refund";
  const lines = linesOf(document, document.tenders.some((/** @type {any} */ tender) => tender.kind === "on_account"));
  const rounded = document.totals.cash_rounding * (back ? -1 : 1);
  const rounding = rounded < 0 && rounded >= -MOST_ROUNDED_DOWN ? rounded : 0;
  return {
    operation: back ? "return" : "sale",
    document: document.id,
    lines,
    tenders: tendersOf(document.tenders, back ? "applied" : "received", rounding - rounded),
    total: size(document.totals.total) + rounding - rounded,
    ...(rounding !== 0 && { rounding }),
    ...said(around),
    ...(back && around.origin && { origin: originOf(around.origin) }),
  };
}

/** @param {NonNullable<Around["origin"]>} origin */
const originOf = ({ number, device, at }) => ({ document: number, ...(device && { device }), ...(at && { at }) });

/** @param {Around} around */
const said = ({ cashier, language }) => ({ cashier: { name: cashier.slice(0, CODE).trim() || "-" }, language });

/** A customer pays what stood on account: payment of what was handed over on credit. @param {any} document @param {Around} around @returns {Receipt} */
function debtOf(document, around) {
  const { id, amount, tenders } = document;
  const line = { name: around.debt, price: amount, quantity: UNIT, sum: amount, tax: "none", tax_rate: 0, tax_included: true, subject: "goods", method: "settlement" };
  return { operation: "sale", document: id, lines: [line], tenders: tendersOf(tenders, "applied"), total: amount, ...said(around) };
}

/** Takings told of afterwards. @param {any} document @param {Around} around */
function correctionOf({ amount, tax_code, tax_rate, tender, day, basis, basis_number, reason }, around) {
  const basedOn = { kind: basis, at: day, ...(basis_number && { number: basis_number }) };
  return { operation: "sale", sum: amount, tax: taxOf(tax_rate, tax_code), reason, basis: basedOn, tenders: [{ kind: TENDERS[/** @type {keyof typeof TENDERS} */ (tender)], sum: amount }], cashier: said(around).cashier };
}

/**
 * What the job of a document's kind says; `JOBS` names the job.
 * @param {any} document @param {Around} around @returns {any}
 */
export function contentOf(document, around) {
  switch (document.kind) {
    case "sale":
    case "refund":
      return receiptOf(document, around);
    case "debt_payment":
      return debtOf(document, around);
    case "fiscal_correction":
      return correctionOf(document, around);
    case "cash_in":
    case "cash_out":
      return { amount: document.amount, cashier: said(around).cashier };
    default:
      return { cashier: said(around).cashier };
  }
}

/** What a shift's registered facts add up to. @typedef {{sales: number, sales_sum: number, returns: number, returns_sum: number, cash_in: number, cash_out: number}} Counters */

/** The sums of what a till knows to be registered. @param {{job: string, operation: string | null, total: number}[]} facts @returns {Counters} */
export function countersOf(facts) {
  const of = (/** @type {string} */ job, /** @type {string | null} */ operation) => facts.filter((fact) => fact.job === job && (operation === null || fact.operation === operation));
  const total = (/** @type {{total: number}[]} */ some) => sum(some.map((fact) => fact.total));
  const [sales, returns] = [of("receipt", "sale"), of("receipt", "return")];
  return { sales: sales.length, sales_sum: total(sales), returns: returns.length, returns_sum: total(returns), cash_in: total(of("cash_in", null)), cash_out: total(of("cash_out", null)) };
}

/** The register's own answer in the same form. @param {any} counters @returns {Counters} */
export const countersTold = ({ sales, returns, cash_in, cash_out }) => ({ sales: sales.count, sales_sum: sales.sum, returns: returns.count, returns_sum: returns.sum, cash_in, cash_out });

/** By name, what the register counted beyond the till. @param {Counters} device @param {Counters} till @returns {Record<string, number>} */
export const differences = (device, till) =>
  Object.fromEntries(Object.entries(device).map(([name, amount]) => [name, amount - till[/** @type {keyof Counters} */ (name)]]).filter(([, amount]) => amount !== 0));
