// @ts-check
/** Who buys: tier, why there is a discount, categories claimed by one tap, as a strip in the basket. */
import { Icon, explain, html, named, t, till } from "./ui.js";
import { act } from "./act.js";
import { ruleName } from "./reading.js";
import { panel } from "./view.js";

export function tierName(tier) {
  return named(till.names.value?.tiers?.[tier]) || tier;
}

export function categoryName(category) {
  return named(till.names.value?.categories?.[category]) || category;
}

export function TierBadge({ account }) {
  return account?.tier ? html`<span class=${`tier tier-${account.tier}`}>${tierName(account.tier)}</span>` : null;
}

/** The rules that the account itself (tier, category, personal) brought to this basket, by what they gave. */
export function reasons() {
  const given = new Map();
  for (const line of till.quote.value?.lines ?? []) {
    for (const discount of line.discounts) {
      if (!["card", "personal", "claimed", "coupon", "points"].includes(discount.source)) continue;
      given.set(discount.rule, { name: ruleName(discount), amount: (given.get(discount.rule)?.amount ?? 0) + discount.amount });
    }
  }
  return [...given.values()].sort((a, b) => b.amount - a.amount);
}

export function Claims() {
  const claimable = till.names.value?.claimable ?? [];
  const account = till.basket.value.account;
  const claimed = till.basket.value.claimed;
  const asked = claimable.filter((category) => !account?.categories?.includes(category));
  if (!asked.length) return null;
  const turn = (category) => act(() => (claimed.includes(category) ? till.unclaim(category) : till.claim(category)));
  return html`<div class="claims" role="group" aria-label=${t("claim.label")}>
    ${asked.map((category) => html`<button type="button" key=${category} class="claim" data-claim=${category} aria-pressed=${claimed.includes(category)} onClick=${() => void turn(category)}>
      <${Icon} name=${claimed.includes(category) ? "check" : "plus"} />${categoryName(category)}</button>`)}
  </div>`;
}

export function CustomerStrip() {
  const account = till.basket.value.account;
  if (!account) {
    return html`<section class="customer none" aria-label=${t("customer.title")}>
      <p class="quiet"><${Icon} name="credit-card" />${t("customer.none")}</p><${Claims} />
    </section>`;
  }
  const why = reasons();
  return html`<section class="customer" aria-label=${t("customer.title")} data-testid="customer">
    <button type="button" class="customer-main" aria-expanded=${panel.value?.name === "customer"} aria-keyshortcuts="F3"
      onClick=${() => void (panel.value = panel.value?.name === "customer" ? null : { name: "customer" })}>
      <${TierBadge} account=${account} />
      <span class="customer-who"><strong>${account.name || t("customer.unnamed")}</strong>
        <span class="customer-why">${why.length ? why.map((reason) => reason.name).join(", ") : account.blocked ? explain({ code: "card.blocked.why", fields: { reason: account.blocked } }) : t("customer.no_discount")}</span></span>
      ${account.points > 0 && html`<span class="points">${t("customer.points", { n: account.points })}</span>`}
      <kbd aria-hidden="true">F3</kbd><${Icon} name="chevron-right" />
    </button>
    <${Claims} />
  </section>`;
}
