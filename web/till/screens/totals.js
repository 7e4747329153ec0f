// @ts-check
/** What it comes to: subtotal, discounts by source, what was saved, the total, and the way to pay it. */
import { Button, amount as plain, html, money, t, till } from "./ui.js";
import { act } from "./act.js";
import { bySource } from "./reading.js";
import { closePanel, quick } from "./view.js";

export async function pay() {
  if (!till.basket.value.lines.length) return;
  closePanel();
  for (const message of till.messages.peek()) if (message.id.startsWith("scan:")) till.dismiss(message.id);
  const started = await act(() => till.startPayment());
  if (started) quick.value = started.quick;
}

/** The rows above the total; the same on the payment screen. */
export function Sums({ quote }) {
  const totals = quote.totals;
  const sources = bySource(quote);
  return html`<dl class="sums">
    ${sources.length > 0 && html`<div><dt>${t("totals.subtotal")}</dt><dd>${plain(totals.gross)}</dd></div>`}
    ${sources.map(([source, amount]) => html`<div class="cut" key=${source}><dt>${t(`source.${source}`)}</dt><dd>${amount < 0 ? "+" : "−"}${plain(Math.abs(amount))}</dd></div>`)}
    ${totals.total !== totals.net && html`<div><dt>${t("totals.tax")}</dt><dd>${plain(totals.tax)}</dd></div>`}
    ${totals.discount > 0 && html`<div class="saved-row"><dt>${t("totals.saved")}</dt><dd data-testid="saved">${plain(totals.discount)}</dd></div>`}
  </dl>`;
}

export function Totals() {
  const quote = till.quote.value;
  const count = till.basket.value.lines.length;
  return html`<section class="totals" aria-label=${t("totals.label")}>
    ${quote && count > 0 && html`<${Sums} quote=${quote} />`}
    <p class="total" role="status" aria-live="polite"><span>${t("totals.total")}</span><strong data-testid="total">${money(quote?.totals.total ?? 0)}</strong></p>
    <${Button} kind="pay" hint="F10" disabled=${!count} data-testid="pay" onClick=${() => void pay()}>${t("sell.pay")}<//>
  </section>`;
}
