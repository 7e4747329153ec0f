// @ts-check
/** A new device becomes a register: the code stands in the back office. */
import { Button, ErrorText, Icon, html, t, till, useAction, useSignal } from "./ui.js";
import { LanguageRow } from "./language.js";

export function Pair() {
  const code = useSignal("");
  const action = useAction();
  const pair = () => action.run(() => till.pair(code.value.trim().toUpperCase()));
  const submit = (event) => {
    event.preventDefault();
    void pair();
  };
  return html`<main class="blocked" data-testid="pair" aria-labelledby="pair-title">
    <form class="blocked-card" onSubmit=${submit}>
      <${Icon} name="store" className="big" /><h1 id="pair-title">${t("pair.title")}</h1>
      ${till.storage.value?.lost != null && html`<p class="error" role="alert" data-testid="lost"><${Icon} name="octagon-alert" /><span>${t("storage.lost")}</span></p>`}
      <p>${t("pair.text")}</p>
      <div class="field"><label for="pair-code">${t("pair.code")}</label>
        <input id="pair-code" class="typed code" value=${code.value} maxlength="12" autocapitalize="characters" autocomplete="off" spellcheck=${false} placeholder="ABCD2345"
          onInput=${(event) => void (code.value = event.currentTarget.value)} /></div>
      <${ErrorText} error=${action.error} />
      ${action.busy.value && html`<p class="quiet" role="status">${t("pair.busy")}</p>`}
      <${Button} type="submit" kind="primary" icon="check" disabled=${action.busy.value || !code.value.trim()}>${t("pair.do")}<//>
      <${LanguageRow} />
    </form>
  </main>`;
}
