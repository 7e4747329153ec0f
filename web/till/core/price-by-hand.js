// @ts-check
/** A price or discount that a person sets on a line, with its document. */
import { lineOf } from "./basket.js";
import { TillError } from "./errors.js";

/** @typedef {import("./basket.js").Manual} Manual */

/**
 * Raises `manual.above_list` {price}, `manual.out_of_range`, `approval.needed`.
 * @param {import("./core.js").Core} core @param {string} key @param {Manual | null} manual null takes it back
 */
export async function setManual(core, key, manual) {
  const { selling } = core;
  selling.mayChange();
  const was = lineOf(selling.basket, key).manual;
  const said = manual ? { kind: manual.kind, value: manual.value, reason: manual.reason ?? "", approver: core.approver(manual.approver) } : was;
  if (!said) return;
  const next = selling.priceable(withManual(selling.basket, key, manual && said));
  const at = selling.basket.lines.findIndex((line) => line.key === key);
  const before = core.quoteOf(selling.basket).lines[at].net;
  const after = core.quoteOf(next).lines[at].net;
  await selling.trace(manual ? "override" : "override_withdrawn", { basket: selling.basket.id, product: selling.basket.lines[at].product, manual: said, before, after }, next);
}

/** @param {import("./basket.js").Basket} basket @param {string} key @param {Manual | null} manual */
function withManual(basket, key, manual) {
  const { price } = lineOf(basket, key);
  if (manual?.kind === "price" && manual.value > price) throw new TillError("manual.above_list", { price });
  if (manual && (!Number.isSafeInteger(manual.value) || manual.value < 0 || (manual.kind === "percent" && manual.value > 10_000))) throw new TillError("manual.out_of_range");
  return { ...basket, lines: basket.lines.map((line) => (line.key === key ? { ...line, manual } : line)) };
}
