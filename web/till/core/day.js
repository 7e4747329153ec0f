// @ts-check
/** The register's day: opening with a float, X, closing with Z, cash in and out, debts paid, the drawer. */
import { newId } from "./bytes.js";
import { localTime } from "./clock.js";
import { TillError } from "./errors.js";
import { NOTHING, reported, withTenders } from "./shift.js";

/**
 * @typedef {import("./core.js").Core} Core
 * @typedef {import("./shift.js").Shift} Shift
 * @typedef {import("./shift.js").Denomination} Denomination
 */

/** @param {Denomination[]} counts */
const counted = (counts) => counts.filter(({ count }) => count > 0).map(({ value, count }) => ({ value, count }));

/** @param {Core} core @param {{float: number, counts?: Denomination[]}} opening */
export async function openShift(core, { float, counts = [] }) {
  if (core.state.shift.peek()) throw new TillError("shift.open_already");
  core.signedIn();
  const openedAt = core.clock.now();
  /** @type {Shift} */
  const shift = { id: newId(openedAt), openedAt, businessDate: localTime(openedAt, core.zone()).date, float, totals: NOTHING };
  const fields = { shift: shift.id, business_date: shift.businessDate, float, counts: counted(counts) };
  await core.documents.write("shift_opening", fields, [{ store: "shift", key: "current", put: shift }]);
  core.state.shift.value = shift;
}

/** Totals so far; the shift stays open. @param {Core} core */
export async function xReport(core) {
  const totals = reported(core.shifts.current());
  const document = await core.documents.write("x_report", { totals });
  core.print(document);
  return totals;
}

/**
 * Closes with Z: what the drawer held against what it should hold. Documents that wait are sent first, as far as the server answers.
 * @param {Core} core @param {{counted: number, counts?: Denomination[], reason?: string}} closing
 * @returns {Promise<{totals: any, difference: number, zNumber: number, unsent: number}>}
 */
export async function closeShift(core, { counted: found, counts = [], reason = "" }) {
  const shift = core.shifts.current();
  if (core.state.basket.peek().lines.length) throw new TillError("shift.basket_open");
  await core.sync.drain();
  const totals = reported(shift);
  const unsent = core.sync.state.unsent;
  const difference = found - totals.expected;
  const document = await core.documents.write(
    "shift_closing",
    (head) => ({ z_number: head.z + 1, business_date: shift.businessDate, totals, counted: found, counts: counted(counts), difference, reason, unsent }),
    [{ store: "shift", remove: "current" }],
  );
  core.state.shift.value = null;
  core.print(document);
  return { totals, difference, zNumber: document.z_number, unsent };
}

/** @param {Core} core @param {"cash_in" | "cash_out"} kind @param {{amount: number, reason: string}} movement */
export async function moveCash(core, kind, { amount, reason }) {
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("amount.not_positive");
  const shift = core.shifts.current();
  const next = { ...shift, totals: { ...shift.totals, [kind]: shift.totals[kind] + amount } };
  const document = await core.documents.write(kind, { amount, reason }, [{ store: "shift", key: "current", put: next }]);
  core.state.shift.value = next;
  core.print(document);
}

/** An account pays what it owes. @param {Core} core @param {{account: string, amount: number, tender: "cash" | "card", reference?: string | null}} payment */
export async function payDebt(core, { account, amount, tender, reference = null }) {
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("amount.not_positive");
  const shift = core.shifts.current();
  const tenders = [{ kind: tender, received: amount, applied: amount, change: 0, reference }];
  const next = { ...shift, totals: withTenders(shift.totals, tenders) };
  const document = await core.documents.write("debt_payment", { account, amount, tenders }, [{ store: "shift", key: "current", put: next }]);
  core.state.shift.value = next;
  core.print(document, { drawer: tender === "cash" });
}

/** @param {Core} core @param {string} reason @param {string | null} [approver] */
export async function openDrawer(core, reason, approver = null) {
  core.shifts.current();
  const why = reason.trim();
  if (!why) throw new TillError("reason.missing");
  await core.documents.write("drawer_opened", { reason: why, approver });
  core.openDrawer(why);
}
