// @ts-check
/** Who agrees to a step at the fiscal register. */
import { html, t, till } from "../screens/ui.js";

/** A manager's agreement: who, and the PIN. */
export function Agreed({ id, approver, pin, first = false, onEnter }) {
  const managers = till.staff.value.filter((person) => ["manager", "owner"].includes(person.role));
  approver.value ||= managers[0]?.id ?? "";
  return html`<div class="field"><label for=${`${id}-approver`}>${t("price.approver")}</label>
      <select id=${`${id}-approver`} value=${approver.value} onChange=${(event) => void (approver.value = event.currentTarget.value)}>
        ${managers.map((person) => html`<option value=${person.id} key=${person.id}>${person.name}</option>`)}</select></div>
    <div class="field"><label for=${`${id}-pin`}>${t("price.pin")}</label>
      <input id=${`${id}-pin`} data-first=${first || undefined} type="password" inputmode="numeric" autocomplete="off" value=${pin.value} onInput=${(event) => void (pin.value = event.currentTarget.value)}
        onKeyDown=${(event) => { if (event.key === "Enter") void onEnter(); }} /></div>`;
}
