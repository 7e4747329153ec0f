// @ts-check
/** Whether a period of whole days contains a weekday. */

import { daysSince, weekdayOf } from "./form.js";

/** @typedef {import("./rules.js").When} When */

/**
 * Whether none of the weekdays lies in the period.
 * @param {When} when
 */
export function neverFalls(when) {
  return when.weekdays.size > 0 && weekdaysOf(when).length === 0;
}

/**
 * ISO weekdays on which the period and its weekdays allow something; a period without an end has all.
 * @param {When} when
 * @returns {number[]}
 */
export function weekdaysOf({ start, end, weekdays }) {
  const named = weekdays.size ? [...weekdays] : [1, 2, 3, 4, 5, 6, 7];
  if (!start || !end) return named;
  const first = weekdayOf(start);
  const days = (daysSince(end) ?? 0) - (daysSince(start) ?? 0);
  return named.filter((day) => (day - first + 7) % 7 < days);
}
