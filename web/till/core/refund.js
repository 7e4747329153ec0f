// @ts-check
/**
 * Money back by receipt. No rule runs: what was charged is given back, by the engine's own arithmetic, so that any sequence of
 * partial returns adds up to exactly what was paid, at the original tax.
 */
import { cashRounding, refundRounding } from "../engine/cash.js";
import { divided, prorate } from "../engine/money.js";
import { addUp, nothingReturned, pointsRestored, refundByTender, returned, useGivenBack } from "../engine/refund.js";
import { newId } from "./bytes.js";
import { receiptNumber } from "./checkout.js";
import { read } from "./documents.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";
import { packsBack } from "./packs.js";
import { sum } from "./numbers.js";
import { lawName, lawOf } from "./regulations.js";
import { withReceipt } from "./shift.js";

/**
 * @typedef {import("../engine/refund.js").Sold} Sold
 * @typedef {import("../engine/refund.js").Returned} Returned
 * @typedef {{kind: string, reference: string | null, amount: number}} PaidBack what one purse paid or got back, positive
 * @typedef {{by: string | null}} Allowed goods that the law does not take back may come back: a manager said so, null where one stands at the till
 */

/** Tenders that get back what they paid, whatever people wish. */
const NAMED = ["gift_card", "on_account"];

/** A line of a sale document as the engine reads it. @param {any} line @returns {Sold} */
export const soldLine = ({ quantity, unit, gross, net, tax_amount, tax_base, discounts, parts, points = 0 }) => ({
  quantity,
  measured: unit === "kg" || quantity % 1_000 !== 0,
  gross,
  net,
  tax: tax_amount,
  tax_base,
  discounts: discounts.map((/** @type {any} */ discount) => discount.amount),
  parts,
  points,
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
  return { quantity: 0 - back.quantity, gross: 0 - back.gross, net: 0 - back.net, tax: 0 - back.tax_amount, tax_base: 0 - back.tax_base, discounts, parts: [], points: 0 - (back.points ?? 0) };
}

/** The same from the server's answer, which has no discounts by rule. @param {any} line @param {any} answer @returns {Returned} */
function toldBack(line, { quantity, gross, net, tax_amount, tax_base, points }) {
  const lost = quantity === line.quantity ? (line.points ?? 0) : line.net ? divided(line.points ?? 0, net, line.net)[0] : 0;
  return { quantity, gross, net, tax: tax_amount, tax_base, discounts: prorate(gross - net, soldLine(line).discounts), parts: [], points: points ?? lost };
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
    units: line.units,
    points: 0 - back.points,
    origin: { document, line: line.line },
  };
}

/**
 * What a rule's discounts and lines make of the refund and of all before it. @param {any} sale @param {Map<number, Returned>} given @param {any[]} back lines
 * of the refund @param {(discount: any) => boolean} mine
 */
function backOf(sale, given, back, mine) {
  const found = { amount: 0, quantity: 0, before: { sum: 0, quantity: 0 }, now: { sum: 0, quantity: 0 } };
  for (const line of sale.lines) {
    if (!line.discounts.some(mine)) continue;
    const returning = back.find((each) => each.origin.line === line.line);
    const earlier = given.get(line.line);
    found.quantity += line.quantity;
    found.before.quantity += earlier?.quantity ?? 0;
    found.now.quantity -= returning?.quantity ?? 0;
    line.discounts.forEach((/** @type {any} */ discount, /** @type {number} */ at) => {
      if (!mine(discount)) return;
      found.amount += discount.amount;
      found.before.sum += earlier?.discounts[at] ?? 0;
    });
    for (const discount of returning?.discounts.filter(mine) ?? []) found.now.sum -= discount.amount;
  }
  return found;
}

/** Points spent that are given back with the discount that they paid. @param {any} sale @param {Map<number, Returned>} given @param {any[]} back */
function spentBack(sale, given, back) {
  const { amount, before, now } = backOf(sale, given, back, ({ source }) => source === "points");
  return pointsRestored(sale.points.spent, amount, before.sum, now.sum);
}

/** Uses of limits that are given back. @param {any} sale @param {Map<number, Returned>} given @param {any[]} back */
function usesBack(sale, given, back) {
  const whole = sale.lines.every((/** @type {any} */ line) => {
    const returning = back.find((each) => each.origin.line === line.line)?.quantity ?? 0;
    return (given.get(line.line)?.quantity ?? 0) - returning === line.quantity;
  });
  const uses = (sale.uses ?? []).map((/** @type {any} */ use) => {
    const { quantity, before, now } = backOf(sale, given, back, ({ rule }) => rule === use.rule);
    return useGivenBack(use, quantity, before, now, whole);
  });
  return uses.filter((/** @type {any} */ use) => use.times || use.sum || use.pieces);
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
    /** @type {{sale: any, given: Map<number, Returned>, tenders: PaidBack[], arrived: boolean, fiscal: any, allowed: Allowed | null} | null} what is being given back, by sold line, by which tenders, and its fiscal receipt */
    this.started = null;
  }

  /**
   * The sale and what of it has not come back yet. The till's own copy is enough; the server is asked as far as it answers, for
   * sales of other registers always. Raises `receipt.not_known`, `receipt.not_a_sale`.
   * @param {string} receipt @param {Allowed | null} [allowed] by whom it was before this page knew of it
   */
  async start(receipt, allowed = null) {
    this.core.shifts.current();
    const row = await this.core.documents.byReceipt(receipt.trim());
    const answer = await this.#ask(receipt.trim(), row === undefined);
    const sale = row ? read(row) : answer && JSON.parse(answer.document);
    if (!sale) throw new TillError("receipt.not_known", { receipt });
    if (sale.kind !== "sale") throw new TillError("receipt.not_a_sale", { receipt });
    const own = (await this.core.documents.refundsOf(sale.id)).map(read);
    // the server's sums are needed only where others gave back too: what this till wrote itself it knows to the last point
    const told = (answer?.refunds ?? []).some((/** @type {string} */ id) => !own.some((refund) => refund.id === id)) ? answer : null;
    const refunds = told ? own.filter(({ id }) => !told.refunds.includes(id)) : own;
    const given = this.#given(sale, told, refunds);
    /** @type {PaidBack[]} */
    const here = refunds.flatMap((refund) => refund.tenders).map(({ kind, reference, applied }) => ({ kind, reference, amount: 0 - applied }));
    this.started = { sale, given, tenders: [...(told?.tenders ?? []), ...here], arrived: !row || row.state === "stored", fiscal: answer?.fiscal ?? null, allowed };
    const shown = (/** @type {any} */ line) => ({ ...left(line, /** @type {Returned} */ (given.get(line.line))), kept: this.#keptBy(line) });
    return { document: sale.id, receipt: sale.receipt, soldAt: sale.made_at, lines: sale.lines.map(shown) };
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

  /** By line: what the server knows of, and what it does not know yet; without its answer all that is kept here. @param {any} sale @param {any} answer @param {any[]} refunds */
  #given(sale, answer, refunds) {
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

  /** The fiscal receipt of the sale that is being given back, as the server knows it: {number, device, at} or null. */
  origin() {
    return this.started?.fiscal ?? null;
  }

  /** The class of goods for which the law lets this line not come back, by its name today, or "". @param {any} line */
  #keptBy(line) {
    const law = lawOf(this.core.data(), line);
    return law?.not_returnable ? lawName(law) : "";
  }

  /** A manager lets goods of this receipt come back that the law does not take back: they may be faulty. @param {string | null} approver */
  allow(approver) {
    if (!this.started) throw new TillError("refund.not_started");
    this.started.allowed = { by: this.core.approver(approver) };
  }

  /**
   * Who let these lines come back, null where nobody had to. Raises `refund.not_returnable` {regulation, name}.
   * @param {{line: number, quantity: number}[]} lines @returns {Allowed | null}
   */
  allowed(lines) {
    const wanted = lines.filter(({ quantity }) => quantity > 0).map(({ line }) => line);
    const kept = this.started?.sale.lines.find((/** @type {any} */ line) => wanted.includes(line.line) && this.#keptBy(line));
    if (!kept) return null;
    if (!this.started?.allowed) throw new TillError("refund.not_returnable", { regulation: this.#keptBy(kept), name: kept.name });
    return this.started.allowed;
  }

  /** The lines that come back, and what is owed for them. @param {{line: number, quantity: number}[]} lines */
  #back(lines) {
    if (!this.started) throw new TillError("refund.not_started");
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
    return { back, totals: { gross: total("gross"), discount: total("gross") - net, net, tax }, points: total("points"), owed: 0 - charged(sale, net, tax) };
  }

  /**
   * How the money goes: gift cards and the account get back their share of what they paid, the rest goes by `tender`. Positive amounts;
   * cash is rounded so that the last return lands on what was paid.
   * @param {number} owed @param {"cash" | "card"} tender @param {string | null} [reference] of the bank card's terminal
   * @returns {{parts: {kind: string, amount: number, reference: string | null}[], rounding: number}}
   */
  #split(owed, tender, reference = null) {
    const { sale, given, tenders } = /** @type {NonNullable<Refunds["started"]>} */ (this.started);
    const before = sum([...given.values()].map(({ net, tax }) => charged(sale, net, tax)));
    const named = together(sale.tenders.filter((/** @type {any} */ each) => NAMED.includes(each.kind)).map((/** @type {any} */ each) => ({ kind: each.kind, reference: each.reference, amount: each.applied })));
    const gone = together(tenders.filter(({ kind }) => NAMED.includes(kind)));
    const left = named.map((paid) => Math.max(0, paid.amount - (gone.find((back) => same(back, paid))?.amount ?? 0)));
    const open = sale.totals.total - sale.totals.cash_rounding - sum(named.map(({ amount }) => amount));
    const openBefore = Math.max(0, before - sum(gone.map(({ amount }) => amount)));
    const shares = refundByTender(owed, [...left, Math.max(0, open - openBefore)]);
    const rest = /** @type {number} */ (shares.at(-1));
    const rounding = tender === "cash" ? this.#rounding(sale, open, openBefore, rest) : 0;
    const parts = [...named.map((paid, at) => ({ ...paid, amount: shares[at] })), { kind: tender, reference: tender === "card" ? reference : null, amount: rest + rounding }];
    return { parts: parts.filter(({ amount }) => amount > 0), rounding };
  }

  /** What these lines give back, and how, before anything is written. @param {{line: number, quantity: number}[]} lines @param {"cash" | "card"} [tender] */
  preview(lines, tender = "cash") {
    if (!this.started || !lines.some(({ quantity }) => quantity > 0)) return { total: 0, parts: [], points: { earned: 0, spent: 0 } };
    const { sale, given } = this.started;
    const { back, owed, points } = this.#back(lines);
    const { parts } = this.#split(owed, tender);
    return { total: sum(parts.map(({ amount }) => amount)), parts, points: { earned: 0 - points, spent: spentBack(sale, given, back) } };
  }

  /**
   * Held on the server before anything is given back, so that no two tills give back the same; null without the server, and for a sale that
   * it does not have yet. Raises `refund.held`.
   * @param {string} document @param {{line: number, quantity: number}[]} lines
   */
  async #held(document, lines) {
    if (!this.started?.arrived) return null;
    const held = await this.core.holding.refund({ document, lines });
    if (!held) return null;
    const enough = lines.every(({ line, quantity }) => (held.refund?.lines.find((/** @type {any} */ each) => each.line === line)?.quantity ?? 0) >= quantity);
    if (enough) return held.id;
    this.core.holding.letGo(held.id);
    throw new TillError("refund.held");
  }

  /**
   * Writes the refund. Raises `refund.nothing`, `refund.too_much`, `refund.part_of_piece`, `refund.held`.
   * @param {{document: string, lines: {line: number, quantity: number}[], tender: "cash" | "card", reason: string, approver?: string | null, reference?: string | null}} wish
   * @param {import("./store.js").Effect[]} [effects] kept in the same step
   */
  async refund({ document: id, lines, tender, reason, approver = null, reference = null }, effects = []) {
    const { core } = this;
    const shift = core.shifts.current();
    if (this.started?.sale.id !== id) throw new TillError("refund.not_started");
    core.fiscal.flow?.mayRefund(id);
    const { sale, given } = this.started;
    const { back, totals, points, owed } = this.#back(lines);
    const allowed = this.allowed(lines);
    const agreed = allowed ? allowed.by : approver === null ? null : core.approver(approver);
    const { parts, rounding } = this.#split(owed, tender, reference);
    const reservation = await this.#held(id, lines.filter(({ quantity }) => quantity > 0));
    const paid = 0 - sum(parts.map(({ amount }) => amount));
    /** @type {any} */
    let nextShift;
    const document = await core.documents
      .write(
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
            inputs: { ...sale.inputs, reservation },
            lines: back,
            totals: { ...totals, cash_rounding: 0 - rounding, total: paid },
            tenders: parts.map((part) => ({ kind: part.kind, received: 0 - part.amount, applied: 0 - part.amount, change: 0, reference: part.reference })),
            points: { earned: points, spent: 0 - spentBack(sale, given, back) },
            training: false,
            personal: null,
            uses: usesBack(sale, given, back),
            reason,
            approver: agreed,
          };
        },
        (refund) => {
          nextShift = withReceipt(shift, refund);
          return [{ store: "shift", key: "current", put: nextShift }, ...packsBack(refund), ...effects];
        },
      )
      .catch((error) => {
        if (reservation) core.holding.letGo(reservation);
        throw error;
      });
    this.started = null;
    const handed = sum(parts.filter(({ kind }) => kind === tender).map(({ amount }) => amount));
    core.state.shift.value = nextShift;
    core.state.lastReceipt.value = { kind: "refund", receipt: document.receipt, change: 0 - handed, saved: 0, total: document.totals.total, rounding: document.totals.cash_rounding, document: document.id, print: { state: "none", waiting: false, causes: [], job: null } };
    core.print(document, { drawer: tender === "cash" && handed > 0 });
    return { receipt: document.receipt, change: 0 - handed, document };
  }

  /**
   * Rounding of a cash refund, so that the last one lands on what was paid. Earlier returns count as if paid in cash.
   * @param {any} sale @param {number} open what was paid in cash or by bank card, before rounding @param {number} before what of it went back @param {number} owed
   */
  #rounding(sale, open, before, owed) {
    if (owed === 0) return 0;
    const { cash_step, cash_rounding } = sale.inputs.settings;
    const roundedBefore = before === 0 ? 0 : cashRounding(before, cash_step, cash_rounding);
    return refundRounding(open, sale.totals.cash_rounding, before, roundedBefore, owed, cash_step, cash_rounding);
  }
}

/** What lines are worth to who pays. @param {any} sale @param {number} net @param {number} tax */
const charged = (sale, net, tax) => (sale.inputs.settings.prices_include_tax ? net : net + tax);

/** Whether two tenders are one purse. @param {PaidBack} one @param {PaidBack} other */
const same = (one, other) => one.kind === other.kind && (one.kind !== "gift_card" || one.reference === other.reference);

/** Tenders of one purse as one. @param {PaidBack[]} tenders @returns {PaidBack[]} */
function together(tenders) {
  /** @type {PaidBack[]} */
  const found = [];
  for (const tender of tenders) {
    const at = found.findIndex((each) => same(each, tender));
    if (at < 0) found.push(tender);
    else found[at] = { ...found[at], amount: found[at].amount + tender.amount };
  }
  return found;
}

/** What of a sold line can still come back. @param {any} line @param {Returned} given */
const left = (line, given) => ({ line: line.line, name: line.name, unit: line.unit, sold: line.quantity, left: line.quantity - given.quantity, net: line.net, left_net: line.net - given.net });
