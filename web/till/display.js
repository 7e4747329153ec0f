// @ts-check
/**
 * The customer's window: shows what the till's page tells it, in words that the till has put into the till's language, and knows nothing
 * by itself. What it is told last is all there is: nothing is kept, and a till that goes away leaves it blank.
 */

/**
 * @typedef {{name: string, quantity: string, net: string, gross: string | null, cuts: {name: string, amount: string}[]}} Line
 * @typedef {{state: "idle" | "selling" | "paying" | "done", language: string, welcome?: string, lines?: Line[], sums?: {kind: string, name: string, amount: string}[],
 *   qr?: {words: string, rows: string[]} | null, thanks?: string}} View
 */

const CHANNEL = "tillcard-display";
const IDLE = /** @type {View} */ ({ state: "idle", language: "en" });
const SVG = "http://www.w3.org/2000/svg";

const place = /** @type {HTMLElement} */ (document.getElementById("display"));

/** @param {string} tag @param {string} kind @param {(Node | string)[]} inside */
function element(tag, kind, ...inside) {
  const made = document.createElement(tag);
  made.className = kind;
  made.append(...inside);
  return made;
}

/** @param {Line} line */
const row = ({ name, quantity, net, gross, cuts }) =>
  element("li", "line", element("span", "name", name), element("span", "net amount", net), element("span", "quiet", quantity),
    element("span", "quiet amount", ...(gross ? [element("s", "gross", gross)] : [])), ...cuts.flatMap((cut) => [element("span", "cut", cut.name), element("span", "cut amount", cut.amount)]));

/** @param {NonNullable<View["sums"]>[number]} sum */
const sum = ({ kind, name, amount }) => element("div", kind, element("dt", "", name), element("dd", "", amount));

/** A QR code: rows of 0 and 1 with four quiet squares around. @param {string[]} rows */
function squares(rows) {
  const size = rows.length + 8;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("class", "qr");
  picture.setAttribute("role", "img");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rows.flatMap((line, y) => [...line].flatMap((square, x) => (square === "1" ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join(""));
  picture.append(path);
  return picture;
}

/** @param {View} view */
function show({ state, language, welcome = "", lines = [], sums = [], qr = null, thanks = "" }) {
  document.documentElement.lang = language;
  place.dataset.state = state;
  const shown = [];
  if (state === "idle") shown.push(element("p", "welcome", welcome));
  if (state === "done") shown.push(element("p", "welcome", thanks));
  if (qr) shown.push(element("div", "pay-by-code", squares(qr.rows), element("p", "", qr.words)));
  else if (lines.length) shown.push(element("ol", "lines", ...lines.map(row)));
  if (sums.length) shown.push(element("dl", "sums", ...sums.map(sum)));
  place.replaceChildren(...shown);
}

const channel = new BroadcastChannel(CHANNEL);
channel.onmessage = ({ data }) => {
  if (data?.type === "view") show(data.view);
};
show(IDLE);
channel.postMessage({ type: "hello" });
