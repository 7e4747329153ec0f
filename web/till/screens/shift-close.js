// @ts-check
/** Closing: the drawer is counted blind, then what was expected is shown, a difference asks for its reason, and Z is printed. */
import { Button, Dialog, ErrorText, Icon, html, money, t, till, useAction, useSignal } from "./ui.js";
import { isWired } from "../devices/wired.js";
import { CashCount, CountedSum, counted, emptyCount } from "./cash-count.js";
import { ShiftSums } from "./x-report.js";

export function ShiftClose({ onClose }) {
  const count = useSignal(emptyCount());
  const totals = useSignal(/** @type {any} */ (null));
  const reason = useSignal("");
  const action = useAction();
  const unsent = till.sync.value?.unsent ?? 0;
  const parked = till.parked.value.length;
  const unregistered = till.fiscal.value?.open ?? 0;
  const cards = till.shift.value?.totals.card && till.devices.value.all.some(isWired);
  const { sum, counts } = counted(count.value);
  const difference = totals.value && sum !== null ? sum - totals.value.expected : 0;

  const compare = () => action.run(async () => {
    if (sum === null) throw { code: "amount.invalid", fields: {} };
    totals.value = await till.shiftTotals();
  });
  const close = () => action.run(async () => {
    if (difference && !reason.value.trim()) throw { code: "shift.reason_missing", fields: {} };
    await till.closeShift({ counted: sum, counts, reason: reason.value.trim() });
    onClose();
  });
  return html`<${Dialog} id="shift-close" title=${t("shift.close_title")} onClose=${onClose} size="wide">
    <div class="dialog-body">
      ${(unsent > 0 || parked > 0 || unregistered > 0) && html`<p class="warning"><${Icon} name="cloud-upload" /><span>${unsent > 0 ? t("shift.unsent", { n: unsent }) : ""} ${parked > 0 ? t("shift.parked", { n: parked }) : ""} ${unregistered > 0 ? t("shift.unregistered", { n: unregistered }) : ""}</span></p>`}
      ${cards && html`<p class="note" data-testid="terminal-day"><${Icon} name="credit-card" />${t("shift.terminal_day")}</p>`}
      ${!totals.value
        ? html`<p class="quiet">${t("shift.count_text")}</p><${CashCount} count=${count} /><${CountedSum} count=${count} label=${t("shift.counted")} />`
        : html`<dl class="sums big">
            <div><dt>${t("shift.counted")}</dt><dd>${money(sum)}</dd></div>
            <div><dt>${t("shift.expected")}</dt><dd data-testid="expected">${money(totals.value.expected)}</dd></div>
            <div class=${difference ? "bad" : "saved-row"}><dt>${t("shift.difference")}</dt><dd data-testid="difference">${difference > 0 ? "+" : ""}${money(difference)}</dd></div>
          </dl>
          ${difference !== 0 && html`<div class="field"><label for="close-reason">${t("shift.reason")}</label>
            <input id="close-reason" value=${reason.value} maxlength="200" onInput=${(event) => void (reason.value = event.currentTarget.value)} /></div>`}
          <${ShiftSums} totals=${totals.value} />`}
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot">
      ${totals.value
        ? html`<${Button} icon="arrow-left" onClick=${() => void (totals.value = null)}>${t("shift.recount")}<//>
          <${Button} kind="primary" icon="lock" disabled=${action.busy.value} data-testid="close-shift" onClick=${close}>${t("shift.close")}<//>`
        : html`<${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="count-done" onClick=${compare}>${t("shift.counted_done")}<//>`}
    </footer>
  <//>`;
}
