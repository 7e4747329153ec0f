// Bytes for a receipt printer from encoders of others: reads one JSON object, writes the bytes.
"use strict";
const ReceiptPrinterEncoder = require("@point-of-sale/receipt-printer-encoder");
const receiptline = require("receiptline");

const lines = {
  text: (to, each) => to.bold(each.bold ?? false).line(each.text).bold(false),
  ean13: (to, each) => to.barcode(each.data, "ean13", { height: 80, width: 3 }),
  qr: (to, each) => to.qrcode(each.data, { model: 2, size: 6, errorlevel: "m" }),
  drawer: (to) => to.pulse(),
  cut: (to) => to.cut(),
};

const encoders = {
  /** @point-of-sale/receipt-printer-encoder by the name of a printer it knows */
  encoder({ printer, receipt }) {
    const encoder = new ReceiptPrinterEncoder({ printerModel: printer });
    encoder.initialize().codepage("auto");
    for (const each of receipt) lines[each.kind](encoder, each);
    return Buffer.from(encoder.encode());
  },
  /** receiptline: a document in its own markup */
  receiptline({ markup, options }) {
    return Buffer.from(receiptline.transform(markup, options), "binary");
  },
};

const parts = [];
process.stdin.on("data", (part) => parts.push(part));
process.stdin.on("end", () => {
  const question = JSON.parse(Buffer.concat(parts).toString());
  process.stdout.write(encoders[question.with](question));
});
