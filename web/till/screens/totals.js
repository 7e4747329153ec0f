// @ts-check
/** What it comes to: subtotal, discounts by source, what was saved, the total, and the way to pay it. */
import { Button, Icon, amount as plain, html, money, quantity, t, till } from "./ui.js";
import { low } from "./sound.js";
import { bySource, nearest } from "./reading.js";
import { GiftOffer } from "./gift-offer.js";
import { closePanel, dropNote, note, open, quick } from "./view.js";

export async function pay() {
  if (!till.basket.value.lines.length) return;
  closePanel();
  for (const message of till.messages.peek()) if (message.id.startsWith("scan:")) till.dismiss(message.id);
  try {
    quick.value = (await till.startPayment()).quick;
    dropNote("act");
    sayRefused();
  } catch (failure) {
    low();
    if (failure?.code === "limit.needs_pin") open("limit", { limit: failure.fields.limit });
    else if (failure?.code === "fiscal.dead") open("fiscal", { step: "start", ...failure.fields });
    else note("act", failure, "bad");
  }
}

/** What the server did not hold, as bars over the payment. */
function sayRefused() {
  for (const { code, fields } of till.refused.peek()) note(`refused:${code}:${fields.code ?? ""}`, { code, fields });
}

/** The amounts that people hand over, anew for what is to pay now; where nobody pays there are none. */
export async function renewQuick() {
  if (!till.paying.value) return;
  quick.value = (await till.startPayment()).quick;
  sayRefused();
}

/** What is nearest to giving more: "120 more for …". */
function Hint({ quote }) {
  const hint = nearest(quote);
  if (!hint) return null;
  const missing = hint.missing === "quantity" ? quantity(hint.amount, "piece") : hint.missing === "sum" ? money(hint.amount) : String(hint.amount);
  return html`<p class="hint" data-testid="hint"><${Icon} name="badge-percent" /><span>${t(`hint.${hint.missing}`, { missing, rule: hint.name })}</span></p>`;
}

/** The rows above the total; the same on the payment screen. */
export function Sums({ quote }) {
  const totals = quote.totals;
  const sources = bySource(quote);
  return html`<dl class="sums">
    ${sources.length > 0 && html`<div><dt>${t("totals.subtotal")}</dt><dd>${plain(totals.gross)}</dd></div>`}
    ${sources.map(([source, amount]) => html`<div class="cut" key=${source}><dt>${t(`source.${source}`)}</dt><dd>${amount < 0 ? "+" : "−"}${plain(Math.abs(amount))}</dd></div>`)}
    ${totals.total !== totals.net && html`<div><dt>${t("totals.tax")}</dt><dd>${plain(totals.tax)}</dd></div>`}
    ${quote.points.earned > 0 && html`<div><dt>${t("totals.earned")}</dt><dd data-testid="earned">+${quote.points.earned}</dd></div>`}
    ${totals.discount > 0 && html`<div class="saved-row"><dt>${t("totals.saved")}</dt><dd data-testid="saved">${plain(totals.discount)}</dd></div>`}
  </dl>`;
}

export function Totals() {
  const quote = till.quote.value;
  const count = till.basket.value.lines.length;
  return html`<section class="totals" aria-label=${t("totals.label")}>
    <${GiftOffer} />
    ${quote && count > 0 && html`<${Sums} quote=${quote} /><${Hint} quote=${quote} />`}
    <p class="total" role="status" aria-live="polite"><span>${t("totals.total")}</span><strong data-testid="total">${money(quote?.totals.total ?? 0)}</strong></p>
    <${Button} kind="pay" hint="F10" disabled=${!count} data-testid="pay" onClick=${() => void pay()}>${t("sell.pay")}<//>
  </section>`;
}
