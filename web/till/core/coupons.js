// @ts-check
/** Coupons: what the server says that one is worth, and what the till may say without it. Nothing is held by asking. */
import { TIMEOUT, isWhole, plainCode } from "./codes.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";

/**
 * The batch that a code's beginning belongs to, the longest one. @param {string} code @param {any[]} batches
 */
export const batchOf = (code, batches) => batches.filter(({ prefix }) => prefix && code.startsWith(prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0] ?? null;

/**
 * The coupon of a code, as the server says; without the server as its batch allows. Raises `coupon.unknown`, `coupon.offline` and
 * `coupon.<reason>`.
 * @param {import("./core.js").Core} core @param {string} typed @param {string | null} account @returns {Promise<import("./basket.js").Coupon>}
 */
export async function couponOf(core, typed, account) {
  const code = plainCode(typed);
  if (!isWhole(code)) throw new TillError("coupon.unknown", { code });
  if (core.sync.state.online) {
    try {
      const { body } = await request(`/coupons/${encodeURIComponent(code)}${account ? `?account=${account}` : ""}`, { key: core.key(), timeout: TIMEOUT });
      if (!body.ok) throw new TillError(`coupon.${body.reason}`, { code });
      return { code, batch: body.batch };
    } catch (error) {
      if (!(error instanceof TillError) || error.code !== "server.unreachable") throw error;
    }
  }
  const batch = batchOf(code, core.data().coupon_batches ?? []);
  if (!batch) throw new TillError("coupon.unknown", { code });
  if (batch.offline !== "allow") throw new TillError("coupon.offline", { code });
  const { date } = core.selling.localNow();
  if ((batch.from && date < batch.from) || (batch.until && date >= batch.until)) throw new TillError(date < batch.from ? "coupon.not_yet" : "coupon.over", { code });
  return { code, batch: batch.code };
}
