// @ts-check
/** Gift cards: one that pays, one that is sold. The number is scanned or typed. */
import { Button, Dialog, ErrorText, html, money, t, till, useAction, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { high } from "./sound.js";
import { renewQuick } from "./totals.js";
import { parse } from "./typed.js";

function NumberField({ number, onEnter }) {
  return html`<div class="field"><label for="gift-card-number">${t("gift_card.number")}</label>
    <input id="gift-card-number" data-first=${!number.value || undefined} maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck=${false} value=${number.value}
      onInput=${(event) => void (number.value = event.currentTarget.value)} onKeyDown=${(event) => { if (event.key === "Enter") onEnter(); }} /></div>`;
}

/** Pays with a card: what is on it is asked first, then one tap takes as much as there is and is left to pay. */
export function GiftCardPay({ number: scanned = "", onClose }) {
  const number = useSignal(scanned);
  const card = useSignal(/** @type {any} */ (null));
  const action = useAction();
  const left = till.paying.value?.left ?? 0;
  const amount = card.value ? Math.min(card.value.available, left) : 0;
  const ask = () => action.run(async () => void (card.value = await till.giftCard(number.value)));
  const take = () => action.run(async () => {
    await till.addTender({ kind: "gift_card", amount, reference: card.value.id, most: card.value.balance === null ? card.value.available : null });
    if ((till.paying.value?.left ?? 1) <= 0) {
      await till.finish();
      high();
    } else await renewQuick();
    onClose();
  });
  return html`<${Dialog} id="gift-card" title=${t("tender.gift_card")} onClose=${onClose} size="small">
    <div class="dialog-body">
      <${NumberField} number=${number} onEnter=${ask} />
      ${card.value && html`<dl class="sums big">
        ${card.value.balance !== null && html`<div><dt>${t("gift_card.balance")}</dt><dd data-testid="gift-card-balance">${money(card.value.balance)}</dd></div>`}
        <div><dt>${t("pay.left")}</dt><dd>${money(left)}</dd></div>
        <div class="saved-row"><dt>${t("gift_card.takes")}</dt><dd>${money(amount)}</dd></div></dl>`}
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot">${card.value && amount > 0
      ? html`<${Button} kind="primary" icon="gift" disabled=${action.busy.value} data-testid="gift-card-take" onClick=${take}>${t("gift_card.take", { amount: money(amount) })}<//>`
      : html`<${Button} kind="primary" icon="search" disabled=${action.busy.value || !number.value.trim()} data-testid="gift-card-ask" onClick=${ask}>${t("gift_card.ask")}<//>`}</footer>
  <//>`;
}

/** Sells a card that the shop made before: its number, and what is loaded on it. */
export function GiftCardSell({ number: scanned = "", onClose }) {
  const number = useSignal(scanned);
  const text = useSignal("");
  const action = useAction();
  const sell = () => action.run(async () => {
    const amount = parse(text.value, till.settings.value.exponent);
    if (!amount) throw { code: "amount.invalid", fields: {} };
    await till.sellGiftCard(number.value, amount, t("gift_card.name"));
    high();
    onClose();
  });
  return html`<${Dialog} id="gift-card-sell" title=${t("gift_card.sell")} onClose=${onClose}>
    <div class="dialog-body two">
      <div class="column">
        <${NumberField} number=${number} onEnter=${() => document.getElementById("gift-card-amount")?.focus()} />
        <${TypedField} id="gift-card-amount" label=${t("gift_card.amount")} text=${text} onEnter=${sell} first=${Boolean(number.value)} />
        <${ErrorText} error=${action.error} />
        <${Button} kind="primary" icon="gift" disabled=${action.busy.value} data-testid="gift-card-sell-do" onClick=${sell}>${t("gift_card.sell_do")}<//>
      </div>
      <${Keypad} text=${text} zeros=${true} onEnter=${sell} enterLabel=${t("action.add")} />
    </div>
  <//>`;
}
