// @ts-check
/**
 * Money back by receipt. No rule runs: what was charged is given back, by the engine's own arithmetic, so that any sequence of
 * partial returns adds up to exactly what was paid, at the original tax.
 */
import { cashRounding, refundRounding } from "../engine/cash.js";
import { prorate } from "../engine/money.js";
import { addUp, nothingReturned, returned } from "../engine/refund.js";
import { newId } from "./bytes.js";
import { receiptNumber } from "./checkout.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { sum } from "./numbers.js";
import { withReceipt } from "./shift.js";

/**
 * @typedef {import("../engine/refund.js").Sold} Sold
 * @typedef {import("../engine/refund.js").Returned} Returned
 */

/** A line of a sale document as the engine reads it. @param {any} line @returns {Sold} */
export const soldLine = ({ quantity, unit, gross, net, tax_amount, tax_base, discounts, parts }) => ({
  quantity,
  measured: unit === "kg" || quantity % 1_000 !== 0,
  gross,
  net,
  tax: tax_amount,
  tax_base,
  discounts: discounts.map((/** @type {any} */ discount) => discount.amount),
  parts,
});

/**
 * What a refund document's line gave back of the sold one, positive again.
 * @param {any} line the sold line @param {any} back the refund's
 * @returns {Returned}
 */
export function givenBy(line, back) {
  const left = [...back.discounts];
  const discounts = line.discounts.map((/** @type {any} */ discount) => {
    const at = left.findIndex((candidate) => candidate.rule === discount.rule);
    return at < 0 ? 0 : 0 - left.splice(at, 1)[0].amount;
  });
  return { quantity: 0 - back.quantity, gross: 0 - back.gross, net: 0 - back.net, tax: 0 - back.tax_amount, tax_base: 0 - back.tax_base, discounts, parts: [] };
}

/** The same from the server's answer, which has no discounts by rule. @param {any} line @param {any} answer @returns {Returned} */
function toldBack(line, { quantity, gross, net, tax_amount, tax_base }) {
  return { quantity, gross, net, tax: tax_amount, tax_base, discounts: prorate(gross - net, soldLine(line).discounts), parts: [] };
}

/**
 * The refund's line: amounts and quantities negative. Raises `refund.nothing`, `refund.too_much`, `refund.part_of_piece`.
 * @param {any} line as in the sale @param {string} document the sale's id @param {Returned} before @param {number} quantity positive @param {number} place
 */
export function refundLine(line, document, before, quantity, place) {
  const back = asTillError(() => returned(soldLine(line), before, quantity));
  return {
    ...line,
    line: place,
    entry: "receipt",
    quantity: -quantity,
    gross: 0 - back.gross,
    net: 0 - back.net,
    tax_base: 0 - back.tax_base,
    tax_amount: 0 - back.tax,
    parts: back.parts.map((part) => ({ quantity: -part.quantity, price: part.price })),
    discounts: line.discounts.map((/** @type {any} */ discount, /** @type {number} */ at) => ({ ...discount, amount: 0 - back.discounts[at] })).filter((/** @type {any} */ discount) => discount.amount !== 0),
    units: [],
    origin: { document, line: line.line },
  };
}

/** @template T @param {() => T} work @returns {T} */
function asTillError(work) {
  try {
    return work();
  } catch (error) {
    throw error instanceof Error && "code" in error ? new TillError(String(error.code)) : error;
  }
}

export class Refunds {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {{sale: any, given: Map<number, Returned>} | null} what is being given back, by sold line */
    this.started = null;
  }

  /**
   * The sale and what of it has not come back yet. The till's own copy is enough; the server is asked as far as it answers, for
   * sales of other registers always. Raises `receipt.not_known`, `receipt.not_a_sale`.
   * @param {string} receipt
   */
  async start(receipt) {
    this.core.shifts.current();
    const row = await this.core.documents.byReceipt(receipt.trim());
    const answer = await this.#ask(receipt.trim(), row === undefined);
    const sale = row ? read(row) : answer && JSON.parse(answer.document);
    if (!sale) throw new TillError("receipt.not_known", { receipt });
    if (sale.kind !== "sale") throw new TillError("receipt.not_a_sale", { receipt });
    const given = await this.#given(sale, answer);
    this.started = { sale, given };
    return { document: sale.id, receipt: sale.receipt, soldAt: sale.made_at, lines: sale.lines.map((/** @type {any} */ line) => left(line, /** @type {Returned} */ (given.get(line.line)))) };
  }

  /** @param {string} receipt @param {boolean} needed */
  async #ask(receipt, needed) {
    if (!needed && !this.core.sync.state.online) return null;
    try {
      return (await request(`/receipts/${encodeURIComponent(receipt)}`, { key: this.core.key(), timeout: 2_000 })).body;
    } catch (error) {
      if (!needed) return null;
      const away = error instanceof TillError && error.code === "server.unreachable";
      throw new TillError(away ? "receipt.not_known_offline" : "receipt.not_known", { receipt });
    }
  }

  /** By line: what the server knows of, and what it does not know yet; without its answer all that is kept here. @param {any} sale @param {any} answer */
  async #given(sale, answer) {
    const refunds = (await this.core.documents.refundsOf(sale.id)).filter((row) => !answer || row.state === "new").map(read);
    const lines = refunds.flatMap((refund) => refund.lines).filter((line) => line.origin?.document === sale.id);
    /** @type {Map<number, Returned>} */
    const given = new Map();
    for (const line of sale.lines) {
      const told = (answer?.refunded ?? []).filter((/** @type {any} */ each) => each.line === line.line).map((/** @type {any} */ each) => toldBack(line, each));
      const here = lines.filter((back) => back.origin.line === line.line).map((back) => givenBy(line, back));
      given.set(line.line, [...told, ...here].length ? addUp(soldLine(line), [...told, ...here]) : nothingReturned(soldLine(line)));
    }
    return given;
  }

  /**
   * Writes the refund. Raises `refund.nothing`, `refund.too_much`, `refund.part_of_piece`.
   * @param {{document: string, lines: {line: number, quantity: number}[], tender: "cash" | "card", reason: string, approver?: string | null, reference?: string | null}} wish
   */
  async refund({ document: id, lines, tender, reason, approver = null, reference = null }) {
    const { core } = this;
    const shift = core.shifts.current();
    if (this.started?.sale.id !== id) throw new TillError("refund.not_started");
    const { sale, given } = this.started;
    const wanted = lines.filter(({ quantity }) => quantity > 0);
    if (wanted.length === 0) throw new TillError("refund.nothing");
    const back = wanted.map(({ line: number, quantity }, at) => {
      const line = sale.lines.find((/** @type {any} */ candidate) => candidate.line === number);
      const before = given.get(number);
      if (!line || !before) throw new TillError("refund.too_much");
      return refundLine(line, sale.id, before, quantity, at + 1);
    });
    const total = (/** @type {string} */ field) => sum(back.map((line) => line[field]));
    const { net, tax } = { net: total("net"), tax: total("tax_amount") };
    const owed = -(sale.inputs.settings.prices_include_tax ? net : net + tax);
    const rounding = tender === "cash" ? this.#rounding(sale, given, owed) : 0;
    const paid = 0 - (owed + rounding);
    /** @type {any} */
    let nextShift;
    const document = await core.documents.write(
      "refund",
      (head) => {
        const number = head.number + 1;
        return {
          number,
          receipt: receiptNumber(core.identity(), number),
          checkout: newId(),
          basket: newId(),
          seller: sale.seller,
          business_date: shift.businessDate,
          inputs: sale.inputs,
          lines: back,
          totals: { gross: total("gross"), discount: total("gross") - net, net, tax, cash_rounding: 0 - rounding, total: paid },
          tenders: paid === 0 ? [] : [{ kind: tender, received: paid, applied: paid, change: 0, reference }],
          points: { earned: 0, spent: 0 },
          training: false,
          personal: null,
          reason,
          approver: approver === null ? null : core.approver(approver),
        };
      },
      (refund) => {
        nextShift = withReceipt(shift, refund);
        return [{ store: "shift", key: "current", put: nextShift }];
      },
    );
    this.started = null;
    core.state.shift.value = nextShift;
    core.state.lastReceipt.value = { kind: "refund", receipt: document.receipt, change: paid, saved: 0, document: document.id, print: { state: "none", waiting: false, causes: [], job: null } };
    core.print(document, { drawer: tender === "cash" });
    return { receipt: document.receipt, change: paid, document };
  }

  /**
   * Rounding of a cash refund, so that the last one lands on what was paid. Earlier returns count as if paid in cash.
   * @param {any} sale @param {Map<number, Returned>} given @param {number} owed
   */
  #rounding(sale, given, owed) {
    const { prices_include_tax, cash_step, cash_rounding } = sale.inputs.settings;
    const before = sum([...given.values()].map(({ net, tax }) => (prices_include_tax ? net : net + tax)));
    const paid = sale.totals.total - sale.totals.cash_rounding;
    const roundedBefore = before === 0 ? 0 : cashRounding(before, cash_step, cash_rounding);
    return refundRounding(paid, sale.totals.cash_rounding, before, roundedBefore, owed, cash_step, cash_rounding);
  }
}

/** What of a sold line can still come back. @param {any} line @param {Returned} given */
const left = (line, given) => ({ line: line.line, name: line.name, unit: line.unit, sold: line.quantity, left: line.quantity - given.quantity, net: line.net, left_net: line.net - given.net });
