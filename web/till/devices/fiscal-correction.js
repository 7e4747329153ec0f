// @ts-check
/** Takings that no fiscal receipt was given for are told to the register afterwards: a document of its own, registered as sales are. */
import { TillError } from "../core/errors.js";

/** @typedef {{amount: number, tax: string, tender: "cash" | "card", day: string, basis: "self" | "instruction", basis_number: string, reason: string, approver: string | null}} Said `tax`: the shop's code */

const UNTAXED = "none";

/** A shop without taxes sells without. @param {import("../core/core.js").Core} core @returns {{code: string, names: any, rate: number}[]} */
export const ratesOf = (core) => (core.data().tax_rates.length ? core.data().tax_rates : [{ code: UNTAXED, names: "0 %", rate: 0 }]);

/**
 * Writes it; the register is told at once. Raises `fiscal.dead`, `amount.invalid`, `fiscal.day_invalid`, `fiscal.basis_missing`, `reason.missing`.
 * @param {import("./fiscal.js").FiscalFlow} flow @param {Said} said
 */
export function correct(flow, { amount, tax, tender, day, basis, basis_number, reason, approver }) {
  const { core } = flow;
  return core.serial(async () => {
    const { businessDate } = core.shifts.current();
    const cause = flow.dead();
    if (cause) throw new TillError("fiscal.dead", { cause });
    if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("amount.invalid");
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || day > businessDate) throw new TillError("fiscal.day_invalid");
    const [number, why] = [basis_number.trim(), reason.trim()];
    if (basis === "instruction" && !number) throw new TillError("fiscal.basis_missing");
    if (!why) throw new TillError("reason.missing");
    const rate = ratesOf(core).find(({ code }) => code === tax)?.rate ?? 0;
    await core.documents.write("fiscal_correction", {
      amount, tax_code: tax, tax_rate: rate, tender, day, basis, basis_number: number || null, reason: why, approver: core.approver(approver),
    });
  });
}
