// @ts-check
/** What a card terminal wants printed, as the agent's `receipt` jobs say it: its own lines, each slip cut off by itself. Pure. */

/** @param {{lines: string[]}[]} slips @param {string} language of the COPY mark */
export const slipContent = (slips, language) => ({
  language,
  logo: false,
  lines: slips.flatMap(({ lines }) => [...lines.map((text) => ({ kind: "text", text })), { kind: "feed", lines: 2 }, { kind: "cut" }]),
});
