// @ts-check
/** What is said of registrations: on our own receipt and in the bars. Pure. */
import { differences } from "./fiscal-content.js";
import { settled } from "./fiscal-rows.js";

/** @typedef {import("./fiscal-rows.js").Row} Row */

/** The lines of our own receipt, in the language of `t`. @param {Row} row @returns {(t: (code: string, fields?: any) => string) => any[]} */
export function printed({ state, result }) {
  if (state !== "registered" || !result) return (t) => [{ kind: "text", text: t("receipt.fiscal_later"), align: "center" }];
  const pair = (/** @type {string} */ left, /** @type {unknown} */ right) => (right === undefined || right === null ? [] : [{ kind: "pair", left, right: String(right) }]);
  const code = result.qr ?? result.url;
  return (t) => [
    ...pair(t("receipt.fiscal_number"), result.number), ...pair(t("receipt.fiscal_shift"), result.shift), ...pair(t("receipt.fiscal_sign"), result.sign),
    ...pair(t("receipt.fiscal_storage"), result.storage), ...pair(t("receipt.fiscal_device"), result.device), ...(code ? [{ kind: "qr", data: code }] : []),
  ];
}

/**
 * The worst first.
 * @param {string | null} dead why nothing can be registered @param {readonly Row[]} rows @param {string | null} refused why the server does not take a record
 * @returns {import("../core/messages.js").Message[]}
 */
export function messages(dead, rows, refused) {
  const waiting = rows.filter((row) => !settled(row) && row.state !== "pending" && row.place > 0).length;
  const differing = rows.filter(({ state, counts }) => state === "registered" && counts && Object.keys(differences(counts.device, counts.till)).length);
  /** @type {import("../core/messages.js").Message[]} */
  const found = [];
  if (dead) found.push({ id: `fiscal:${dead}`, tone: "bad", code: "fiscal.dead", fields: { cause: dead }, actions: ["fiscal"] });
  if (waiting) found.push({ id: `fiscal:open:${waiting}`, tone: "attention", code: "fiscal.open", fields: { n: waiting }, actions: ["fiscal"] });
  for (const { document } of differing) found.push({ id: `fiscal:counts:${document}`, tone: "bad", code: "fiscal.counters", fields: {}, actions: ["fiscal"] });
  if (refused) found.push({ id: "fiscal:refused", tone: "bad", code: "fiscal.record_refused", fields: { reason: refused }, actions: [] });
  return found;
}
