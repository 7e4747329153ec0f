// @ts-check
/** A limit on the use of a card: a manager lets it pass with the PIN, or the sale goes on without the card. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction, useSignal } from "./ui.js";
import { act } from "./act.js";
import { pay } from "./totals.js";

export function LimitDialog({ limit, onClose }) {
  const approver = useSignal("");
  const pin = useSignal("");
  const action = useAction();
  const managers = till.staff.value.filter((person) => ["manager", "owner"].includes(person.role));
  const chosen = approver.value || managers[0]?.id;
  const pass = () => action.run(async () => {
    await till.passLimit(limit, await till.approve(chosen, pin.value));
    onClose();
    await pay();
  });
  const without = () => {
    onClose();
    void act(() => till.detachAccount()).then(pay);
  };
  return html`<${Dialog} id="limit" title=${t("limit.title")} onClose=${onClose} size="small">
    <div class="dialog-body">
      <p class="warning"><${Icon} name="triangle-alert" />${t(`limit.${limit}`)}</p>
      <div class="field"><label for="limit-approver">${t("price.approver")}</label>
        <select id="limit-approver" value=${chosen} onChange=${(event) => void (approver.value = event.currentTarget.value)}>
          ${managers.map((person) => html`<option value=${person.id} key=${person.id}>${person.name}</option>`)}</select></div>
      <div class="field"><label for="limit-pin">${t("price.pin")}</label>
        <input id="limit-pin" data-first type="password" inputmode="numeric" autocomplete="off" value=${pin.value} onInput=${(event) => void (pin.value = event.currentTarget.value)}
          onKeyDown=${(event) => { if (event.key === "Enter") void pass(); }} /></div>
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot"><${Button} icon="x" data-testid="limit-without" onClick=${without}>${t("limit.without")}<//>
      <${Button} kind="primary" icon="lock" disabled=${action.busy.value} data-testid="limit-pass" onClick=${pass}>${t("limit.pass")}<//></footer>
  <//>`;
}
