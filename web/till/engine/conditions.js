// @ts-check
/** Who and when: whether a rule holds for this customer at this time, or what is missing. */

/** @typedef {import("./basket.js").Left} Left */
/** @typedef {import("./rules.js").Limits} Limits */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").Who} Who */
/** @typedef {import("./rules.js").When} When */
/** @typedef {import("./rules.js").Hours} Hours */
/** @typedef {import("./basket.js").Basket} Basket */
/** @typedef {import("./basket.js").Terms} Terms */
/** @typedef {import("./basket.js").LocalTime} LocalTime */

const DAY = 1_440;
/** @type {Hours[]} */
const ALL_DAY = [{ start: 0, end: DAY }];
/** @type {Set<number>} */
const ALL_WEEK = new Set();

/**
 * The first thing that keeps the rule from this customer or this time, or null.
 * @param {Rule} rule
 * @param {Basket} basket
 * @returns {string | null}
 */
export function missing(rule, basket) {
  return (
    whoIsMissing(rule.who, basket.terms, basket.claimed) ||
    couponIsMissing(rule.who, basket.coupons) ||
    ownIsMissing(rule, basket.terms) ||
    birthdayIsMissing(rule.when, basket.terms) ||
    whenIsMissing(rule.when, [basket.first_scan, basket.payment], basket.settings.grace_minutes) ||
    leftIsMissing(rule.limits, basket.left.get(rule.id))
  );
}

/**
 * @param {Who} who
 * @param {Terms | null} terms
 * @param {Set<string>} claimed
 * @returns {string | null}
 */
function whoIsMissing(who, terms, claimed) {
  if (terms === null) {
    if (who.card || who.tiers.size || who.categories.size || who.tags.size || who.accounts.size) return "card";
  } else if (who.tiers.size && !(terms.tier !== null && who.tiers.has(terms.tier))) return "tier";
  else if (who.categories.size && !meet(who.categories, terms.categories)) return "category";
  else if (who.tags.size && !meet(who.tags, terms.tags)) return "tag";
  else if (who.accounts.size && !(terms.account !== null && who.accounts.has(terms.account))) return "account";
  return who.claimed.size && !meet(who.claimed, claimed) ? "claimed" : null;
}

/**
 * @param {Set<string>} one
 * @param {Set<string>} other
 */
function meet(one, other) {
  for (const each of one) if (other.has(each)) return true;
  return false;
}

/**
 * @param {Who} who
 * @param {Set<string>} shown
 * @returns {string | null}
 */
function couponIsMissing(who, shown) {
  return who.coupons.size && !meet(who.coupons, shown) ? "coupon" : null;
}

/**
 * What only an account can have: a percent or prices of its own, points.
 * @param {Rule} rule
 * @param {Terms | null} terms
 * @returns {string | null}
 */
function ownIsMissing({ effect: { kind } }, terms) {
  if (kind !== "personal" && kind !== "personal_price" && kind !== "earn" && kind !== "earn_bonus") return null;
  if (terms === null) return "card";
  if (kind === "personal") return terms.personal > 0 ? null : "personal";
  return kind !== "personal_price" || terms.prices.size > 0 ? null : "personal";
}

/**
 * Whole days around the nearest birthday; `terms.birthday` is negative before it.
 * @param {When} when
 * @param {Terms | null} terms
 * @returns {string | null}
 */
function birthdayIsMissing({ birthday }, terms) {
  if (birthday === null) return null;
  if (terms === null) return "card";
  const day = terms.birthday;
  return day !== null && -birthday.before <= day && day <= birthday.after ? null : "birthday";
}

/**
 * Whether limits from outside leave nothing; one number of times stands for the account's and the total limit.
 * @param {Limits} limits
 * @param {Left | undefined} left
 * @returns {string | null}
 */
function leftIsMissing(limits, left) {
  if (left === undefined) return null;
  if (left.times === 0) return limits.account !== null ? "limit_account" : "limit_all";
  return left.sum === 0 || left.pieces === 0 ? "budget" : null;
}

/**
 * R5: it is enough that the rule holds at the first scan or at payment; windows end `grace` minutes later.
 * @param {When} when
 * @param {LocalTime[]} times
 * @param {number} grace
 * @returns {string | null}
 */
function whenIsMissing(when, times, grace) {
  const hours = when.hours.length ? when.hours : ALL_DAY;
  if (times.some((time) => isOpen(when, when.weekdays, hours, time, grace))) return null;
  if (when.hours.length && times.some((time) => isOpen(when, when.weekdays, ALL_DAY, time, grace))) return "hours";
  if (when.weekdays.size && times.some((time) => isOpen(when, ALL_WEEK, ALL_DAY, time, grace))) return "weekday";
  return "dates";
}

/**
 * Whether `time` falls into a window that began on its own day, or on the day before and runs over midnight.
 * @param {When} when
 * @param {Set<number>} weekdays
 * @param {Hours[]} windows
 * @param {LocalTime} time
 * @param {number} grace
 */
function isOpen({ start, end }, weekdays, windows, time, grace) {
  let today = start <= time.date && (!end || time.date < end);
  today = today && (!weekdays.size || weekdays.has(time.weekday));
  let eve = start < time.date && (!end || time.date <= end);
  eve = eve && (!weekdays.size || weekdays.has(((time.weekday + 5) % 7) + 1));
  for (const hours of windows) {
    const last = hours.end > hours.start ? hours.end + grace : hours.end + DAY + grace;
    if (today && hours.start <= time.minute && time.minute < last) return true;
    if (eve && time.minute + DAY < last) return true;
  }
  return false;
}
