// @ts-check
/**
 * What rules' limits leave for this receipt, as the till knows it: what the server told is left over all and what the account used,
 * less what this till sold since. Pure; exact only once the server holds it for the checkout (`holding.js`).
 */

/**
 * @typedef {import("./basket.js").Left} Left
 * @typedef {{document: string, account: string | null, rule: string, times: number, sum: number, pieces: number, sent: number | null}} OwnUse
 *   a use that the server's figures may not count yet; `sent` when the server answered for its document
 */

/** Longest that the server's figures lag behind a document it has: then they count it. */
const LAG = 30_000;

/**
 * @param {any} ruleSet @param {Record<string, {times?: number, sum?: number, pieces?: number}>} told what is left over all, by rule
 * @param {Record<string, number>} used how often the account used each rule that limits that
 * @param {readonly OwnUse[]} own @param {string | null} account @param {boolean} online @returns {Left[]}
 */
export function leftOf(ruleSet, told, used, own, account, online) {
  /** @type {Left[]} */
  const found = [];
  for (const { id, limits } of ruleSet?.body.rules ?? []) {
    if (!limits?.account && !limits?.all && !limits?.budget) continue;
    const mine = own.filter((use) => use.rule === id);
    const taken = (/** @type {"times" | "sum" | "pieces"} */ what) => mine.reduce((total, use) => total + use[what], 0);
    const share = online ? 10_000 : limits.offline === "deny" ? 0 : (limits.offline?.share ?? 10_000);
    const left = (/** @type {"times" | "sum" | "pieces"} */ what, /** @type {number | undefined} */ all) => {
      const there = told[id]?.[what] ?? all;
      return there === undefined || there === null ? null : Math.max(0, part(there, share) - taken(what));
    };
    const ofAll = left("times", limits.all?.times);
    const again = mine.filter((use) => use.account === account).reduce((total, use) => total + use.times, 0);
    const ofAccount = limits.account && account ? Math.max(0, part(limits.account.times - (used[id] ?? 0) - again, share === 0 ? 0 : 10_000)) : null;
    const times = ofAll === null ? ofAccount : ofAccount === null ? ofAll : Math.min(ofAll, ofAccount);
    found.push({ rule: id, times, sum: left("sum", limits.budget?.sum), pieces: left("pieces", limits.budget?.pieces) });
  }
  return found;
}

/** Basis points of an amount, rounded down. @param {number} amount @param {number} share */
const part = (amount, share) => (share === 10_000 ? amount : Number((BigInt(amount) * BigInt(share)) / 10_000n));

/** The names under which `OwnUse.rule` counts what is no rule's: points spent, debts made, a gift card's money. All are in `sum`. */
export const POINTS = "points";
export const DEBT = "on_account";
export const cardUse = (/** @type {string | null} */ id) => `gift_card:${id}`;

/** The uses that may still be missing in the server's figures. @param {readonly OwnUse[]} own @param {number} now */
export const uncounted = (own, now) => own.filter((use) => use.sent === null || now - use.sent < LAG);
