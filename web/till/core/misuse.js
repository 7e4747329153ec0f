// @ts-check
/** Limits against the misuse of cards, counted on the till: how often and how much one account bought today here, and whose it is. Pure. */

/**
 * @typedef {{receipts: number, sum: number, last: number}} Day what an account bought here on one business date; `last` is when
 * @typedef {{limit: string, mode: "flag" | "pin"}} Concern
 */

/**
 * What speaks against this account's use now. `limits` is the server's section; a limit that is off says nothing.
 * @param {any} limits @param {{account: any, cashier: string, day: Day | undefined, total: number, afterPay: boolean, now: number}} use @returns {Concern[]}
 */
export function concerns(limits, { account, cashier, day, total, afterPay, now }) {
  if (!limits || !account) return [];
  const { receipts = 0, sum = 0, last = 0 } = day ?? {};
  /** @type {[string, string | undefined, boolean][]} */
  const asked = [
    ["receipts_a_day", limits.receipts.mode, limits.receipts.most !== null && receipts + 1 > limits.receipts.most],
    ["sum_a_day", limits.sum.mode, limits.sum.most !== null && sum + total > limits.sum.most],
    ["interval", limits.interval.mode, limits.interval.minutes !== null && last > 0 && now - last < limits.interval.minutes * 60_000],
    ["own_card", limits.own_card, account.staff === cashier],
    ["staff_card", limits.staff_card, Boolean(account.staff) && account.staff !== cashier],
    ["after_pay", limits.after_pay, afterPay],
  ];
  return asked.filter(([, mode, met]) => met && (mode === "flag" || mode === "pin")).map(([limit, mode]) => ({ limit, mode: mode === "pin" ? "pin" : "flag" }));
}

/** The account's day with one receipt more. @param {Day | undefined} day @param {number} total @param {number} now @returns {Day} */
export const withUse = (day, total, now) => ({ receipts: (day?.receipts ?? 0) + 1, sum: (day?.sum ?? 0) + total, last: now });
