// @ts-check
/** What a law wants of the till where goods of a class are sold: the hours, and the buyer's age. Pure. */
import { TillError } from "./errors.js";
import { named } from "./i18n.js";

/** @typedef {import("./basket.js").Basket} Basket */

/** What the law says now of the goods' class. @param {any} data @param {{regulation: string | null}} goods */
export const lawOf = ({ regulations }, { regulation }) => regulations.find((/** @type {any} */ each) => each.code === regulation);

/** A class by its name in the cashier's language. @param {any} law @returns {string} */
export const lawName = ({ names, code }) => named(names) || code;

/** The least age for these goods, 0 where any will do. @param {any} data @param {{regulation: string | null}} goods @returns {number} */
export const ageFor = (data, goods) => lawOf(data, goods)?.age ?? 0;

/** @param {number} minute of a day */
const clock = (minute) => new Date(minute * 60_000).toISOString().slice(11, 16);

/**
 * Raises `regulation.not_now` where goods are not sold at this local minute; it names all of the first such class.
 * @param {any} data @param {readonly {regulation: string | null, name: string, names: Record<string, string>}[]} lines @param {number} minute
 */
export function inHours(data, lines, minute) {
  const shut = (/** @type {any} */ law) => {
    const [from, until] = law?.hours ?? [0, 1_440];
    return until > from ? minute < from || minute >= until : minute < from && minute >= until;
  };
  const law = lines.map((line) => lawOf(data, line)).find(shut);
  if (!law) return;
  const [from, until] = law.hours.map(clock);
  const goods = lines.filter((line) => line.regulation === law.code).map(({ names, name }) => named(names) || name);
  throw new TillError("regulation.not_now", { regulation: lawName(law), from, until, goods: goods.join(", ") });
}

/** The age that the buyer has to be asked for before the basket can be paid, or 0. @param {any} data @param {Basket} basket */
export function ageToAsk(data, { state, lines, ageConfirmed }) {
  const age = Math.max(0, ...lines.map((line) => ageFor(data, line)));
  return state === "open" && age > (ageConfirmed?.age ?? 0) ? age : 0;
}

/** Raises `regulation.not_now` and `regulation.age_not_asked` when payment begins. @param {any} data @param {Basket} basket @param {number} minute */
export function mayBePaid(data, basket, minute) {
  inHours(data, basket.lines, minute);
  const age = ageToAsk(data, basket);
  if (age) throw new TillError("regulation.age_not_asked", { age });
}
