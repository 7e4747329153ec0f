// @ts-check
/** What the cashier sees of the fiscal register: under the change, in the list of what is not registered, and where a person must decide. */
import { correction } from "../core/later.js";
import { act } from "../screens/act.js";
import { Agreed, Agreement } from "../screens/agreement.js";
import { later } from "../screens/later.js";
import { pay } from "../screens/totals.js";
import { Button, Dialog, ErrorText, Icon, date, html, money, t, till, useAction, useSignal } from "../screens/ui.js";
import { open } from "../screens/view.js";

const TONES = { registered: "ok", none: "attention", refused: "attention", uncertain: "attention", pending: "" };

/** Whether the till works on it now. @param {any} row */
const under = (row) => row.state === "pending" || row.busy || (row.state === "none" && row.place === 0);

/** What is so, in one sentence. @param {any} row */
function sentence(row) {
  const waiting = row.waiting?.[0];
  if (under(row)) return waiting ? t("fiscal.waits", { cause: t(waiting) }) : t("fiscal.registering");
  if (row.state === "registered") return row.result?.number ? t("fiscal.registered", { number: row.result.number }) : t("fiscal.registered_plain");
  return t(`fiscal.is_${row.state}`, { cause: row.cause ? t(row.cause) : "", said: row.error_text ? `${row.error ?? ""} ${row.error_text}`.trim() : "" });
}

function Ways({ row }) {
  if (row.settled || (under(row) && row.state !== "pending")) return null;
  const ask = () => act(() => till.fiscalFlow.ask(row.document));
  return html`<span class="done-actions">
    ${(row.state === "uncertain" || row.state === "pending") && html`<${Button} icon="circle-help" data-testid="fiscal-ask" onClick=${ask}>${t("fiscal.ask_again")}<//>`}
    ${row.state === "uncertain" && html`<${Button} icon="hand" data-testid="fiscal-decide" onClick=${() => open("fiscal", { step: "decide", document: row.document })}>${t("fiscal.decide")}<//>`}
    ${row.cause === "fiscal.shift_expired" && html`<${Button} icon="lock" data-testid="fiscal-z" onClick=${() => act(() => till.fiscalFlow.alone("fiscal.z_report"))}>${t("fiscal.close_its_shift")}<//>`}
    ${row.state === "refused" && html`<${Button} icon="pause" data-testid="fiscal-later" onClick=${() => act(() => till.fiscalFlow.later(row.document))}>${t("fiscal.later_do")}<//>`}
    ${(row.state === "none" || row.state === "refused") && html`<${Button} icon="refresh-cw" data-testid="fiscal-retry" onClick=${() => act(() => till.fiscalFlow.retry(row.document))}>${t("fiscal.register")}<//>`}
    ${(row.state === "none" || row.state === "refused") && row.kind === "sale" && html`<${Button} icon="rotate-ccw" data-testid="fiscal-cancel" onClick=${() => open("fiscal", { step: "cancel", document: row.document })}>${t("fiscal.cancel")}<//>`}
    ${(row.state === "none" || row.state === "refused") && row.job === "correction" && html`<${Button} icon="x" data-testid="fiscal-withdraw" onClick=${() => act(() => till.fiscalFlow.withdraw(row.document))}>${t("fiscal.withdraw")}<//>`}
  </span>`;
}

/** @param {string} document */
const rowOf = (document) => till.fiscal.value?.rows.find((row) => row.document === document);

/** Under the change. */
export function FiscalDone({ document }) {
  const row = rowOf(document);
  if (!row) return null;
  const state = under(row) ? "pending" : row.state;
  const icon = state === "registered" ? "circle-check" : state === "pending" ? "receipt-text" : "triangle-alert";
  return html`<p class=${`print ${row.waiting ? "attention" : TONES[state]}`} role="status" data-testid="fiscal-state" data-state=${state}><${Icon} name=${icon} />
      <span>${sentence(row)}${row.result?.sign ? html`<br /><small>${t("fiscal.sign_is", { sign: row.result.sign })}</small>` : ""}</span></p>
    <${Ways} row=${row} />`;
}

/** How many documents are not registered, or that nothing can be. */
export function FiscalChip() {
  const fiscal = till.fiscal.value;
  const waiting = fiscal?.rows.filter((row) => !row.settled && !under(row)).length ?? 0;
  if (!fiscal || (!waiting && !fiscal.dead)) return null;
  return html`<button type="button" class=${`chip ${fiscal.dead ? "bad" : "attention"}`} data-testid="fiscal" aria-haspopup="dialog" onClick=${() => open("fiscal")}>
    <${Icon} name="receipt-text" label=${t(fiscal.dead ? "fiscal.dead_short" : "fiscal.open_short")} />${waiting > 0 && html`<span class="count">${waiting}</span>`}</button>`;
}

function What({ row }) {
  return html`<span class="receipt-what"><strong>${row.receipt ?? t(`fiscal.kind_${row.job}`)}</strong><span class="quiet">${date(row.made_at)}</span></span>
    <span class="amount">${row.total ? money(row.total) : ""}</span>`;
}

/** The list, or the step that a person takes from it. */
export const FiscalDialog = ({ step = "list", ...fields }) => html`<${STEPS[step]} key=${step} ...${fields} />`;

/** What is not registered, each with what can be done, and the register's own trouble. */
function List({ onClose }) {
  const fiscal = till.fiscal.value;
  const rows = fiscal?.rows.filter((row) => !row.settled) ?? [];
  const differing = fiscal?.rows.filter((row) => row.state === "registered" && row.counts) ?? [];
  return html`<${Dialog} id="fiscal" title=${t("fiscal.title")} onClose=${onClose} size="wide">
    <div class="dialog-body" tabindex="0" data-first>
      ${fiscal?.dead && html`<p class="warning"><${Icon} name="octagon-alert" /><span>${t(fiscal.dead)}</span></p>`}
      ${fiscal?.dead === "fiscal.shift_expired" && html`<${Button} icon="lock" data-testid="fiscal-z" onClick=${() => act(() => till.fiscalFlow.alone("fiscal.z_report"))}>${t("fiscal.close_its_shift")}<//>`}
      ${fiscal?.dead === "fiscal.no_device" && !rows.length && html`<${Button} icon="x" data-testid="fiscal-forget" onClick=${() => open("fiscal", { step: "forget" })}>${t("fiscal.forget")}<//>`}
      ${rows.length === 0 && html`<p class="quiet">${t("fiscal.all_registered")}</p>`}
      <ul class="receipts">${rows.map((row) => html`<li key=${row.document} data-fiscal=${row.state}><${What} row=${row} /><p>${sentence(row)}</p><${Ways} row=${row} /></li>`)}</ul>
      ${differing.map((row) => html`<${Differences} key=${row.document} row=${row} />`)}
    </div>
    ${!fiscal?.dead && till.shift.value && html`<footer class="foot"><${Button} icon="receipt-text" data-testid="fiscal-correct" onClick=${() => open("fiscal", { step: "correct" })}>${t("fiscal.correct")}<//></footer>`}
  <//>`;
}

/** At Z: what the register counted beyond the till. */
function Differences({ row }) {
  const { device, till: own } = row.counts;
  const found = Object.keys(device).filter((name) => device[name] !== own[name]);
  const shown = (name, amount) => (["sales", "returns"].includes(name) ? String(amount) : money(amount));
  if (!found.length) return null;
  return html`<section data-testid="fiscal-differences"><h3>${t("fiscal.counters_title", { at: date(row.made_at) })}</h3>
    <dl class="sums">${found.map((name) => html`<div class="bad" key=${name}><dt>${t(`fiscal.count_${name}`)}</dt><dd>${t("fiscal.count_pair", { device: shown(name, device[name]), till: shown(name, own[name]) })}</dd></div>`)}</dl></section>`;
}

/** No sale begins without the device unless a manager agrees. */
function FiscalStart({ cause, onClose }) {
  const work = async (approver) => {
    await till.fiscalFlow.pass(approver);
    return pay;
  };
  return html`<${Agreement} id="fiscal-start" title=${t("fiscal.start_title")} text=${`${t(cause)} ${t("fiscal.start_text")}`} label=${t("fiscal.start_do")} icon="lock" work=${work} onClose=${onClose} />`;
}

/** The register was taken away for good. */
function FiscalForget({ onClose }) {
  return html`<${Agreement} id="fiscal-forget" title=${t("fiscal.forget")} text=${t("fiscal.forget_text")} label=${t("fiscal.forget")} icon="x" work=${(approver) => till.fiscalFlow.forget(approver)} onClose=${onClose} />`;
}

/** A person looked at the register's tape: it is there, under this number, or it is not. */
function FiscalDecide({ document, onClose }) {
  const number = useSignal("");
  const approver = useSignal("");
  const pin = useSignal("");
  const action = useAction();
  const row = rowOf(document);
  const say = (there) => action.run(async () => {
    const found = there ? Number(number.value) : null;
    if (there && !/^\d{1,15}$/.test(number.value)) throw { code: "fiscal.number_invalid", fields: {} };
    await till.fiscalFlow.decide(document, { number: found, approver: await till.approve(approver.value, pin.value) });
    onClose();
  });
  return html`<${Dialog} id="fiscal-decide" title=${t("fiscal.decide_title")} onClose=${onClose} size="small">
    <div class="dialog-body"><p>${t("fiscal.decide_text", { receipt: row?.receipt ?? "", total: money(row?.total ?? 0) })}</p>
      <div class="field"><label for="fiscal-number">${t("fiscal.number_typed")}</label><input id="fiscal-number" data-first inputmode="numeric" autocomplete="off" value=${number.value} onInput=${(event) => void (number.value = event.currentTarget.value.trim())} /></div>
      <${Agreed} id="fiscal-decide" approver=${approver} pin=${pin} onEnter=${() => say(Boolean(number.value))} /><${ErrorText} error=${action.error} /></div>
    <footer class="foot"><${Button} icon="x" disabled=${action.busy.value} data-testid="fiscal-not-there" onClick=${() => say(false)}>${t("fiscal.not_there")}<//>
      <${Button} kind="primary" icon="check" disabled=${action.busy.value} data-testid="fiscal-there" onClick=${() => say(true)}>${t("fiscal.there")}<//></footer>
  <//>`;
}

/** The sale is undone: all goods come back, all money goes back, no register hears of either. */
function FiscalCancel({ document, onClose }) {
  const action = useAction();
  const row = rowOf(document);
  const give = (tender) => action.run(async () => {
    await till.fiscalFlow.cancel(document, tender, t("fiscal.cancel_reason"));
    onClose();
  });
  return html`<${Dialog} id="fiscal-cancel" title=${t("fiscal.cancel_title")} onClose=${onClose} size="small">
    <div class="dialog-body"><p class="warning"><${Icon} name="triangle-alert" /><span>${t("fiscal.cancel_text", { receipt: row?.receipt ?? "", total: money(row?.total ?? 0) })}</span></p><${ErrorText} error=${action.error} /></div>
    <footer class="foot"><${Button} icon="credit-card" disabled=${action.busy.value} data-testid="fiscal-cancel-card" onClick=${() => give("card")}>${t("tender.card")}<//>
      <${Button} kind="primary" icon="banknote" data-first disabled=${action.busy.value} data-testid="fiscal-cancel-cash" onClick=${() => give("cash")}>${t("tender.cash")}<//></footer>
  <//>`;
}

const STEPS = { list: List, correct: later(correction, "FiscalCorrect"), start: FiscalStart, decide: FiscalDecide, cancel: FiscalCancel, forget: FiscalForget };
