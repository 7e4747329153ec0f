// @ts-check
/** Cash put into the drawer or taken out of it, with its reason. */
import { Button, Dialog, ErrorText, html, t, till, useAction, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { parse } from "./typed.js";

export function CashMove({ way, onClose }) {
  const text = useSignal("");
  const reason = useSignal("");
  const action = useAction();
  const move = () => action.run(async () => {
    const amount = parse(text.value, till.settings.value.exponent);
    if (!amount) throw { code: "amount.invalid", fields: {} };
    if (!reason.value.trim()) throw { code: "reason.missing", fields: {} };
    await (way === "in" ? till.cashIn({ amount, reason: reason.value.trim() }) : till.cashOut({ amount, reason: reason.value.trim() }));
    onClose();
  });
  return html`<${Dialog} id=${`cash-${way}`} title=${t(`cash.${way}`)} onClose=${onClose}>
    <div class="dialog-body two">
      <div class="column">
        <${TypedField} id="cash-amount" label=${t("field.amount")} text=${text} placeholder="0" onEnter=${() => document.getElementById("cash-reason")?.focus()} />
        <div class="field"><label for="cash-reason">${t("field.reason")}</label>
          <input id="cash-reason" list="cash-reasons" maxlength="200" value=${reason.value} onInput=${(event) => void (reason.value = event.currentTarget.value)} onKeyDown=${(event) => { if (event.key === "Enter") void move(); }} /></div>
        <div class="picks">${["bank", "change", "supplier"].map((each) => html`<button type="button" key=${each} class="pick" onClick=${() => void (reason.value = t(`cash.reason_${each}`))}>${t(`cash.reason_${each}`)}</button>`)}</div>
        <${ErrorText} error=${action.error} />
        <${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="cash-move" onClick=${move}>${t(`cash.${way}_do`)}<//>
      </div>
      <${Keypad} text=${text} zeros=${true} />
    </div>
  <//>`;
}
