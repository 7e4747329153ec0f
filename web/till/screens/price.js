// @ts-check
/** Another price for one line, by hand: with a reason, and with a manager's PIN where the cashier may not. */
import { Button, Dialog, ErrorText, html, t, till, useAction, useSignal } from "./ui.js";
import { Agreed } from "./agreement.js";
import { Keypad, TypedField } from "./keypad.js";
import { parse, plain } from "./typed.js";

const KINDS = ["price", "percent", "amount"];

export function Price({ lineKey, onClose }) {
  const line = till.basket.value.lines.find((each) => each.key === lineKey);
  const kind = useSignal(line?.manual?.kind ?? "price");
  const places = kind.value === "percent" ? 2 : till.settings.value.exponent;
  const text = useSignal("");
  const why = useSignal(line?.manual?.reason ?? "");
  const approver = useSignal("");
  const pin = useSignal("");
  const action = useAction();
  if (!line) return null;
  const alone = ["manager", "owner"].includes(till.cashier.value?.role ?? "");
  const set = () => action.run(async () => {
    const value = parse(text.value, places);
    if (value === null) throw { code: "amount.invalid", fields: {} };
    const agreed = alone ? null : await till.approve(approver.value, pin.value);
    await till.setManual(lineKey, { kind: kind.value, value, reason: why.value.trim(), approver: agreed });
    onClose();
  });
  const back = () => action.run(async () => {
    await till.setManual(lineKey, null);
    onClose();
  });
  return html`<${Dialog} id="price" title=${t("price.title", { name: line.name })} onClose=${onClose}>
    <div class="dialog-body two">
      <div class="column">
        <div class="segments" role="radiogroup" aria-label=${t("price.kind")}>
          ${KINDS.map((each) => html`<button type="button" role="radio" key=${each} aria-checked=${kind.value === each} class="segment" onClick=${() => { kind.value = each; text.value = ""; }}>${t(`price.${each}`)}</button>`)}
        </div>
        <${TypedField} id="price-value" label=${t(`price.${kind.value}_label`)} text=${text} placeholder=${kind.value === "price" ? plain(line.price, places) : ""} onEnter=${set} />
        <div class="field"><label for="price-reason">${t("field.reason")}</label>
          <input id="price-reason" value=${why.value} maxlength="200" onInput=${(event) => void (why.value = event.currentTarget.value)} /></div>
        ${!alone && html`<${Agreed} id="price" approver=${approver} pin=${pin} onEnter=${set} />`}
        <${ErrorText} error=${action.error} />
        ${line.manual && html`<${Button} icon="undo-2" onClick=${back}>${t("price.back")}<//>`}
      </div>
      <${Keypad} text=${text} point=${true} onEnter=${set} enterLabel=${t("action.set")} />
    </div>
  <//>`;
}
