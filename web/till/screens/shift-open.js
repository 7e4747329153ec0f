// @ts-check
/** The shift opens with what lies in the drawer. */
import { Button, ErrorText, html, t, till, useAction, useSignal } from "./ui.js";
import { CashCount, CountedSum, counted, emptyCount } from "./cash-count.js";
import { TopBar } from "./top-bar.js";

export function ShiftOpen() {
  const count = useSignal(emptyCount());
  const action = useAction();
  const open = () => action.run(async () => {
    const { sum, counts } = counted(count.value);
    if (sum === null) throw { code: "amount.invalid", fields: {} };
    await till.openShift({ float: sum, counts });
  });
  return html`<div class="page"><${TopBar} /><main class="card-page" data-testid="shift-open" aria-labelledby="shift-title">
    <div class="card"><div class="card-body">
      <h1 id="shift-title">${t("shift.open_title")}</h1><p class="quiet">${t("shift.open_text")}</p>
      <${CashCount} count=${count} /><${CountedSum} count=${count} label=${t("shift.float")} />
      <${ErrorText} error=${action.error} /></div>
      <div class="foot"><${Button} icon="log-out" onClick=${() => action.run(() => till.signOut())}>${t("menu.sign_out")}<//>
        <${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="open-shift" onClick=${open}>${t("shift.open")}<//></div>
    </div>
  </main></div>`;
}
