// @ts-check
/** Bars: what went wrong and the step that mends it. Never modal, never in the way of the next scan. The newest is shown, the others are counted. */
import { Icon, explain, html, t, till } from "./ui.js";
import { act } from "./act.js";
import { query, text } from "./search.js";
import { dropNote, half, notes, open } from "./view.js";

const STEPS = {
  search: (message) => {
    query.value = text.value = message.fields?.code ?? "";
    half.value = "goods";
    document.getElementById("search")?.focus();
  },
  form: () => open("newcomer"),
  fiscal: () => open("fiscal"),
};

/** Worth saying at the start of a shift, not over every sale: the status dialog says them any time. */
const QUIET = ["storage.not_persistent"];

export function Messages() {
  const selling = till.ready.value === "ready";
  const own = notes.value.map((note) => ({ ...note, text: explain(note.failure), actions: [], drop: () => dropNote(note.id) }));
  const theirs = till.messages.value.map((message) => ({ ...message, text: explain(message), drop: () => till.dismiss(message.id) }));
  // what was just scanned comes first, then what was just tried, then the standing trouble, the worst first
  const scans = theirs.filter((message) => message.id.startsWith("scan:"));
  const all = [...scans, ...own.reverse(), ...theirs.filter((message) => !scans.includes(message) && !(selling && QUIET.includes(message.code)))];
  const last = all[0];
  return html`<div class="messages" role="alert">
    ${last && html`<div class=${`message ${last.tone}`} data-testid="message" data-code=${last.code ?? last.failure?.code}>
      <${Icon} name=${last.tone === "bad" ? "octagon-alert" : last.tone === "info" ? "circle-check" : "triangle-alert"} />
      <span class="message-text">${last.text}</span>
      ${all.length > 1 && html`<span class="count">+${all.length - 1}</span>`}
      ${(last.actions ?? []).map((action) => html`<button type="button" class="button" key=${action} data-action=${action}
        onClick=${() => { last.drop(); void act(async () => (STEPS[action] ? STEPS[action](last) : till.answer(last.id, action))); }}>${t(`message.${action}`)}</button>`)}
      <button type="button" class="button" data-action="ignore" onClick=${last.drop}>${t("message.ignore")}</button>
    </div>`}
  </div>`;
}
