// @ts-check
/** The basket as the engine reads it, and the rule set made ready once per version. */
import { ENGINE_VERSION, prepare, price } from "../engine/engine.js";

/** The engine's version, as written into documents. */
export const ENGINE = String(ENGINE_VERSION);

/**
 * What a document keeps of the settings: those a price depends on.
 * @param {any} settings
 */
export function priceSettings({ currency, exponent, price_step, cash_step, cash_rounding, prices_include_tax, grace_minutes, cap_percent, cap_amount }) {
  return { currency, exponent, price_step, cash_step, cash_rounding, prices_include_tax, grace_minutes, cap_percent: cap_percent ?? null, cap_amount: cap_amount ?? null };
}
