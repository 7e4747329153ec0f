// @ts-check
/** How old a buyer is, as a cashier reads it from a document. Pure. */

/**
 * The latest day on which somebody was born who has this age today. Who was born on 29 February has it on the 28th in other years.
 * @param {string} today "2027-01-31" @param {number} age @returns {[number, number, number]} year, month, day
 */
export function latestBirth(today, age) {
  const [year, month, day] = today.split("-").map(Number);
  const last = new Date(Date.UTC(year - age, month, 0)).getUTCDate();
  return [year - age, month, Math.min(day, last)];
}
