// @ts-check
/** Payment: exact cash, a note or the card is one tap; a typed sum first makes it a part. Nothing here scrolls or moves. */
import { Button, ErrorText, Icon, amount as plain, html, money, t, till, useAction, useSignal, useLayoutEffect, useRef } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { high } from "./sound.js";
import { Messages } from "./messages.js";
import { parse } from "./typed.js";
import { Sums } from "./totals.js";
import { open, quick } from "./view.js";

const ICONS = { cash: "banknote", card: "credit-card", gift_card: "gift", on_account: "notebook-pen" };

export function Pay() {
  const paying = till.paying.value;
  const text = useSignal("");
  const action = useAction();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    box.current?.querySelector("input")?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  if (!paying) return null;
  const exponent = till.settings.value.exponent;

  const take = (kind, amount) => action.run(async () => {
    if (amount === null) throw { code: "amount.invalid", fields: {} };
    // nothing left: all is taken already and only storing the sale failed, so any way to pay tries that again
    if (till.paying.value?.left !== 0) await till.addTender({ kind, amount, reference: null });
    text.value = "";
    if ((till.paying.value?.left ?? 1) <= 0) {
      await till.finish();
      high();
    } else quick.value = (await till.startPayment()).quick;
  });
  const remove = (at) => action.run(async () => {
    const { kind, reference } = paying.tenders[at];
    if (kind === "card" && reference) return till.atTerminal("reverse", at);
    await till.removeTender(at);
    quick.value = (await till.startPayment()).quick;
  });
  const typed = () => (text.value ? parse(text.value, exponent) : undefined);
  const cash = () => take("cash", typed() ?? (text.value ? null : cashLeft));
  const joined = (kind) => till.devices.value.all.find((device) => device.kind === kind);
  const device = (by) => () => {
    const sum = typed() ?? (text.value ? null : paying.left);
    if (!joined(by) || !sum) return take("card", sum);
    return action.run(async () => {
      await till.atTerminal("pay", sum, by);
      text.value = "";
    });
  };
  const card = device("payment-terminal");
  const qr = device("qr-payment");
  const cashLeft = paying.cashLeft ?? paying.left;
  const account = till.basket.value.account;
  const holder = till.holder.value;
  const points = till.quote.value?.points;
  const onAccount = () => take("on_account", typed() ?? (text.value ? null : paying.left));
  const leave = () => action.run(() => till.leavePayment());

  return html`<main class="pay" ref=${box} data-testid="pay-screen" aria-labelledby="pay-title">
    <header class="pay-head">
      <${Button} icon="arrow-left" hint="Esc" data-testid="pay-back" onClick=${leave}>${t("action.back")}<//>
      <h1 id="pay-title"><span>${t("pay.to_pay")}</span> <strong data-testid="to-pay">${money(paying.toPay)}</strong></h1>
      ${till.quote.value?.totals.discount > 0 && html`<p class="saved">${t("totals.saved")} <strong>${money(till.quote.value.totals.discount)}</strong></p>`}
    </header>
    <section class="pay-ways" aria-label=${t("pay.ways")}>
      <h2><${Icon} name="banknote" />${t("tender.cash")}</h2>
      <div class="quick">
        <${Button} kind="primary exact" hint="F2" data-testid="exact" onClick=${() => take("cash", cashLeft)}>${t("pay.exact")}<br /><strong>${money(cashLeft)}</strong><//>
        ${quick.value.filter((amount) => amount > cashLeft).slice(0, 5).map((amount, at) => html`<${Button} key=${amount} hint=${`F${at + 4}`} kind="banknote" data-quick=${amount} onClick=${() => take("cash", amount)}>${plain(amount)}<//>`)}
      </div>
      <h2><${Icon} name="credit-card" />${t("pay.other")}</h2>
      <div class="ways">
        <${Button} icon="credit-card" hint="F3" data-testid="card" onClick=${card}>${t("tender.card")}${text.value && typed() ? html` <strong>${money(typed())}</strong>` : ""}<//>
        ${joined("qr-payment") && html`<${Button} icon="layout-grid" hint="⇧F6" data-testid="pay-qr" onClick=${qr}>${t("pay.qr")}<//>`}
        ${till.points.value && account && (account.points > 0 || points?.spent > 0) && html`<${Button} icon="coins" hint="⇧F2" data-testid="pay-points" disabled=${paying.tenders.length > 0} onClick=${() => open("points")}>${t("tender.points")}${" "}<strong>${points?.spent > 0 ? `−${money(points.amount)}` : account.points}</strong><//>`}
        <${Button} icon="ticket-percent" hint="⇧F3" data-testid="pay-coupon" disabled=${paying.tenders.length > 0} onClick=${() => open("coupon")}>${t("tender.coupon")}${till.basket.value.coupons.length ? html` <strong>${till.basket.value.coupons.length}</strong>` : ""}<//>
        <${Button} icon="gift" hint="⇧F4" data-testid="pay-gift-card" onClick=${() => open("gift-card")}>${t("tender.gift_card")}<//>
        ${holder?.debt_limit > 0 && html`<${Button} icon="notebook-pen" hint="⇧F5" data-testid="pay-on-account" onClick=${onAccount}>${t("tender.on_account")} <small>${t("debt.left", { amount: money(Math.max(0, holder.debt_limit - holder.owed)) })}</small><//>`}
      </div>
      <ul class="tenders" aria-label=${t("pay.taken")}>
        ${paying.tenders.map((tender, at) => html`<li key=${at}><${Icon} name=${ICONS[tender.kind]} /><span>${t(`tender.${tender.kind}`)}</span>
          <span class="amount">${money(tender.amount ?? tender.received)}</span>
          <button type="button" class="icon-button" aria-label=${t("pay.remove", { tender: t(`tender.${tender.kind}`) })} onClick=${() => remove(at)}><${Icon} name="x" /></button></li>`)}
      </ul>
      <div class="pay-sums"><h2>${t("pay.details")}</h2>${till.quote.value && html`<${Sums} quote=${till.quote.value} />`}</div>
    </section>
    <section class="pay-pad" aria-label=${t("pay.sum")}>
      <p class="left" role="status"><span>${t("pay.left")}${cashLeft !== paying.left && html`<small data-testid="rounding">${t("pay.rounding")} ${money(cashLeft - paying.left)}</small>`}</span><strong data-testid="left">${money(Math.max(paying.left, 0))}</strong></p>
      <${TypedField} id="pay-amount" label=${t("pay.amount")} text=${text} onEnter=${cash} placeholder=${money(cashLeft)} />
      <${ErrorText} error=${action.error} />
      <${Keypad} text=${text} zeros=${true} onEnter=${cash} enter=${t("tender.cash")} enterHint="⏎" />
    </section>
    <${Messages} />
  </main>`;
}
