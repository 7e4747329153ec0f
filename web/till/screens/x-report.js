// @ts-check
/** X: the shift so far; nothing is closed by it. */
import { Dialog, ErrorText, Icon, amount, html, t, till, useAction, useEffect, useSignal } from "./ui.js";

const ROWS = ["gross", "discount", "net", "tax", "cash", "card", "cash_in", "cash_out", "expected"];

export function ShiftSums({ totals, blind = false }) {
  return html`<dl class="sums">
    <div><dt>${t("x.sales")}</dt><dd>${totals.sales}</dd></div><div><dt>${t("x.refunds")}</dt><dd>${totals.refunds}</dd></div>
    ${ROWS.filter((row) => !blind || row !== "expected").map((row) => html`<div key=${row} class=${row === "discount" ? "cut" : row === "net" ? "saved-row" : ""}><dt>${t(`x.${row}`)}</dt><dd>${amount(totals[row])}</dd></div>`)}
  </dl>`;
}

export function XReport({ onClose }) {
  const totals = useSignal(/** @type {any} */ (null));
  const action = useAction();
  useEffect(() => {
    void action.run(async () => void (totals.value = await till.xReport()));
  }, []);
  return html`<${Dialog} id="x-report" title=${t("x.title")} onClose=${onClose}>
    <div class="dialog-body" tabindex="0" data-first>
      ${totals.value ? html`<${ShiftSums} totals=${totals.value} blind=${till.settings.value.blind_close} /><p class="quiet"><${Icon} name="printer" /> ${t("x.printed")}</p>` : html`<p role="status">${t("wait")}</p>`}
      <${ErrorText} error=${action.error} />
    </div>
  <//>`;
}
