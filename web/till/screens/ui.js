// @ts-check
/**
 * What every screen uses: the renderer, the core, texts, and the few controls that all screens share.
 * State is read from signals in render. Screens never touch storage or the network; they call `till`.
 */
import { html, useEffect, useLayoutEffect, useRef, useSignal } from "../vendor/preact-signals-htm.js";
import { amount, date, day, money, named, quantity, t } from "../core/i18n.js";
import { till } from "../core/till.js";
import { low } from "./sound.js";

export { html, useEffect, useLayoutEffect, useRef, useSignal };
export { batch, computed, effect, render, signal, useComputed, useSignalEffect } from "../vendor/preact-signals-htm.js";
export { amount, date, day, money, named, quantity, t, till };

/** One picture of the sprite; `label` gives it a name, without one it is decoration. */
export function Icon({ name, label = "", className = "" }) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return html`<svg class=${`icon ${className}`} ...${named} focusable="false"><use href=${`/till/icons.svg#${name}`} /></svg>`;
}

/** A push button with an icon, a text and the key that does the same. */
export function Button({ icon = "", hint = "", kind = "", children = null, className = "", ...rest }) {
  return html`<button type="button" class=${`button ${kind} ${className}`} aria-keyshortcuts=${hint.replace("⇧", "Shift+") || undefined} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}<span class="button-text">${children}</span>${hint && html`<kbd aria-hidden="true">${hint}</kbd>`}
  </button>`;
}

/**
 * A keypad key: acts when the finger touches, not when it lifts. A click that no touch began (keyboard, screen reader) acts too.
 */
export function Key({ press, children, className = "", ...rest }) {
  const touchedAt = useRef(-Infinity);
  const touch = (event) => {
    if (event.button) return;
    event.preventDefault();
    touchedAt.current = event.timeStamp;
    press();
  };
  const click = (event) => {
    if (event.timeStamp - touchedAt.current > 700 || event.detail === 0) press();
    touchedAt.current = -Infinity;
  };
  return html`<button type="button" class=${`key ${className}`} onPointerDown=${touch} onClick=${click} ...${rest}>${children}</button>`;
}

/** The sentence for a failure: what happened and what to do, in the cashier's language. */
export function explain(failure) {
  if (!failure?.code) return t("till.broken", { detail: String(failure?.message ?? failure) });
  const fields = { ...failure.fields };
  for (const name of ["until", "since", "at"]) if (Number.isInteger(fields[name])) fields[name] = date(fields[name], name === "since" ? "both" : "time");
  if (fields.reason === "card_unknown") fields.reason = t("card.reason_unknown");
  if (fields.cause) fields.cause = t(fields.cause);
  for (const name of ["amount", "max", "left_amount", "sum"]) if (Number.isInteger(fields[name])) fields[name] = money(fields[name]);
  return t(failure.code, fields);
}

/** `run` does one thing at a time and keeps its failure for `ErrorText`. */
export function useAction() {
  const busy = useSignal(false);
  const error = useSignal(/** @type {any} */ (null));
  const run = async (work) => {
    if (busy.value) return undefined;
    busy.value = true;
    error.value = null;
    try {
      return await work();
    } catch (failure) {
      error.value = failure;
      low();
      return undefined;
    } finally {
      busy.value = false;
    }
  };
  return { busy, error, run };
}

export function ErrorText({ error }) {
  return html`<p class="error" role="alert">${error.value && html`<${Icon} name="octagon-alert" /><span>${explain(error.value)}</span>`}</p>`;
}

/**
 * A modal dialog: the browser's own, so the rest of the page is out of reach, the focus stays inside and Esc closes.
 * The focus returns to where it was.
 */
export function Dialog({ id, title, onClose, children, size = "", closable = true }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const dialog = box.current;
    dialog?.showModal();
    const first = dialog?.querySelector("[data-first]");
    if (first instanceof HTMLElement) first.focus();
    return () => {
      dialog?.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    if (closable) onClose();
  };
  return html`<dialog ref=${box} class=${`dialog ${size}`} data-testid=${`dialog-${id}`} aria-labelledby=${`${id}-title`} onCancel=${cancel}>
    <header class="dialog-head">
      <h2 id=${`${id}-title`}>${title}</h2>
      ${closable && html`<button type="button" class="icon-button" aria-label=${t("action.close")} onClick=${onClose}><${Icon} name="x" /></button>`}
    </header>
    ${children}
  </dialog>`;
}
