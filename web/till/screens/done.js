// @ts-check
/** The sale is stored: the change in large figures, the receipt and its printing. It stands where the basket stood; the next scan begins the next sale. */
import { fiscal } from "../core/later.js";
import { Button, Icon, html, money, t, till } from "./ui.js";
import { act } from "./act.js";
import { seen } from "./view.js";

/** Whether the last receipt's change is still to be shown. */
export function showsDone() {
  const receipt = till.lastReceipt.value;
  const basket = till.basket.value;
  return Boolean(receipt && receipt.receipt !== seen.value && !basket.lines.length && !basket.account);
}

export function PrintState({ print, receipt }) {
  const state = print?.state ?? "none";
  const icon = state === "done" || state === "sent-unconfirmed" ? "circle-check" : state === "failed" || state === "uncertain" ? "triangle-alert" : "printer";
  const tone = state === "failed" || state === "uncertain" || print?.waiting ? "attention" : state === "done" ? "ok" : "";
  return html`<p class=${`print ${tone}`} role="status" data-testid="print-state" data-state=${state}><${Icon} name=${icon} />
    <span>${t(`print.${print?.waiting ? "waiting" : state}`, { receipt, cause: print?.causes?.length ? t(print.causes[0]) : "" })}</span></p>`;
}

export function Done() {
  const last = till.lastReceipt.value;
  if (!last) return null;
  const job = last.print;
  const back = last.kind === "refund";
  const More = till.fiscal.value && fiscal.here.value?.FiscalDone;
  return html`<section class="done" data-testid="done" aria-labelledby="done-title">
    <h2 id="done-title">${back ? t("done.give_back") : t("done.change")}</h2>
    <p class="change" role="status"><strong data-testid="change">${money(Math.abs(last.change))}</strong></p>
    ${last.rounding !== 0 && html`<p class="rounding" data-testid="rounding">${t("totals.total")} ${money(Math.abs(last.total))}, ${t("pay.rounding")} ${money(last.rounding)}</p>`}
    ${last.saved > 0 && html`<p class="saved">${t("totals.saved")} <strong>${money(last.saved)}</strong></p>`}
    <p class="receipt-number"><${Icon} name="receipt-text" />${t("done.receipt", { receipt: last.receipt })}</p>
    ${More && html`<${More} document=${last.document} />`}
    ${(!More || job?.job) && html`<${PrintState} print=${job} receipt=${last.receipt} />`}
    <div class="done-actions">
      ${(job?.state === "failed" || job?.state === "uncertain") && html`<${Button} icon="printer" kind="primary" data-testid="print-again" onClick=${() => act(() => (job.state === "failed" ? till.retryPrint(job.job) : till.reprint(last.document)))}>${t("print.again")}<//>`}
      ${job?.state === "done" && html`<${Button} icon="printer" data-testid="reprint" onClick=${() => act(() => till.reprint(last.document))}>${t("done.reprint")}<//>`}
      <${Button} icon="shopping-basket" data-testid="next" hint="Esc" onClick=${() => void (seen.value = last.receipt)}>${t("done.next")}<//>
    </div>
    <p class="quiet">${t("done.hint")}</p>
  </section>`;
}
