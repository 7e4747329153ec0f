// @ts-check
/** Numbers as people type them, to whole minor units or thousandths and back; never through a float. */

/**
 * `text` ("12", "1 250,5", "0.575") as a whole number of the smallest part; `decimals` are the places that part has.
 * null where it is not such a number or has more places than that.
 */
export function parse(text, decimals) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  const match = /^(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || !(match[1] || match[2]) || (match[2] ?? "").length > decimals) return null;
  const whole = Number((match[1] || "0") + (match[2] ?? "").padEnd(decimals, "0"));
  return Number.isSafeInteger(whole) ? whole : null;
}

/** The same number for an input field, without what is not needed: 12050 of 2 places is "120.5". */
export function plain(value, decimals) {
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const rest = decimals ? digits.slice(-decimals).replace(/0+$/, "") : "";
  return (value < 0 ? "-" : "") + whole + (rest ? `.${rest}` : "");
}

/** What a keypad key does to a text that is being typed. */
export function pressed(text, key) {
  if (key === "back") return text.slice(0, -1);
  if (key === "clear") return "";
  if (key === ".") return text.includes(".") ? text : `${text || "0"}.`;
  return (text === "0" ? "" : text) + key;
}
