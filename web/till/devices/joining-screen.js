// @ts-check
/** The dialog in which a till joins the devices of its own PC, or leaves them. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction, useSignal } from "../screens/ui.js";

/** Where an agent listens unless it was told otherwise. */
const PORT = "9317";

export function Joining({ onClose }) {
  const anew = useSignal(false);
  const address = till.identity.value?.agent;
  return address && !anew.value
    ? html`<${Joined} address=${address} onAnew=${() => void (anew.value = true)} onClose=${onClose} />`
    : html`<${Join} address=${address} onJoined=${() => void (anew.value = false)} onClose=${onClose} />`;
}

function Joined({ address, onAnew, onClose }) {
  const action = useAction();
  const { agent, all, refused } = till.devices.value;
  const connected = agent === "connected";
  return html`<${Dialog} id="joining" title=${t("joining.title")} onClose=${onClose}>
    <div class="dialog-body"><p data-testid="joined">${t("joining.joined", { address: new URL(address).host })}</p>
      <p class=${connected ? "quiet" : "warning"} role="status">${!connected && html`<${Icon} name="triangle-alert" />`}<span>${connected ? t("joining.connected", { n: all.length }) : t(refused ? "agent.refused" : "agent.offline")}</span></p>
      <p class="quiet">${t("joining.leave_text")}</p><${ErrorText} error=${action.error} /></div>
    <footer class="foot"><${Button} icon="log-out" disabled=${action.busy.value} data-testid="join-leave" onClick=${() => action.run(() => till.leaveDevices())}>${t("joining.leave")}<//>
      <${Button} icon="refresh-cw" data-first data-testid="join-anew" onClick=${onAnew}>${t("joining.anew")}<//></footer>
  <//>`;
}

function Join({ address, onJoined, onClose }) {
  const code = useSignal("");
  const port = useSignal(address ? new URL(address).port : PORT);
  const action = useAction();
  const join = () => action.run(async () => {
    await till.joinDevices(code.value, Number(port.value));
    onJoined();
  });
  const typed = (id, text, rest) => html`<input id=${id} autocomplete="off" value=${text.value} onInput=${(event) => void (text.value = event.currentTarget.value)}
    onKeyDown=${(event) => { if (event.key === "Enter" && code.value.trim()) void join(); }} ...${rest} />`;
  return html`<${Dialog} id="joining" title=${t("joining.title")} onClose=${onClose}>
    <div class="dialog-body"><p>${t("joining.text")}</p>
      <div class="field"><label for="join-code">${t("joining.code")}</label>${typed("join-code", code, { class: "typed code", "data-first": true, maxlength: 12, autocapitalize: "characters", spellcheck: false })}</div>
      <details><summary>${t("joining.another_port")}</summary><div class="field"><label for="join-port">${t("joining.port")}</label>${typed("join-port", port, { inputmode: "numeric", maxlength: 5 })}</div></details><${ErrorText} error=${action.error} /></div>
    <footer class="foot"><${Button} kind="primary" icon="check" disabled=${action.busy.value || !code.value.trim()} data-testid="join-do" onClick=${join}>${t("joining.do")}<//></footer>
  <//>`;
}
