// @ts-check
/** The weight of goods: taken from the scale where there is one, typed in kilograms always. */
import { devices } from "../core/later.js";
import { Dialog, ErrorText, html, money, t, till, useAction, useRef, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { beside } from "./later.js";
import { high } from "./sound.js";
import { parse } from "./typed.js";

const LiveWeight = beside(devices, "LiveWeight");

/** Other goods begin afresh. */
export function Weight(fields) {
  return html`<${Weighing} key=${fields.product.seq} ...${fields} />`;
}

function Weighing({ product, entry, code = null, onClose }) {
  const text = useSignal("");
  const action = useAction();
  const take = useRef(/** @type {(() => unknown) | null} */ (null));
  const scale = till.devices.value.all.some((device) => device.kind === "scale");
  const put = async (thousandths) => {
    await till.addProduct(product.seq, thousandths, entry, code);
    high();
    onClose();
  };
  const add = () => action.run(async () => {
    const weight = text.value ? parse(text.value, 3) : null;
    if (!weight) throw { code: "quantity.invalid", fields: {} };
    await put(weight);
  });
  const enter = () => (take.current && !text.value ? take.current() : add());
  return html`<${Dialog} id="weight" title=${product.name} onClose=${onClose} size=${scale ? "" : "small"}>
    <div class=${`dialog-body ${scale ? "two" : ""}`}>
      <div class="column">
        <p class="quiet">${money(product.price)} / ${t("unit.kg")}</p>
        ${scale && html`<${LiveWeight} product=${product} put=${put} take=${take} />`}
        <${TypedField} id="weight" label=${t(scale ? "weigh.typed" : "weight.label")} text=${text} placeholder="0.000" onEnter=${enter} />
        <${ErrorText} error=${action.error} />
      </div>
      <${Keypad} text=${text} point=${true} onEnter=${enter} enterLabel=${t("action.add")} />
    </div>
  <//>`;
}
