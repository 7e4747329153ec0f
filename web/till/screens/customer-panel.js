// @ts-check
/** All that is known of who buys, over the goods. */
import { Button, Icon, amount, date, explain, html, money, t, till } from "./ui.js";
import { act } from "./act.js";
import { TierBadge, categoryName, reasons, tierName } from "./customer.js";
import { open } from "./view.js";

export function CustomerPanel({ onClose }) {
  const account = till.basket.value.account;
  if (!account) return null;
  const why = reasons();
  const holder = till.holder.value;
  const facts = [
    account.tier && [t("customer.tier"), tierName(account.tier)],
    account.personal > 0 && [t("customer.personal"), t("percent", { n: account.personal / 100 })],
    account.categories?.length && [t("customer.categories"), account.categories.map(categoryName).join(", ")],
    account.points > 0 && [t("customer.points_label"), String(account.points)],
    holder?.points_pending > 0 && [t("customer.points_pending"), String(holder.points_pending)],
    holder?.points_expiring && [t("customer.points_expiring", { date: date(Date.parse(holder.points_expiring[0]), "date") }), String(holder.points_expiring[1])],
    holder?.next_tier && [t("customer.next_tier", { tier: tierName(holder.next_tier.code) }), holder.next_tier.by === "receipts" ? t("customer.receipts", { n: holder.next_tier.missing }) : money(holder.next_tier.missing)],
    (holder?.owed > 0 || holder?.debt_limit > 0) && [t("debt.owed"), `${money(holder.owed ?? 0)} / ${money(holder.debt_limit ?? 0)}`],
    account.phone && [t("customer.phone"), `··· ${account.phone}`],
  ].filter(Boolean);
  return html`<section class="panel" data-testid="panel-customer" aria-labelledby="customer-title">
    <header class="panel-head"><h2 id="customer-title"><${TierBadge} account=${account} /> ${account.name || t("customer.unnamed")}</h2>
      <button type="button" class="icon-button" aria-label=${t("action.close")} onClick=${onClose}><${Icon} name="x" /></button></header>
    ${account.blocked && html`<p class="warning"><${Icon} name="triangle-alert" />${explain({ code: "card.blocked.why", fields: { reason: account.blocked } })}</p>`}
    ${account.note && html`<p class="note"><${Icon} name="file-text" />${account.note}</p>`}
    <dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <h3>${t("customer.why")}</h3>
    ${why.length
      ? html`<ul class="reasons">${why.map((reason) => html`<li key=${reason.name}><span>${reason.name}</span><span class="amount saved">−${amount(reason.amount)}</span></li>`)}</ul>`
      : html`<p class="quiet">${t("customer.why_none")}</p>`}
    <div class="panel-foot">${!account.name && html`<${Button} icon="users" data-testid="fill-in" onClick=${() => open("newcomer")}>${t("newcomer.fill_in")}<//>`}${holder?.owed > 0 && html`<${Button} icon="notebook-pen" data-testid="pay-debt" onClick=${() => open("debt")}>${t("debt.title")}<//>`}<${Button} icon="x" kind="plain" onClick=${() => { onClose(); void act(() => till.detachAccount()); }}>${t("customer.detach")}<//></div>
  </section>`;
}
