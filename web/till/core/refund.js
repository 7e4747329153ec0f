// @ts-check
/**
 * Money back by receipt. No rule runs: what was charged is given back, and any sequence of partial returns adds up to exactly
 * what was paid, at the original tax. Shares are cumulative: what is due after this return, less what was given before.
 */
import { cashRounding, refundRounding } from "../engine/cash.js";
import { newId } from "./bytes.js";
import { receiptNumber } from "./checkout.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { rounded, sum, times } from "./numbers.js";
import { withReceipt } from "./shift.js";

/**
 * @typedef {{quantity: number, gross: number, net: number, tax_base: number, tax_amount: number}} Given what came back of one sold line, positive
 * @typedef {{line: number, name: string, unit: string, sold: number, left: number, net: number, left_net: number}} Left
 */

/** @param {number} amount @param {number} some @param {number} all */
const share = (amount, some, all) => rounded(BigInt(amount) * BigInt(some), BigInt(all));

/**
 * The parts that the first `quantity` of a line takes, in the order they were charged.
 * @param {{quantity: number, price: number}[]} parts @param {number} quantity
 */
function taken(parts, quantity) {
  const found = [];
  for (const part of parts) {
    const some = Math.min(part.quantity, quantity);
    if (some > 0) found.push({ quantity: some, price: part.price });
    quantity -= some;
  }
  return found;
}

/** What is due for the first `quantity` of a sold line. @param {any} line @param {number} quantity */
function due(line, quantity) {
  if (quantity === line.quantity) return { gross: line.gross, net: line.net, tax_base: line.tax_base, tax_amount: line.tax_amount };
  const net = Math.min(line.net, sum(taken(line.parts, quantity).map((part) => times(part.price, part.quantity))));
  const included = line.tax_base + line.tax_amount === line.net;
  const tax_amount = line.net === 0 ? share(line.tax_amount, quantity, line.quantity) : share(line.tax_amount, net, line.net);
  return { gross: times(line.price, quantity), net, tax_base: included ? net - tax_amount : net, tax_amount };
}

/**
 * The refund line for `quantity` more of a sold line, amounts and quantities negative.
 * @param {any} line as in the sale @param {string} document the sale's id @param {Given} given @param {number} quantity positive @param {number} place
 */
export function refundLine(line, document, given, quantity, place) {
  const before = given.quantity;
  const after = before + quantity;
  const owed = due(line, after);
  const amounts = { gross: owed.gross - given.gross, net: owed.net - given.net, tax_base: owed.tax_base - given.tax_base, tax_amount: owed.tax_amount - given.tax_amount };
  const parts = fewer(line.parts, before, after);
  return {
    ...line,
    line: place,
    entry: "receipt",
    quantity: -quantity,
    gross: -amounts.gross,
    net: -amounts.net,
    tax_base: -amounts.tax_base,
    tax_amount: -amounts.tax_amount,
    parts: parts.map((part) => ({ quantity: -part.quantity, price: part.price })),
    discounts: discounts(line, before, after, amounts.gross - amounts.net),
    units: [],
    origin: { document, line: line.line },
  };
}

/** The parts between two quantities. @param {any[]} parts @param {number} before @param {number} after */
function fewer(parts, before, after) {
  const found = [];
  let start = 0;
  for (const part of parts) {
    const some = Math.min(start + part.quantity, after) - Math.max(start, before);
    if (some > 0) found.push({ quantity: some, price: part.price });
    start += part.quantity;
  }
  return found;
}

/** Each rule's share, cumulative; the last one takes what is left, so that gross less discounts is net. @param {any} line @param {number} before @param {number} after @param {number} total */
function discounts(line, before, after, total) {
  let left = total;
  return line.discounts
    .map((/** @type {any} */ discount, /** @type {number} */ at) => {
      const last = at === line.discounts.length - 1;
      const amount = last ? left : share(discount.amount, after, line.quantity) - share(discount.amount, before, line.quantity);
      left -= amount;
      return { ...discount, amount: 0 - amount };
    })
    .filter((/** @type {any} */ discount) => discount.amount !== 0);
}

const NONE = { quantity: 0, gross: 0, net: 0, tax_base: 0, tax_amount: 0 };

/** @param {Map<number, Given>} given @param {any} line a line of a refund, negative, or of the server's answer, positive @param {number} number of the sold line */
function addGiven(given, line, number) {
  const was = given.get(number) ?? NONE;
  given.set(number, {
    quantity: was.quantity + Math.abs(line.quantity),
    gross: was.gross + Math.abs(line.gross),
    net: was.net + Math.abs(line.net),
    tax_base: was.tax_base + Math.abs(line.tax_base),
    tax_amount: was.tax_amount + Math.abs(line.tax_amount),
  });
}

export class Refunds {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {{sale: any, given: Map<number, Given>} | null} */
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
    const given = await this.#given(sale.id, answer);
    this.started = { sale, given };
    return { document: sale.id, receipt: sale.receipt, soldAt: sale.made_at, lines: sale.lines.map((/** @type {any} */ line) => left(line, given.get(line.line) ?? NONE)) };
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

  /** By line: what the server knows of, and what it does not know yet; without its answer all that is kept here. @param {string} sale @param {any} answer */
  async #given(sale, answer) {
    /** @type {Map<number, Given>} */
    const given = new Map();
    for (const line of answer?.refunded ?? []) addGiven(given, line, line.line);
    for (const row of await this.core.documents.refundsOf(sale)) {
      if (answer && row.state !== "new") continue;
      for (const line of read(row).lines) if (line.origin?.document === sale) addGiven(given, line, line.origin.line);
    }
    return given;
  }

  /**
   * Writes the refund. Raises `refund.nothing`, `refund.too_much` {line, left}.
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
      const before = given.get(number) ?? NONE;
      if (!line || before.quantity + quantity > line.quantity) throw new TillError("refund.too_much", { line: number, left: line ? line.quantity - before.quantity : 0 });
      if (line.unit === "piece" && quantity % 1_000 !== 0 && line.quantity % 1_000 === 0) throw new TillError("quantity.not_whole");
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
   * Rounding of a cash refund, so that the last one lands on what was paid; what was paid by card is not rounded when it comes back
   * as cash beyond that. @param {any} sale @param {Map<number, Given>} given @param {number} owed
   */
  #rounding(sale, given, owed) {
    const { prices_include_tax, cash_step, cash_rounding } = sale.inputs.settings;
    const before = sum([...given.values()].map(({ net, tax_amount }) => (prices_include_tax ? net : net + tax_amount)));
    const paid = sale.totals.total - sale.totals.cash_rounding;
    const roundedBefore = before === 0 ? 0 : cashRounding(before, cash_step, cash_rounding);
    return refundRounding(paid, sale.totals.cash_rounding, before, roundedBefore, owed, cash_step, cash_rounding);
  }
}

/** @param {any} line @param {Given} given @returns {Left} */
const left = (line, given) => ({ line: line.line, name: line.name, unit: line.unit, sold: line.quantity, left: line.quantity - given.quantity, net: line.net, left_net: line.net - given.net });
