// @ts-check
/** Bars: what went wrong and the step that mends it. Never modal, never in the way of the next scan. The newest is shown, the others are counted. */
import { Icon, explain, html, t, till } from "./ui.js";
import { act } from "./act.js";
import { text } from "./search.js";
import { dropNote, half, notes } from "./view.js";

const STEPS = {
  search: (message) => {
    text.value = message.fields?.code ?? "";
    half.value = "goods";
    document.getElementById("search")?.focus();
  },
};

export function Messages() {
  const own = notes.value.map((note) => ({ ...note, text: explain(note.failure), actions: [], drop: () => dropNote(note.id) }));
  const theirs = till.messages.value.map((message) => ({ ...message, text: explain(message), drop: () => till.dismiss(message.id) }));
  const all = [...theirs, ...own];
  const last = all[all.length - 1];
  return html`<div class="messages" role="alert">
    ${last && html`<div class=${`message ${last.tone}`} data-testid="message" data-code=${last.code ?? last.failure?.code}>
      <${Icon} name=${last.tone === "bad" ? "octagon-alert" : "triangle-alert"} />
      <span class="message-text">${last.text}</span>
      ${all.length > 1 && html`<span class="count">+${all.length - 1}</span>`}
      ${(last.actions ?? []).map((action) => html`<button type="button" class="button" key=${action} data-action=${action}
        onClick=${() => { last.drop(); void act(async () => (STEPS[action] ? STEPS[action](last) : till.answer(last.id, action))); }}>${t(`message.${action}`)}</button>`)}
      <button type="button" class="button" data-action="ignore" onClick=${last.drop}>${t("message.ignore")}</button>
    </div>`}
  </div>`;
}
