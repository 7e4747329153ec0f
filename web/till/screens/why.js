// @ts-check
/** "Why this price, and why not less": each rule, what it gave, what beat it or what is missing. From the engine's own answer. */
import { Dialog, Icon, amount as plain, html, money, quantity, t, till } from "./ui.js";
import { becameOf, ruleName } from "./reading.js";

function reason(entry) {
  if (entry.status === "applied") return t("why.applied");
  if (entry.status === "beaten") return entry.by ? t("why.beaten", { by: entry.by }) : t("why.beaten_unnamed");
  const missing = entry.amount === null || entry.amount === undefined ? "" : entry.missing === "quantity" ? quantity(entry.amount, "piece") : money(entry.amount);
  return t(`missing.${entry.missing}${missing ? ".by" : ""}`, { missing });
}

function amount(entry) {
  if (entry.status === "not_met" || !entry.amount) return "";
  return entry.status === "applied" ? `−${plain(entry.amount)}` : `(−${plain(entry.amount)})`;
}

export function Why({ lineKey = null, onClose }) {
  const at = lineKey === null ? null : till.basket.value.lines.findIndex((line) => line.key === lineKey);
  const line = at === null ? null : till.basket.value.lines[at];
  const priced = at === null ? null : till.quote.value?.lines[at];
  const entries = till.quote.value ? becameOf(till.quote.value, at) : [];
  return html`<${Dialog} id="why" title=${line ? line.name : t("why.title")} onClose=${onClose}>
    <div class="dialog-body" tabindex="0" data-first>
      ${priced && html`<dl class="sums">
        <div><dt>${t("line.list")}</dt><dd>${plain(priced.gross)}</dd></div>
        ${priced.discounts.map((discount) => html`<div class="cut" key=${discount.rule}><dt>${ruleName(discount)}</dt><dd>−${plain(discount.amount)}</dd></div>`)}
        <div class="saved-row"><dt>${t("line.net")}</dt><dd>${money(priced.net)}</dd></div>
      </dl>
      ${priced.limits.length > 0 && html`<p class="warning"><${Icon} name="triangle-alert" />${priced.limits.map((limit) => t(`limit.${limit}`)).join(" ")}</p>`}`}
      <h3>${t("why.rules")}</h3>
      ${entries.length
        ? html`<ul class="whys">${entries.map((entry) => html`<li key=${entry.rule} class=${entry.status}>
            <${Icon} name=${entry.status === "applied" ? "circle-check" : entry.status === "beaten" ? "badge-percent" : "x"} />
            <span class="why-name">${ruleName(entry)}</span><span class="amount">${amount(entry)}</span><span class="why-reason">${reason(entry)}</span></li>`)}</ul>`
        : html`<p class="quiet">${t("why.none")}</p>`}
    </div>
  <//>`;
}
