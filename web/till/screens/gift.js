// @ts-check
/** A gift that a rule offers: the client chooses one of what is there. */
import { Dialog, ErrorText, html, money, till, t, useAction } from "./ui.js";

export function GiftDialog({ rule, onClose }) {
  const action = useAction();
  const gift = (till.quote.value?.gifts ?? []).find((each) => each.rule === rule);
  if (!gift) return null;
  const take = (seq) => action.run(async () => {
    await till.takeGift(rule, seq);
    onClose();
  });
  return html`<${Dialog} id="gift" title=${t("gift.title")} onClose=${onClose}>
    <div class="dialog-body"><ul class="choices">
      ${gift.choices.map((seq) => till.product(seq)).filter(Boolean).map((product, at) => html`<li key=${product.seq}><button type="button" class="choice" data-first=${at === 0 || undefined} data-gift=${product.seq} onClick=${() => take(product.seq)}>
        <span>${product.name}</span><span class="amount"><s class="quiet">${money(product.price)}</s> ${money(gift.price)}</span></button></li>`)}
    </ul><${ErrorText} error=${action.error} /></div>
  <//>`;
}
