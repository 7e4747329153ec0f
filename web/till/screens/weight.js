// @ts-check
/** The weight of goods that no scale is joined to: typed in kilograms. */
import { Dialog, ErrorText, html, money, t, till, useAction, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { high } from "./sound.js";
import { parse } from "./typed.js";

export function Weight({ product, entry, onClose }) {
  const text = useSignal("");
  const action = useAction();
  const weight = text.value ? parse(text.value, 3) : null;
  const add = () => action.run(async () => {
    if (!weight) throw { code: "quantity.invalid", fields: {} };
    await till.addProduct(product.seq, weight, entry);
    high();
    onClose();
  });
  return html`<${Dialog} id="weight" title=${product.name} onClose=${onClose} size="small">
    <div class="dialog-body">
      <p class="quiet">${money(product.price)} / ${t("unit.kg")}</p>
      <${TypedField} id="weight" label=${t("weight.label")} text=${text} placeholder="0.000" onEnter=${add} />
      <${ErrorText} error=${action.error} />
      <${Keypad} text=${text} point=${true} onEnter=${add} enterLabel=${t("action.add")} />
    </div>
  <//>`;
}
