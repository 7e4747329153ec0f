// @ts-check
/**
 * Numbers, money, quantities and dates as CLDR has them, from data exported by `web/i18n/export.py`: the browser has no
 * Armenian. Pure; whole numbers in, text out.
 */

/**
 * @typedef {{decimal: string, group: string, minus: string, grouping: number, money: {before: string, after: string, minus_before: string, minus_after: string},
 *   symbols: Record<string, string>, months: string[], months_short: string[], am: string, pm: string,
 *   patterns: {date: string, long_date: string, time: string, both: string}}} Formats
 */

/**
 * A whole number of 10^-`exponent` units as a decimal number with `digits` decimals (those cut off have to be zeros).
 * @param {Formats} formats @param {number} value @param {number} exponent @param {number} [digits]
 */
export function number(formats, value, exponent, digits = exponent) {
  return (value < 0 ? formats.minus : "") + size(formats, Math.abs(value), exponent, digits);
}

/** @param {Formats} formats @param {number} value @param {number} exponent @param {number} digits */
function size({ decimal, group, grouping }, value, exponent, digits) {
  const text = String(value).padStart(exponent + 1, "0");
  const whole = text.slice(0, text.length - exponent);
  const fraction = text.slice(text.length - exponent).slice(0, digits);
  return grouped(whole, group, grouping) + (digits > 0 ? decimal + fraction : "");
}

/** @param {string} whole @param {string} group @param {number} every */
function grouped(whole, group, every) {
  const first = whole.length % every;
  const parts = first ? [whole.slice(0, first)] : [];
  for (let at = first; at < whole.length; at += every) parts.push(whole.slice(at, at + every));
  return parts.join(group);
}

/**
 * An amount with its currency's symbol.
 * @param {Formats} formats @param {number} minor @param {string} currency @param {number} exponent @param {number} [digits]
 */
export function money(formats, minor, currency, exponent, digits = exponent) {
  const { before, after, minus_before, minus_after } = formats.money;
  const symbol = formats.symbols[currency] ?? currency;
  const [left, right] = minor < 0 ? [minus_before, minus_after] : [before, after];
  const gap = (/** @type {string} */ text) => (/[A-Za-z]$/.test(symbol) && text.endsWith("¤") ? `${text}\u00a0` : text); // CLDR: letters keep a distance
  return gap(left).replace("¤", symbol) + size(formats, Math.abs(minor), exponent, digits) + right.replace("¤", symbol);
}

/**
 * Whether amounts are shown with decimals: not where prices and cash know whole units only, and the amount is one.
 * @param {number} minor @param {{exponent: number, price_step: number}} settings
 */
export function decimals(minor, { exponent, price_step }) {
  const unit = 10 ** exponent;
  return price_step % unit === 0 && minor % unit === 0 ? 0 : exponent;
}

/** Thousandths without useless zeros. @param {Formats} formats @param {number} thousandths */
export function quantity(formats, thousandths) {
  let digits = 3;
  for (let rest = thousandths; digits > 0 && rest % 10 === 0; rest /= 10) digits -= 1;
  return number(formats, thousandths, 3, digits);
}

/** @typedef {{year: number, month: number, day: number, hour: number, minute: number}} Moment */

/**
 * A moment by one of the patterns of `formats.patterns`.
 * @param {Formats} formats @param {Moment} moment @param {"date" | "long_date" | "time" | "both"} style
 */
export function moment(formats, moment, style) {
  return formats.patterns[style].replace(/'([^']*)'|(y+|M+|d+|H+|h+|m+|a+)/g, (all, literal, token) => {
    if (literal !== undefined) return literal || "'";
    const two = (/** @type {number} */ value) => String(value).padStart(token.length >= 2 ? 2 : 1, "0");
    switch (token[0]) {
      case "y":
        return token.length === 2 ? String(moment.year % 100).padStart(2, "0") : String(moment.year);
      case "M":
        return token.length === 4 ? formats.months[moment.month - 1] : token.length === 3 ? formats.months_short[moment.month - 1] : two(moment.month);
      case "d":
        return two(moment.day);
      case "H":
        return two(moment.hour);
      case "h":
        return two(moment.hour % 12 || 12);
      case "m":
        return two(moment.minute);
      default:
        return moment.hour < 12 ? formats.am : formats.pm;
    }
  });
}
