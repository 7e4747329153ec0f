// @ts-check
/** Why the till does not start, and the step that mends it: insecure address, another window, storage, anything else. */
import { Button, Icon, explain, html, t, till } from "./ui.js";
import { LanguageRow } from "./language.js";

function Blocked({ id, icon, title, children }) {
  return html`<main class="blocked" data-testid=${`blocked-${id}`} aria-labelledby="blocked-title">
    <div class="blocked-card"><${Icon} name=${icon} className="big" /><h1 id="blocked-title">${title}</h1>${children}<${LanguageRow} /></div>
  </main>`;
}

export function Insecure() {
  return html`<${Blocked} id="insecure" icon="lock" title=${t("insecure.title")}>
    <p>${t("origin.insecure", { address: location.origin })}</p>
    <ol><li>${t("insecure.step_local")}</li><li>${t("insecure.step_tls")}</li></ol>
  <//>`;
}

export function OtherTab() {
  return html`<${Blocked} id="other-tab" icon="monitor-smartphone" title=${t("other_tab.title")}>
    <p>${t("tab.other")}</p><${Button} icon="refresh-cw" kind="primary" onClick=${() => location.reload()}>${t("action.again")}<//>
  <//>`;
}

export function Broken() {
  return html`<${Blocked} id="broken" icon="octagon-alert" title=${t("broken.title")}>
    <p>${till.failure?.value ? explain(till.failure.value) : t("broken.text")}</p><p class="quiet">${t("broken.kept")}</p>
    <${Button} icon="refresh-cw" kind="primary" onClick=${() => location.reload()}>${t("action.again")}<//>
  <//>`;
}

export function Starting() {
  return html`<main class="blocked" aria-busy="true"><p class="starting" role="status">Tillcard</p></main>`;
}
