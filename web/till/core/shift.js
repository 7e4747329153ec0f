// @ts-check
/** The shift that is open, and its totals, which grow with each document. */
import { TillError } from "./errors.js";
import { sum } from "./numbers.js";

/**
 * @typedef {{value: number, count: number}} Denomination
 * @typedef {{sales: number, refunds: number, gross: number, discount: number, net: number, tax: number, cash: number, card: number,
 *   gift_card: number, on_account: number, cash_in: number, cash_out: number}} Totals sums so far; refunds are negative in them
 * @typedef {{id: string, openedAt: number, businessDate: string, float: number, totals: Totals}} Shift
 */

export const NOTHING = { sales: 0, refunds: 0, gross: 0, discount: 0, net: 0, tax: 0, cash: 0, card: 0, gift_card: 0, on_account: 0, cash_in: 0, cash_out: 0 };

/** Totals with what should lie in the drawer. @param {Shift} shift */
export const reported = ({ float, totals }) => ({ ...totals, expected: float + totals.cash + totals.cash_in - totals.cash_out });

/** Totals with what tenders brought. @param {Totals} was @param {any[]} tenders @returns {Totals} */
export function withTenders(was, tenders) {
  const paid = (/** @type {string} */ by) => sum(tenders.filter((tender) => tender.kind === by).map((tender) => tender.applied));
  return { ...was, cash: was.cash + paid("cash"), card: was.card + paid("card"), gift_card: (was.gift_card ?? 0) + paid("gift_card"), on_account: (was.on_account ?? 0) + paid("on_account") };
}

/** The shift after a sale or a refund. @param {Shift} shift @param {any} document @returns {Shift} */
export function withReceipt(shift, { kind, totals, tenders }) {
  const was = shift.totals;
  return {
    ...shift,
    totals: {
      ...withTenders(was, tenders),
      sales: was.sales + (kind === "sale" ? 1 : 0),
      refunds: was.refunds + (kind === "refund" ? 1 : 0),
      gross: was.gross + totals.gross,
      discount: was.discount + totals.discount,
      net: was.net + totals.net,
      tax: was.tax + totals.tax,
    },
  };
}

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
}
