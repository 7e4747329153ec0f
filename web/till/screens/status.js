// @ts-check
/** How the till stands: the shop's server, what is not sent yet, printer and agent, storage; each with the step that mends it. */
import { Button, Dialog, Icon, date, html, t, till } from "./ui.js";
import { act } from "./act.js";
import { deviceHealth, worstFirst } from "./top-bar.js";
import { open } from "./view.js";

function Row({ tone, icon, title, children }) {
  return html`<li class=${`status-row ${tone}`}><${Icon} name=${icon} /><div><h3>${title}</h3>${children}</div></li>`;
}

export function Status({ onClose }) {
  const sync = till.sync.value;
  const devices = till.devices.value;
  const health = deviceHealth(devices);
  const stuck = devices?.jobs?.filter((job) => job.state === "failed" || job.state === "uncertain") ?? [];
  return html`<${Dialog} id="status" title=${t("status.title")} onClose=${onClose}>
    <div class="dialog-body" tabindex="0" data-first><ul class="status">
      <${Row} tone=${sync?.online ? "ok" : "attention"} icon=${sync?.online ? "cloud-check" : "cloud-off"} title=${sync?.online ? t("sync.online") : t("sync.offline_title")}>
        <p>${sync?.online ? t("sync.online_text") : t("sync.offline")}</p>
        ${sync?.lastSeen && html`<p class="quiet">${t("sync.last_seen", { time: date(sync.lastSeen, "time") })}</p>`}
        <p>${t("sync.unsent", { n: sync?.unsent ?? 0 })}</p>
      <//>
      ${sync?.quarantined > 0 && html`<${Row} tone="bad" icon="octagon-alert" title=${t("sync.quarantined", { n: sync.quarantined })}><p>${t("document.quarantined")}</p><//>`}
      ${sync?.conflict > 0 && html`<${Row} tone="bad" icon="octagon-alert" title=${t("sync.conflict")}><p>${t("document.differs")}</p><//>`}
      ${sync?.refused && html`<${Row} tone="bad" icon="octagon-alert" title=${t("sync.refused_title")}><p>${t("register.refused")}</p><//>`}
      ${till.storage.value?.persisted === false && html`<${Row} tone="attention" icon="triangle-alert" title=${t("status.storage")}><p>${t("storage.not_persistent")}</p><//>`}
      ${sync?.staleSince && html`<${Row} tone="attention" icon="triangle-alert" title=${t("sync.stale_title")}><p>${t("sync.stale", { since: date(sync.staleSince) })}</p><//>`}
      <${Row} tone=${health} icon=${health === "ok" ? "printer" : "printer-x"} title=${t(`devices.${health}`)}>
        ${devices?.agent === "none" && html`<p>${t("agent.none")}</p>`}
        ${devices?.agent === "connecting" && html`<p>${t(devices.refused ? "agent.refused" : "agent.offline")}</p>`}
        ${[...new Set(worstFirst(devices).flatMap((device) => device.state.causes))].map((cause) => html`<p key=${cause}>${t(cause)}</p>`)}
        ${stuck.map((job) => html`<p key=${job.job} class="job"><span>${t(`${job.says}.${job.state}`, { receipt: job.receipt ?? "", cause: (job.causes ?? []).map((cause) => t(cause)).join(" ") })}</span>
          ${(job.state === "failed" || job.says === "slip") && html`<${Button} icon="printer" onClick=${() => act(() => till.retryPrint(job.job))}>${t("print.again")}<//>`}
          <${Button} icon="x" onClick=${() => act(() => till.dismissPrint(job.job))}>${t("print.skip")}<//></p>`)}
        ${till.identity.value && html`<p><${Button} icon="printer" data-testid="own-devices" onClick=${() => open("joining")}>${t("joining.open")}<//></p>`}
      <//>
    </ul></div>
  <//>`;
}
