// @ts-check
/** The end of a card terminal's day: what it is, how it goes on, and how it ended. */
import { Button, Dialog, ErrorText, Icon, html, t, till, useAction } from "./ui.js";
import { undecided } from "../devices/card-terminal.js";
import { Causes } from "./terminal-causes.js";

/** What a terminal that works says of itself; the dialog can say more. */
const WAIT = "payment.status.wait";

export function EndOfDay({ card }) {
  const action = useAction();
  const { phase, status, causes, result } = card;
  const away = undecided(card, till.devices.value.agent);
  const closable = phase !== "running" || away;
  const close = () => void till.atTerminal("close");
  const begin = () => action.run(() => till.atTerminal("endOfDay"));
  return html`<${Dialog} id="end-of-day" title=${t("terminal_day.title")} onClose=${close} closable=${closable} size="small">
    <div class="dialog-body">
      ${phase === "asked" && html`<p>${t("terminal_day.text")}</p>`}
      ${phase === "running" && html`<p class="note" role="status" data-testid="day-status"><${Icon} name="credit-card" />${t(away || causes.length ? "card.waits" : status && status !== WAIT ? status : "terminal_day.running")}</p>`}
      ${phase === "closed" && html`<p class="note" role="status" data-testid="day-closed"><${Icon} name="circle-check" />${t(result?.slips ? "terminal_day.printed" : "terminal_day.closed")}</p>`}
      ${phase === "refused" && html`<${Causes} causes=${causes} />`}
      <${ErrorText} error=${action.error} />
    </div>
    ${closable && html`<footer class="foot">
      ${phase === "asked" && html`<${Button} icon="lock" kind="primary" data-first data-testid="day-begin" disabled=${action.busy.value} onClick=${begin}>${t("terminal_day.begin")}<//>`}
      ${phase !== "asked" && html`<${Button} icon="check" kind="primary" data-first data-testid="day-close" onClick=${close}>${t("action.close")}<//>`}
    </footer>`}
  <//>`;
}
