// @ts-check
/** That a rule offers a gift, as a bar over the sums. */
import { Icon, html, t, till } from "./ui.js";
import { ruleName } from "./reading.js";
import { open } from "./view.js";

/** The first gift that is still to be chosen, or nothing. */
const offered = () => (till.quote.value?.gifts ?? []).find((gift) => gift.taken < gift.take && gift.choices.length > 0);

export function GiftOffer() {
  const gift = offered();
  if (!gift) return null;
  const rule = till.quote.value.rules.find((each) => each.rule === gift.rule);
  return html`<button type="button" class="offer" data-testid="gift-offer" onClick=${() => open("gift", { rule: gift.rule })}>
    <${Icon} name="gift" /><span>${t("gift.offer", { n: gift.take - gift.taken })} · ${ruleName(rule)}</span><${Icon} name="chevron-right" /></button>`;
}
