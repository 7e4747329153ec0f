// @ts-check
/** What a scanned or typed code is, by the shop's scan-routing table. */

/**
 * @typedef {{id: string, kind: "product" | "weight_label" | "price_label" | "card" | "receipt" | "badge" | "coupon", prefix: string, length: number | null,
 *   pattern: string | null, item: [number, number] | null, value: [number, number] | null, unit: "g" | "10g" | "piece" | "minor" | "major" | null}} Route
 *   `item` and `value` are slices [from, to) of the code; `unit` is what a label's value counts
 * @typedef {{kind: Route["kind"], code: string, route: string | null, item: string | null, value: number | null, unit: Route["unit"]}} Routed
 */

/**
 * Whether the last digit of a GTIN (8, 12, 13 or 14 digits) is its check digit.
 * @param {string} code
 */
export function checkDigitHolds(code) {
  if (!/^(\d{8}|\d{12,14})$/.test(code)) return false;
  let total = 0;
  for (let i = 0; i < code.length - 1; i += 1) total += Number(code[code.length - 2 - i]) * (i % 2 === 0 ? 3 : 1);
  return (10 - (total % 10)) % 10 === Number(code[code.length - 1]);
}

/**
 * The code without what a scanner may add: blanks, AIM identifier ("]E0"), control characters.
 * @param {string} text
 */
export const trimmed = (text) => text.replace(/[\u0000-\u001f\u007f]/g, "").trim().replace(/^\][A-Za-z][0-9A-Za-z]/, "");

/**
 * The route with the longest matching prefix; a code of none is a product's. A weight or price label with a wrong check
 * digit falls through to "product", so that a misread label sells nothing by a made-up weight.
 * @param {string} text @param {readonly Route[]} routes @returns {Routed}
 */
export function route(text, routes) {
  const code = trimmed(text);
  /** @type {Route | null} */
  let best = null;
  for (const candidate of routes) {
    if (matches(code, candidate) && (best === null || candidate.prefix.length > best.prefix.length)) best = candidate;
  }
  if (best === null) return { kind: "product", code, route: null, item: null, value: null, unit: null };
  return {
    kind: best.kind,
    code,
    route: best.id,
    item: best.item ? code.slice(best.item[0], best.item[1]) : null,
    value: best.value ? Number(code.slice(best.value[0], best.value[1])) : null,
    unit: best.unit,
  };
}

/** @param {string} code @param {Route} candidate */
function matches(code, candidate) {
  if (!code.startsWith(candidate.prefix)) return false;
  if (candidate.length !== null && code.length !== candidate.length) return false;
  if (candidate.pattern !== null && !new RegExp(`^(?:${candidate.pattern})$`).test(code)) return false;
  const label = candidate.kind === "weight_label" || candidate.kind === "price_label";
  return !label || checkDigitHolds(code);
}

/**
 * A typed or scanned "6*code": how many, and of what. No multiplier is 1.
 * @param {string} text @returns {{times: number, code: string}}
 */
export function multiplied(text) {
  const found = /^\s*(\d{1,4})\s*[*xх×]\s*(.*)$/.exec(text);
  if (!found || Number(found[1]) === 0) return { times: 1, code: text };
  return { times: Number(found[1]), code: found[2] };
}
