// @ts-check
/** One code, several candidates (a pack, a price variant): one tap chooses. */
import { Dialog, html, money, quantity, t, till } from "./ui.js";
import { act } from "./act.js";
import { open } from "./view.js";

export function Choice({ code, candidates, times = 1, onClose }) {
  const take = (each) => {
    onClose();
    if (each.unit === "kg" && each.quantity * times === 1000) return open("weight", { product: each, entry: "scan", code });
    return void act(() => till.addProduct(each.seq, each.quantity * times));
  };
  return html`<${Dialog} id="choice" title=${t("choice.title", { code })} onClose=${onClose}>
    <div class="dialog-body"><ul class="choices">
      ${candidates.map((each, at) => html`<li key=${each.seq}><button type="button" class="choice" data-first=${at === 0 || undefined} onClick=${() => take(each)}>
        <span>${each.name}${each.quantity !== 1000 && html`<small class="quiet">${quantity(each.quantity, each.unit)}</small>`}</span><span class="amount">${money(Math.round((each.price * each.quantity) / 1000))}</span></button></li>`)}
    </ul></div>
  <//>`;
}
