// @ts-check
/** A manager agrees to a step: who, and the PIN. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction, useSignal } from "./ui.js";

/** The two fields; `approver` and `pin` are the dialog's own signals. */
export function Agreed({ id, approver, pin, first = false, onEnter = () => undefined }) {
  const managers = till.staff.value.filter((person) => ["manager", "owner"].includes(person.role));
  approver.value ||= managers[0]?.id ?? "";
  return html`<div class="field"><label for=${`${id}-approver`}>${t("price.approver")}</label>
      <select id=${`${id}-approver`} value=${approver.value} onChange=${(event) => void (approver.value = event.currentTarget.value)}>
        ${managers.map((person) => html`<option value=${person.id} key=${person.id}>${person.name}</option>`)}</select></div>
    <div class="field"><label for=${`${id}-pin`}>${t("price.pin")}</label>
      <input id=${`${id}-pin`} data-first=${first || undefined} type="password" inputmode="numeric" autocomplete="off" value=${pin.value} onInput=${(event) => void (pin.value = event.currentTarget.value)}
        onKeyDown=${(event) => { if (event.key === "Enter") void onEnter(); }} /></div>`;
}

/** One step that a manager agrees to: `work` gets the id and may answer what to do once the dialog is gone; `other` may be done instead. */
export function Agreement({ id, title, text, label, icon, work, onClose, other = null }) {
  const approver = useSignal("");
  const pin = useSignal("");
  const action = useAction();
  const agree = () => action.run(async () => {
    const then = await work(await till.approve(approver.value, pin.value));
    onClose();
    then?.();
  });
  return html`<${Dialog} id=${id} title=${title} onClose=${onClose} size="small">
    <div class="dialog-body"><p class="warning"><${Icon} name="triangle-alert" /><span>${text}</span></p>
      <${Agreed} id=${id} approver=${approver} pin=${pin} first=${true} onEnter=${agree} /><${ErrorText} error=${action.error} /></div>
    <footer class="foot">${other}<${Button} kind="primary" icon=${icon} disabled=${action.busy.value} data-testid=${`${id}-do`} onClick=${agree}>${label}<//></footer>
  <//>`;
}
