// @ts-check
/** The dialog of a correction: what was taken, on which day, why, and a manager who agrees. */
import { named } from "../core/i18n.js";
import { parse } from "../screens/typed.js";
import { Button, Dialog, ErrorText, html, t, till, useAction, useSignal } from "../screens/ui.js";
import { Agreed } from "../screens/agreement.js";
import { ratesOf } from "./fiscal-correction.js";

/** One of a few. */
function Choice({ id, label, chosen, options }) {
  return html`<div class="field"><label for=${id}>${label}</label>
    <select id=${id} value=${chosen.value} onChange=${(event) => void (chosen.value = event.currentTarget.value)}>${options.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}</select></div>`;
}

function Field({ id, label, text, ...rest }) {
  return html`<div class="field"><label for=${id}>${label}</label><input id=${id} autocomplete="off" value=${text.value} onInput=${(event) => void (text.value = event.currentTarget.value)} ...${rest} /></div>`;
}

export function FiscalCorrect({ onClose }) {
  const rates = [...ratesOf(till.fiscalFlow.core)].sort((a, b) => b.rate - a.rate);
  const { businessDate } = till.shift.value ?? { businessDate: "" };
  const [amount, day, number, reason] = [useSignal(""), useSignal(businessDate), useSignal(""), useSignal("")];
  const [tax, tender, basis] = [useSignal(rates[0].code), useSignal("cash"), useSignal("self")];
  const [approver, pin] = [useSignal(""), useSignal("")];
  const action = useAction();
  const send = () => action.run(async () => {
    const said = { amount: parse(amount.value, till.settings.value.exponent), tax: tax.value, tender: tender.value, day: day.value, basis: basis.value, basis_number: number.value, reason: reason.value };
    await till.fiscalFlow.correct({ ...said, approver: await till.approve(approver.value, pin.value) });
    onClose();
  });
  return html`<${Dialog} id="fiscal-correct" title=${t("fiscal.correct_title")} onClose=${onClose}>
    <div class="dialog-body"><p class="quiet">${t("fiscal.correct_text")}</p><div class="pair-fields">
      <${Field} id="correct-amount" label=${t("field.amount")} text=${amount} inputmode="decimal" data-first />
      <${Choice} id="correct-tax" label=${t("fiscal.tax")} chosen=${tax} options=${rates.map(({ code, names }) => [code, named(names)])} />
      <${Choice} id="correct-tender" label=${t("fiscal.paid_by")} chosen=${tender} options=${["cash", "card"].map((kind) => [kind, t(`tender.${kind}`)])} />
      <${Field} id="correct-day" label=${t("fiscal.day")} text=${day} type="date" max=${businessDate} />
      <${Choice} id="correct-basis" label=${t("fiscal.basis")} chosen=${basis} options=${["self", "instruction"].map((kind) => [kind, t(`fiscal.basis_${kind}`)])} />
      ${basis.value === "instruction" && html`<${Field} id="correct-number" label=${t("fiscal.basis_number")} text=${number} maxlength="32" />`}
      <${Field} id="correct-reason" label=${t("field.reason")} text=${reason} maxlength="255" />
      <${Agreed} id="correct" approver=${approver} pin=${pin} onEnter=${send} /></div></div>
    <footer class="foot"><${ErrorText} error=${action.error} /><${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="correct-do" onClick=${send}>${t("fiscal.register")}<//></footer>
  <//>`;
}
