// @ts-check
/** Digits under the finger, beside a field that takes keyboard and paste too. */
import { Icon, Key, html, t } from "./ui.js";
import { pressed } from "./typed.js";

/**
 * `text` is a signal. `keys` are the three columns of rows below 7 to 1; `point` offers the decimal point.
 */
export function Keypad({ text, point = false, zeros = false, onEnter = null, enter = null, enterLabel = "", enterHint = "" }) {
  const press = (key) => () => void (text.value = pressed(text.value, key));
  const digit = (key) => html`<${Key} key=${key} press=${press(key)}>${key}<//>`;
  return html`<div class="keypad" role="group" aria-label=${t("keypad.label")}>
    ${["7", "8", "9"].map(digit)}
    <${Key} press=${press("back")} aria-label=${t("keypad.back")}><${Icon} name="delete" /><//>
    ${["4", "5", "6"].map(digit)}
    <${Key} press=${press("clear")} aria-label=${t("keypad.clear")} className="quiet">C<//>
    ${["1", "2", "3"].map(digit)}
    ${onEnter
      ? html`<button type="button" class="key enter" onClick=${onEnter} aria-keyshortcuts="Enter" aria-label=${enter ? undefined : enterLabel || t("action.ok")}>${enter ?? html`<${Icon} name="check" />`}${enterHint && html`<kbd aria-hidden="true">${enterHint}</kbd>`}</button>`
      : html`<span></span>`}
    ${zeros || point ? digit("0") : html`<${Key} press=${press("0")} className="three">0<//>`}
    ${zeros && digit("00")}
    ${point ? html`<${Key} press=${press(".")} className=${zeros ? "" : "two"} aria-label=${t("keypad.point")}>.<//>` : zeros && digit("000")}
  </div>`;
}

/** The field a keypad writes into. No keyboard slides over the keypad, but a real one works, and so does paste. */
export function TypedField({ id, label, text, onEnter = null, secret = false, placeholder = "", first = true, hidden = false }) {
  const type = (event) => void (text.value = event.currentTarget.value);
  const key = (event) => {
    if (event.key !== "Enter" || !onEnter) return;
    event.preventDefault();
    onEnter();
  };
  return html`<div class="field">
    <label for=${id} class=${hidden ? "sr" : ""}>${label}</label>
    <input id=${id} class="typed" type=${secret ? "password" : "text"} inputmode="none" autocomplete="off" spellcheck=${false} data-first=${first || undefined}
      value=${text.value} placeholder=${placeholder} onInput=${type} onKeyDown=${key} enterkeyhint="done" />
  </div>`;
}
