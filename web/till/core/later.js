// @ts-check
/** The parts of the program that most sales do not need. Each is loaded when it is first asked for; a part is the list in its file. */
import { signal } from "../vendor/preact-signals-htm.js";
import { TillError } from "./errors.js";

/** A server that does not say no either is not waited for any longer. */
const PATIENCE = 10_000;

/**
 * @template T
 * @typedef {(() => Promise<T>) & {here: {value: T | null}}} Part raises `part.not_loaded`; `here` is a signal
 */

/** @template T @param {() => Promise<T>} load @returns {Part<T>} */
function part(load) {
  /** @type {{value: T | null}} */
  const here = signal(null);
  const get = () =>
    new Promise((resolve, reject) => {
      const refuse = (/** @type {unknown} */ reason) => reject(new TillError("part.not_loaded", { reason: String(reason) }));
      const impatience = setTimeout(refuse, PATIENCE, "no answer");
      load()
        .then((found) => resolve((here.value = found)), refuse)
        .finally(() => clearTimeout(impatience));
    });
  return Object.assign(get, { here });
}

export const agreement = part(() => import("../parts/agreement.js"));
export const clients = part(() => import("../parts/clients.js"));
export const correction = part(() => import("../parts/correction.js"));
export const day = part(() => import("../parts/day.js"));
export const devices = part(() => import("../parts/devices.js"));
export const display = part(() => import("../parts/display.js"));
export const fiscal = part(() => import("../parts/fiscal.js"));
export const joining = part(() => import("../parts/joining.js"));
export const law = part(() => import("../parts/law.js"));
export const line = part(() => import("../parts/line.js"));
export const paper = part(() => import("../parts/paper.js"));
export const payment = part(() => import("../parts/payment.js"));
export const returns = part(() => import("../parts/returns.js"));
export const scanning = part(() => import("../parts/scanning.js"));
