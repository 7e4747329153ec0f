// @ts-check
/** A customer pays what stands on account. */
import { Button, Dialog, ErrorText, html, money, t, till, useAction, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { parse, plain } from "./typed.js";

export function DebtDialog({ onClose }) {
  const text = useSignal("");
  const action = useAction();
  const holder = till.holder.value;
  const exponent = till.settings.value.exponent;
  if (!holder) return null;
  const owed = Math.max(0, holder.owed ?? 0);
  const take = (tender) => action.run(async () => {
    const amount = text.value ? parse(text.value, exponent) : owed;
    if (!amount) throw { code: "amount.invalid", fields: {} };
    await till.payDebt({ account: holder.id, amount, tender });
    onClose();
  });
  return html`<${Dialog} id="debt" title=${t("debt.title")} onClose=${onClose}>
    <div class="dialog-body two">
      <div class="column">
        <dl class="sums big"><div><dt>${t("debt.owed")}</dt><dd data-testid="owed">${money(owed)}</dd></div></dl>
        <${TypedField} id="debt-amount" label=${t("field.amount")} text=${text} placeholder=${plain(owed, exponent)} onEnter=${() => take("cash")} />
        <${ErrorText} error=${action.error} />
        <${Button} kind="primary" icon="banknote" disabled=${action.busy.value} data-testid="debt-cash" onClick=${() => take("cash")}>${t("tender.cash")}<//>
        <${Button} icon="credit-card" disabled=${action.busy.value} data-testid="debt-card" onClick=${() => take("card")}>${t("tender.card")}<//>
      </div>
      <${Keypad} text=${text} zeros=${true} />
    </div>
  <//>`;
}
