// @ts-check
/** What the other printouts say: X and Z, cash moved, debts paid. Pure. */
import { times } from "./numbers.js";
import { end, head, made, pair, rule, text } from "./receipt.js";

const ROWS = /** @type {const} */ (["gross", "discount", "net", "tax", "cash", "card", "gift_card", "on_account", "cash_in", "cash_out", "expected"]);

/** Said only where there was any. */
const RARE = ["gift_card", "on_account"];

/** X and Z: totals so far, and how the drawer stood. @param {any} document @param {import("./receipt.js").Shop} shop @param {import("./receipt.js").Words} words @returns {import("./receipt.js").Content} */
export function shiftContent(document, shop, words) {
  const closing = document.kind === "shift_closing";
  const lines = [
    ...head(shop),
    text(closing ? words.t("receipt.z", { number: document.z_number }) : words.t("receipt.x"), { align: "center", bold: true, size: 2 }),
    ...made(document, shop, words),
    rule,
    pair(words.t("receipt.sales"), String(document.totals.sales)),
    pair(words.t("receipt.refunds"), String(document.totals.refunds)),
    ...ROWS.filter((row) => document.totals[row] || !RARE.includes(row)).map((row) => pair(words.t(`receipt.row.${row}`), words.amount(document.totals[row]))),
    ...(closing
      ? [
          rule,
          ...document.counts.map((/** @type {any} */ { value, count }) => pair(`${words.amount(value)} × ${count}`, words.amount(times(value, count * 1_000)))),
          pair(words.t("receipt.counted"), words.amount(document.counted), { bold: true }),
          pair(words.t("receipt.difference"), words.amount(document.difference), { bold: true }),
          ...(document.reason ? [text(document.reason)] : []),
          ...(document.unsent ? [text(words.t("receipt.unsent", { n: document.unsent }))] : []),
        ]
      : []),
    ...end,
  ];
  return { language: shop.language, drawer: false, lines };
}

/** A customer paid what stood on account. @param {any} document @param {import("./receipt.js").Shop} shop @param {import("./receipt.js").Words} words @param {boolean} drawer @returns {import("./receipt.js").Content} */
export function debtContent(document, shop, words, drawer) {
  const lines = [
    ...head(shop),
    text(words.t("receipt.debt_payment"), { align: "center", bold: true }),
    ...made(document, shop, words),
    ...document.tenders.map((/** @type {any} */ tender) => pair(words.t(`receipt.${tender.kind}`), words.money(tender.applied), { bold: true })),
    ...end,
  ];
  return { language: shop.language, drawer, lines };
}

/** Cash put in or taken out. @param {any} document @param {import("./receipt.js").Shop} shop @param {import("./receipt.js").Words} words @returns {import("./receipt.js").Content} */
export function cashContent(document, shop, words) {
  const lines = [
    ...head(shop),
    text(words.t(`receipt.${document.kind}`), { align: "center", bold: true }),
    ...made(document, shop, words),
    pair(document.reason, words.money(document.amount), { bold: true }),
    ...end,
  ];
  return { language: shop.language, drawer: true, lines };
}
