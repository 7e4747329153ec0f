// @ts-check
/** Baskets that were set aside; one tap brings one back. */
import { Dialog, Icon, date, html, money, t, till } from "./ui.js";
import { act } from "./act.js";

export function Parked({ onClose }) {
  const parked = till.parked.value;
  const recall = (basket) => {
    onClose();
    void act(() => till.recall(basket.id));
  };
  return html`<${Dialog} id="parked" title=${t("parked.title")} onClose=${onClose}>
    <div class="dialog-body">${parked.length
      ? html`<ul class="choices">${parked.map((basket, at) => html`<li key=${basket.id}><button type="button" class="choice" data-first=${at === 0 || undefined} onClick=${() => recall(basket)}>
          <${Icon} name="inbox" /><span>${basket.account?.name || basket.lines.slice(0, 2).map((line) => line.name).join(", ")}
            <small class="quiet">${basket.parkedAt ? date(basket.parkedAt, "time") : ""} · ${t("parked.lines", { n: basket.lines.length })}</small></span>
          <span class="amount">${basket.total === undefined ? "" : money(basket.total)}</span></button></li>`)}</ul>`
      : html`<p class="quiet" tabindex="-1" data-first>${t("parked.none")}</p>`}
    </div>
  <//>`;
}
