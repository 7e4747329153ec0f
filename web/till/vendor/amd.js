// @ts-check
/**
 * Lets released UMD files run as ES modules: it stands in for the AMD loader that each of them looks for.
 * The files name no module of their own; they are imported in the order of `names`.
 */
const names = ["preact", "preact/hooks", "@preact/signals-core", "@preact/signals"];

/** @type {Record<string, any>} */
export const modules = {};

/** @param {string[]} wanted @param {(...parts: any[]) => void} make */
function define(wanted, make) {
  const exports = {};
  make(...wanted.map((name) => (name === "exports" ? exports : modules[name])));
  modules[/** @type {string} */ (names.shift())] = exports;
}
define.amd = true;
/** @type {any} */ (globalThis).define = define;
