// @ts-check
/** What the cashier looks at, which is nobody else's business: open dialog, selected line, panel, side of the hand. */
import { signal } from "../vendor/preact-signals-htm.js";

/** @type {{value: null | {name: string, [field: string]: any}}} */
export const dialog = signal(null);
export const open = (name, fields = {}) => void (dialog.value = { name, ...fields });
export const close = () => void (dialog.value = null);

/** What lies over the goods: `{name: "line", key}`, `{name: "customer"}` or nothing. */
export const panel = signal(/** @type {null | {name: string, key?: any}} */ (null));
export const closePanel = () => void (panel.value = null);

/** On a narrow screen one of two halves is seen. */
export const half = signal(/** @type {"goods" | "basket"} */ ("basket"));

/** What people hand over for the sum that is being paid. */
export const quick = signal(/** @type {number[]} */ ([]));

/** `6*` typed before a scan or a tap: how many of the next goods. */
export const times = signal(1);

/** Whose badge was scanned last. */
export const badge = signal(/** @type {string | null} */ (null));

/** The receipt whose change was already seen. */
export const seen = signal("");

/** Bars that a screen itself shows. */
export const notes = signal(/** @type {{id: string, tone: string, failure: any}[]} */ ([]));
export const note = (id, failure, tone = "attention") => void (notes.value = [...notes.value.filter((each) => each.id !== id), { id, tone, failure }]);
export const dropNote = (id) => void (notes.value = notes.value.filter((note) => note.id !== id));

const HAND = "tillcard.hand";
export const hand = signal(localStorage.getItem(HAND) === "left" ? "left" : "right");
export function setHand(side) {
  hand.value = side;
  localStorage.setItem(HAND, side);
}
