// @ts-check
/** Points towards this receipt: how many there are, how many it may take, one tap for all of them or a number typed. */
import { Button, Dialog, ErrorText, html, money, t, till, useAction, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { parse } from "./typed.js";
import { renewQuick } from "./totals.js";

export function PointsDialog({ onClose }) {
  const text = useSignal("");
  const action = useAction();
  const account = till.basket.value.account;
  const points = till.quote.value?.points;
  if (!account || !points) return null;
  const worth = till.points.value?.value ?? 1;
  const most = Math.min(points.most, account.points);
  const spend = (n) => action.run(async () => {
    if (n === null) throw { code: "amount.invalid", fields: {} };
    if (n > most) throw { code: "points.most", fields: { n: most } };
    await till.spendPoints(n);
    await renewQuick();
    onClose();
  });
  const typed = () => spend(parse(text.value, 0));
  return html`<${Dialog} id="points" title=${t("points.title")} onClose=${onClose}>
    <div class="dialog-body two">
      <div class="column">
        <dl class="sums big">
          <div><dt>${t("points.there")}</dt><dd>${account.points}</dd></div>
          <div><dt>${t("points.here")}</dt><dd data-testid="points-most">${most}</dd></div>
          <div class="saved-row"><dt>${t("points.worth")}</dt><dd>${money(most * worth)}</dd></div>
        </dl>
        <${Button} kind="primary" icon="coins" disabled=${action.busy.value || most === 0} data-testid="points-all" data-first onClick=${() => spend(most)}>${t("points.all", { n: most })}<//>
        ${points.spent > 0 && html`<${Button} icon="x" data-testid="points-none" onClick=${() => spend(0)}>${t("points.none")}<//>`}
        <${TypedField} id="points-count" label=${t("points.count")} text=${text} onEnter=${typed} first=${false} />
        <${ErrorText} error=${action.error} />
      </div>
      <${Keypad} text=${text} onEnter=${typed} enterLabel=${t("points.spend")} />
    </div>
  <//>`;
}
