// @ts-check
/** Receipts of this till: again on paper, or back over the counter. A receipt's code can be scanned or typed here. */
import { Button, Dialog, ErrorText, Icon, amount, date, html, t, till, useAction, useEffect, useSignal } from "./ui.js";
import { beginReturn } from "./begin-return.js";

export function Receipts({ onClose }) {
  const list = useSignal(/** @type {any[] | null} */ (null));
  const code = useSignal("");
  const action = useAction();
  useEffect(() => {
    void action.run(async () => void (list.value = await till.receipts()));
  }, []);
  const find = (event) => {
    event.preventDefault();
    return action.run(() => beginReturn(code.value.trim()));
  };
  return html`<${Dialog} id="receipts" title=${t("receipts.title")} onClose=${onClose} size="wide">
    <div class="dialog-body">
      <form class="find" onSubmit=${find}><div class="field"><label for="receipt-code">${t("receipts.code")}</label>
        <input id="receipt-code" data-first value=${code.value} autocomplete="off" autocapitalize="characters" onInput=${(event) => void (code.value = event.currentTarget.value)} /></div>
        <${Button} type="submit" icon="search" disabled=${!code.value.trim()}>${t("receipts.find")}<//></form>
      <${ErrorText} error=${action.error} />
      ${list.value?.length === 0 && html`<p class="quiet">${t("receipts.none")}</p>`}
      <ul class="receipts">${(list.value ?? []).map((receipt) => html`<li key=${receipt.id} class=${receipt.kind}>
        <span class="receipt-what"><strong>${receipt.receipt}</strong><span class="quiet">${date(receipt.made_at, "time")} · ${t(`receipts.${receipt.kind}`)}</span></span>
        <span class="amount">${amount(receipt.total)}</span>
        <${Button} icon="printer" aria-label=${t("receipts.reprint", { receipt: receipt.receipt })} onClick=${() => action.run(() => till.reprint(receipt.id))}>${t("receipts.copy")}<//>
        ${receipt.kind === "sale" && html`<${Button} icon="rotate-ccw" aria-label=${t("receipts.return_of", { receipt: receipt.receipt })} onClick=${() => action.run(() => beginReturn(receipt.receipt))}>${t("receipts.return")}<//>`}
      </li>`)}</ul>
      ${list.value === null && !action.error.value && html`<p role="status">${t("wait")}</p>`}
    </div>
  <//>`;
}
