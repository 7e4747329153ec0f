// @ts-check
/** Coupons: one typed where none can be scanned, and those that are in the basket. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction, useSignal } from "./ui.js";
import { renewQuick } from "./totals.js";
import { high } from "./sound.js";

export function CouponDialog({ onClose }) {
  const code = useSignal("");
  const action = useAction();
  const add = () => action.run(async () => {
    if (!code.value.trim()) throw { code: "coupon.unknown", fields: { code: "" } };
    await till.addCoupon(code.value);
    await renewQuick();
    high();
    onClose();
  });
  const remove = (each) => action.run(async () => {
    await till.removeCoupon(each);
    await renewQuick();
  });
  return html`<${Dialog} id="coupon" title=${t("coupon.title")} onClose=${onClose} size="small">
    <div class="dialog-body">
      <p class="quiet">${t("coupon.text")}</p>
      <div class="field"><label for="coupon-code">${t("coupon.code")}</label>
        <input id="coupon-code" data-first maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck=${false} value=${code.value}
          onInput=${(event) => void (code.value = event.currentTarget.value)} onKeyDown=${(event) => { if (event.key === "Enter") void add(); }} /></div>
      <${ErrorText} error=${action.error} />
      ${till.basket.value.coupons.length > 0 && html`<ul class="tenders" aria-label=${t("coupon.shown")}>${till.basket.value.coupons.map((coupon) => html`<li key=${coupon.code}><${Icon} name="ticket-percent" /><span>${coupon.code}</span>
        <button type="button" class="icon-button" aria-label=${t("coupon.remove", { code: coupon.code })} onClick=${() => remove(coupon.code)}><${Icon} name="x" /></button></li>`)}</ul>`}
    </div>
    <footer class="foot"><${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="coupon-add" onClick=${add}>${t("coupon.add")}<//></footer>
  <//>`;
}
