// @ts-check
/** The lines of the basket: list price struck, net, what was saved and by which rule. The newest is always in sight. */
import { Icon, amount, html, quantity, t, till, useEffect, useRef } from "./ui.js";
import { ruleName } from "./reading.js";
import { panel } from "./view.js";

function Line({ line, priced, chosen, fresh }) {
  const cut = priced.gross !== priced.net;
  const open = () => void (panel.value = chosen ? null : { name: "line", key: line.key });
  return html`<li class=${`line ${chosen ? "chosen" : ""} ${fresh ? "fresh" : ""}`}>
    <button type="button" class="line-main" data-line=${line.key} aria-expanded=${chosen} onClick=${open}>
      <span class="line-name">${line.name}</span>
      <span class="line-net amount">${amount(priced.net)}</span>
      <span class="line-quantity">${quantity(line.quantity, line.unit)} × ${amount(line.price)}</span>
      ${cut && html`<span class="line-gross amount"><span class="sr">${t("line.list")} </span><s>${amount(priced.gross)}</s></span>`}
      ${priced.discounts.map((discount) => html`<span class="line-rule" key=${discount.rule}><span class="rule-name">${ruleName(discount)}</span></span>
        <span class="line-saved amount" key=${`${discount.rule}-amount`}>${discount.amount < 0 ? "+" : "−"}${amount(Math.abs(discount.amount))}</span>`)}
    </button>
  </li>`;
}

/** Whether a line shows the same: amounts, and what was taken off by which rule. */
const showsSame = (one, other) =>
  one.gross === other.gross && one.net === other.net && one.discounts.length === other.discounts.length &&
  one.discounts.every((discount, at) => discount.rule === other.discounts[at].rule && discount.source === other.discounts[at].source && discount.amount === other.discounts[at].amount);

/** The quote's lines, those that show the same as before being the same objects: they are not drawn anew. */
function useKept(lines) {
  const before = useRef(/** @type {any[]} */ ([]));
  before.current = lines.map((line, at) => (before.current[at] && showsSame(before.current[at], line) ? before.current[at] : line));
  return before.current;
}

export function Lines() {
  const basket = till.basket.value;
  const priced = useKept(till.quote.value?.lines ?? []);
  const chosen = panel.value?.name === "line" ? panel.value.key : null;
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const count = basket.lines.length;
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [count, basket.lines[count - 1]?.quantity]);
  if (!count) {
    return html`<div class="lines empty"><${Icon} name="shopping-basket" /><p>${t("lines.empty")}</p></div>`;
  }
  return html`<ol class="lines" ref=${list} tabindex="0" aria-label=${t("lines.label")}>
    ${basket.lines.map((line, at) => priced[at] && html`<${Line} key=${line.key} line=${line} priced=${priced[at]} chosen=${line.key === chosen} fresh=${at === count - 1} />`)}
  </ol>`;
}
