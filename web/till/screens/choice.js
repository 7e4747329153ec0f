// @ts-check
/** One code, several candidates (a pack, a price variant): one tap chooses. */
import { Dialog, html, money, t, till } from "./ui.js";
import { act } from "./act.js";

export function Choice({ code, candidates, onClose }) {
  const take = (each) => {
    onClose();
    void act(() => till.addProduct(each.seq, each.quantity ?? 1000));
  };
  return html`<${Dialog} id="choice" title=${t("choice.title", { code })} onClose=${onClose}>
    <div class="dialog-body"><ul class="choices">
      ${candidates.map((each, at) => html`<li key=${each.seq}><button type="button" class="choice" data-first=${at === 0 || undefined} onClick=${() => take(each)}>
        <span>${each.name}</span><span class="amount">${money(each.price)}</span></button></li>`)}
    </ul></div>
  <//>`;
}
