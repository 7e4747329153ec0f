// A ZPL label drawn by a renderer of others: reads one JSON object, writes the PNG.
"use strict";
const { ready } = require("zpl-renderer-js");

const parts = [];
process.stdin.on("data", (part) => parts.push(part));
process.stdin.on("end", async () => {
  const { zpl, width_mm, height_mm, dots_a_mm } = JSON.parse(Buffer.concat(parts).toString());
  const { api } = await ready;
  const png = Buffer.from(await api.zplToBase64Async(zpl, width_mm, height_mm, dots_a_mm), "base64");
  process.stdout.write(png, () => process.exit(0));
});
