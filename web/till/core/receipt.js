// @ts-check
/** What a receipt says, without how wide the paper is (the form of the agent's `receipt` jobs). Pure. */
/**
 * @typedef {{t: (code: string, fields?: Record<string, any>) => string, amount: (minor: number) => string, money: (minor: number) => string,
 *   quantity: (thousandths: number, unit?: string) => string, percent: (basisPoints: number) => string, date: (at: number, style?: any) => string}} Words
 * @typedef {{language: string, header: string[], footer: string[], staff: string, rules: Map<string, string>, taxes: Map<string, string>, outlet: any, register: string,
 *   nextTier?: {name: string, missing: string} | null}} Shop `nextTier`: what the customer still lacks after this receipt
 * @typedef {{language: string, drawer: boolean, lines: Record<string, unknown>[]}} Content
 */

/** @param {string} text @param {Record<string, unknown>} [how] */
export const text = (text, how = {}) => ({ kind: "text", text, ...how });
/** @param {string} left @param {string} right @param {Record<string, unknown>} [how] */
export const pair = (left, right, how = {}) => ({ kind: "pair", left, right, ...how });
export const rule = { kind: "rule" };
export const end = [{ kind: "feed", lines: 2 }, { kind: "cut" }];

/** @param {Shop} shop */
export const head = (shop) => [
  ...(shop.header.length ? shop.header : [shop.outlet.name, shop.outlet.address].filter(Boolean)).map((line, at) => text(line, { align: "center", ...(at === 0 && { bold: true, size: 2 }) })),
];

/** @param {any} document @param {Shop} shop @param {Words} words */
export const made = (document, shop, words) => [
  pair(words.date(document.made_at), shop.register),
  ...(shop.staff ? [pair(words.t("receipt.cashier"), shop.staff)] : []),
];

/**
 * A sale or a refund: each line with its list price, every discount by its rule's name, and net; "you saved" beside the total.
 * @param {any} document @param {Shop} shop @param {Words} words @param {boolean} drawer open it before the first printed byte
 * @returns {Content}
 */
export function receiptContent(document, shop, words, drawer) {
  const { totals } = document;
  const back = document.kind === "refund";
  const lines = [
    ...head(shop),
    ...(back ? [text(words.t("receipt.refund"), { align: "center", bold: true })] : []),
    ...(document.training ? [text(words.t("receipt.training"), { align: "center", bold: true })] : []),
    pair(words.t("receipt.number"), document.receipt),
    ...made(document, shop, words),
    rule,
    ...document.lines.flatMap((/** @type {any} */ line) => lineContent(line, shop, words)),
    rule,
    ...(totals.discount !== 0 ? [pair(words.t("receipt.subtotal"), words.amount(totals.gross)), pair(words.t(back ? "receipt.discount_back" : "receipt.saved"), words.amount(totals.discount), { bold: true })] : []),
    ...(document.inputs.settings.prices_include_tax ? [] : taxLines(document, shop, words)),
    ...(totals.cash_rounding !== 0 ? [pair(words.t("receipt.rounding"), words.amount(totals.cash_rounding))] : []),
    pair(words.t(back ? "receipt.total_back" : "receipt.total"), words.money(totals.total), { bold: true, size: 2 }),
    ...document.tenders.flatMap((/** @type {any} */ tender) => [
      pair(words.t(`receipt.${tender.kind}`), words.amount(tender.received)),
      ...(tender.change ? [pair(words.t("receipt.change"), words.amount(tender.change), { bold: true })] : []),
    ]),
    ...(document.inputs.settings.prices_include_tax ? taxLines(document, shop, words) : []),
    ...pointsLines(document, words),
    ...(shop.nextTier && !back ? [pair(words.t("receipt.next_tier", { tier: shop.nextTier.name }), shop.nextTier.missing)] : []),
    ...shop.footer.map((line) => text(line, { align: "center" })),
    { kind: "feed", lines: 1 },
    { kind: "barcode", symbology: "code128", data: document.receipt },
    ...end,
  ];
  return { language: shop.language, drawer, lines };
}

/** What the receipt did to the customer's points, and how many there are now as the till knows it. @param {any} document @param {Words} words */
function pointsLines({ points, inputs: { terms } }, words) {
  if (!terms || (!points.earned && !points.spent)) return [];
  return [
    rule,
    ...(points.spent ? [pair(words.t("receipt.points_spent"), String(0 - points.spent))] : []),
    ...(points.earned ? [pair(words.t("receipt.points_earned"), String(points.earned))] : []),
    pair(words.t("receipt.points_left"), String(terms.points + points.earned - points.spent), { bold: true }),
  ];
}

/** @param {any} line @param {Shop} shop @param {Words} words */
function lineContent(line, shop, words) {
  const cut = line.gross !== line.net;
  const first = pair(`${words.quantity(line.quantity, line.unit)} × ${words.amount(line.price)}`, words.amount(line.gross));
  const discounts = line.discounts.map((/** @type {any} */ { rule: id, source, amount }) => pair(`  ${shop.rules.get(id) ?? words.t(`receipt.source.${source}`)}`, words.amount(0 - amount)));
  return [text(line.name), first, ...discounts, ...(cut ? [pair("", words.amount(line.net), { bold: true })] : [])];
}

/** Tax by code, inside the prices or on top. @param {any} document @param {Shop} shop @param {Words} words */
function taxLines(document, shop, words) {
  /** @type {Map<string, {rate: number, amount: number}>} */
  const sums = new Map();
  for (const { tax_code, tax_rate, tax_amount } of document.lines) {
    const was = sums.get(tax_code)?.amount ?? 0;
    sums.set(tax_code, { rate: tax_rate, amount: was + tax_amount });
  }
  const included = document.inputs.settings.prices_include_tax;
  return [...sums].filter(([, { rate }]) => rate > 0).map(([code, { rate, amount }]) => pair(words.t(included ? "receipt.tax_included" : "receipt.tax", { tax: shop.taxes.get(code) ?? code, rate: words.percent(rate) }), words.amount(amount)));
}
