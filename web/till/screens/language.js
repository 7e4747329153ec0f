// @ts-check
/** The three languages, each by its own name. */
import { html, t, till } from "./ui.js";

export const LANGUAGES = [["en", "English"], ["ru", "Русский"], ["hy", "Հայերեն"]];

export function LanguageRow() {
  return html`<div class="segments languages" role="group" aria-label=${t("language.label")}>
    ${LANGUAGES.map(([code, name]) => html`<button type="button" key=${code} class="segment" lang=${code} aria-pressed=${till.language.value === code} onClick=${() => void till.setLanguage(code)}>${name}</button>`)}
  </div>`;
}
