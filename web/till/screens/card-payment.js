// @ts-check
/** A card payment, or the end of the terminal's day, while it goes on: what the terminal is doing, and what can be done about it. It lies over everything until it is over. */
import { Button, Dialog, ErrorText, Icon, html, money, t, till, useAction, useSignal } from "./ui.js";
import { undecided } from "../devices/card-terminal.js";
import { Agreed } from "./agreement.js";
import { EndOfDay } from "./end-of-day.js";
import { high } from "./sound.js";
import { Causes } from "./terminal-causes.js";

const TITLES = { "payment.authorise": "card.title", "payment.reverse": "card.title_reverse", "payment.refund": "card.title_refund" };

/** The code as the driver told it, with the quiet zone that scanners need; dark on light on every theme. */
function Code({ rows }) {
  const path = rows.flatMap((row, y) => [...row].flatMap((dark, x) => (dark === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : []))).join("");
  const size = rows.length + 8;
  return html`<svg class="qr-code" role="img" aria-label=${t("card.qr_label")} data-testid="card-qr" viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges"><rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" /></svg>`;
}

export const CardPayment = ({ card }) => html`<${card.kind === "payment.end_of_day" ? EndOfDay : Payment} card=${card} />`;

function Payment({ card }) {
  const action = useAction();
  const code = useSignal("");
  const digits = useSignal("");
  const manager = useSignal("");
  const pin = useSignal("");
  const { phase } = card;
  const run = (work) => action.run(work);
  const typed = () => ({ auth_code: code.value.trim(), card: digits.value.trim() });
  const decide = (taken) => run(async () => till.atTerminal("decide", taken, await till.approve(manager.value, pin.value), typed()));
  const confirm = () => run(async () => {
    await till.atTerminal("confirm", typed());
    high();
  });
  const field = (id, label, value, rest = {}) => html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} autocomplete="off" value=${value.value} onInput=${(event) => void (value.value = event.currentTarget.value)} ...${rest} /></div>`;
  const words = html`${field("card-code", t("card.code"), code, { maxlength: 20, "data-first": true })}${field("card-digits", t("card.digits"), digits, { maxlength: 4, inputmode: "numeric" })}`;
  const close = phase === "refused" || phase === "typing" ? () => void till.atTerminal("close") : undefined;
  return html`<${Dialog} id="card-payment" title=${t(card.by === "qr-payment" && card.kind === "payment.authorise" ? "card.title_qr" : TITLES[card.kind], { amount: money(card.amount) })} onClose=${close} closable=${Boolean(close)} size="small">
    <div class="dialog-body">
      ${phase === "running" && html`<p role="status" data-testid="card-status"><${Icon} name="credit-card" />${t(card.status ?? (card.causes.length ? "card.waits" : "card.running"))}</p>`}
      ${phase === "running" && card.qr && html`<${Code} rows=${card.qr} />`}
      ${phase === "typing" && html`<p>${t("card.typing")}</p>${words}`}
      ${phase === "taken" && html`<p data-testid="card-taken">${t("card.taken", { amount: money(card.result.amount), card: card.result.card ?? "" })}</p>`}
      ${phase === "unclear" && html`<p class="warning" data-testid="card-unclear"><${Icon} name="triangle-alert" />${t("card.unclear")}</p>
        ${card.result?.amount !== undefined && html`<p>${t("card.last", { amount: money(card.result.amount), card: card.result.card ?? "", time: card.result.terminal_time ?? "" })}</p>`}`}
      ${undecided(card, till.devices.value.agent) && html`<details><summary>${t("card.manager")}</summary>
          ${phase !== "taken" && words}
          <${Agreed} id="card" approver=${manager} pin=${pin} />
          <div class="picks">${phase !== "taken" && html`<button type="button" class="pick" data-testid="card-was-taken" onClick=${() => decide(true)}>${t("card.was_taken")}</button>`}
            <button type="button" class="pick" data-testid="card-not-taken" onClick=${() => decide(false)}>${t(phase === "taken" ? "card.was_given_back" : "card.was_not_taken")}</button></div>
        </details>`}
      ${(phase === "refused" || phase === "taken") && html`<${Causes} causes=${card.causes} />`}
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot">
      ${phase === "running" && html`<${Button} icon="x" data-testid="card-abort" disabled=${action.busy.value} onClick=${() => run(() => till.atTerminal("abort"))}>${t(card.by === "qr-payment" ? "card.give_up" : "card.abort")}<//>`}
      ${phase === "typing" && html`<${Button} icon="check" kind="primary" data-testid="card-confirm" disabled=${action.busy.value} onClick=${confirm}>${t("card.confirm")}<//>`}
      ${phase === "unclear" && html`<${Button} icon="refresh-cw" kind="primary" data-testid="card-ask" disabled=${action.busy.value} onClick=${() => run(() => till.atTerminal("ask"))}>${t("card.ask")}<//>`}
      ${phase === "taken" && html`<${Button} icon="undo-2" data-testid="card-give-back" disabled=${action.busy.value} onClick=${() => run(() => till.atTerminal("giveBack"))}>${t("card.give_back")}<//>
        <${Button} icon="check" kind="primary" data-testid="card-take" disabled=${action.busy.value} onClick=${() => run(() => till.atTerminal("take"))}>${t("card.take")}<//>`}
      ${phase === "refused" && html`<${Button} icon="check" kind="primary" data-first data-testid="card-close" onClick=${close}>${t("action.close")}<//>`}
    </footer>
  <//>`;
}
