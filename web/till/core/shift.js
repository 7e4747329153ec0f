// @ts-check
/** The register's day: opening with a float, X, closing with Z, cash in and out. Totals grow with each document. */
import { newId } from "./bytes.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";
import { sum } from "./numbers.js";

/**
 * @typedef {{value: number, count: number}} Denomination
 * @typedef {{sales: number, refunds: number, gross: number, discount: number, net: number, tax: number, cash: number, card: number,
 *   cash_in: number, cash_out: number}} Totals sums so far; refunds are negative in them
 * @typedef {{id: string, openedAt: number, businessDate: string, float: number, totals: Totals}} Shift
 */

const NOTHING = { sales: 0, refunds: 0, gross: 0, discount: 0, net: 0, tax: 0, cash: 0, card: 0, cash_in: 0, cash_out: 0 };

/** Totals with what should lie in the drawer. @param {Shift} shift */
export const reported = ({ float, totals }) => ({ ...totals, expected: float + totals.cash + totals.cash_in - totals.cash_out });

/** The shift after a sale or a refund. @param {Shift} shift @param {any} document @returns {Shift} */
export function withReceipt(shift, { kind, totals, tenders }) {
  const was = shift.totals;
  const paid = (/** @type {string} */ by) => sum(tenders.filter((/** @type {any} */ tender) => tender.kind === by).map((/** @type {any} */ tender) => tender.applied));
  return {
    ...shift,
    totals: {
      ...was,
      sales: was.sales + (kind === "sale" ? 1 : 0),
      refunds: was.refunds + (kind === "refund" ? 1 : 0),
      gross: was.gross + totals.gross,
      discount: was.discount + totals.discount,
      net: was.net + totals.net,
      tax: was.tax + totals.tax,
      cash: was.cash + paid("cash"),
      card: was.card + paid("card"),
    },
  };
}

/** @param {Denomination[]} counts */
const counted = (counts) => counts.filter(({ count }) => count > 0).map(({ value, count }) => ({ value, count }));

export class Shifts {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
  }

  async restore() {
    this.core.state.shift.value = (await this.core.store.get("shift", "current")) ?? null;
  }

  /** @returns {Shift} */
  current() {
    const shift = this.core.state.shift.peek();
    if (!shift) throw new TillError("shift.not_open");
    return shift;
  }

  /** @param {{float: number, counts?: Denomination[]}} opening */
  async open({ float, counts = [] }) {
    if (this.core.state.shift.peek()) throw new TillError("shift.open_already");
    this.core.signedIn();
    const openedAt = this.core.clock.now();
    /** @type {Shift} */
    const shift = { id: newId(openedAt), openedAt, businessDate: localTime(openedAt, this.core.zone()).date, float, totals: NOTHING };
    const fields = { shift: shift.id, business_date: shift.businessDate, float, counts: counted(counts) };
    await this.core.documents.write("shift_opening", fields, [{ store: "shift", key: "current", put: shift }]);
    this.core.state.shift.value = shift;
  }

  /** Totals so far; the shift stays open. */
  async xReport() {
    const totals = reported(this.current());
    const document = await this.core.documents.write("x_report", { totals });
    this.core.print(document);
    return totals;
  }

  /**
   * Closes with Z: what the drawer held against what it should hold. Documents that wait are sent first, as far as the server answers.
   * @param {{counted: number, counts?: Denomination[], reason?: string}} closing
   * @returns {Promise<{totals: any, difference: number, zNumber: number, unsent: number}>}
   */
  async close({ counted: found, counts = [], reason = "" }) {
    const shift = this.current();
    if (this.core.state.basket.peek().lines.length) throw new TillError("shift.basket_open");
    await this.core.sync.drain();
    const totals = reported(shift);
    const unsent = this.core.sync.state.unsent;
    const difference = found - totals.expected;
    const document = await this.core.documents.write(
      "shift_closing",
      (head) => ({ z_number: head.z + 1, business_date: shift.businessDate, totals, counted: found, counts: counted(counts), difference, reason, unsent }),
      [{ store: "shift", remove: "current" }],
    );
    this.core.state.shift.value = null;
    this.core.print(document);
    return { totals, difference, zNumber: document.z_number, unsent };
  }

  /** @param {"cash_in" | "cash_out"} kind @param {{amount: number, reason: string}} movement */
  async move(kind, { amount, reason }) {
    if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("amount.not_positive");
    const shift = this.current();
    const next = { ...shift, totals: { ...shift.totals, [kind]: shift.totals[kind] + amount } };
    const document = await this.core.documents.write(kind, { amount, reason }, [{ store: "shift", key: "current", put: next }]);
    this.core.state.shift.value = next;
    this.core.print(document);
  }

  /** @param {string} reason @param {string | null} [approver] */
  async openDrawer(reason, approver = null) {
    this.current();
    await this.core.documents.write("drawer_opened", { reason, approver });
    this.core.openDrawer();
  }
}
