// @ts-check
/** The till at work: goods on one side, the customer's basket on the other. */
import { clients } from "../core/later.js";
import { Button, Icon, html, money, t, till } from "./ui.js";
import { act } from "./act.js";
import { CustomerStrip } from "./customer.js";
import { Done, showsDone } from "./done.js";
import { later } from "./later.js";
import { LinePanel } from "./line.js";
import { Lines } from "./lines.js";
import { Found, Search, clearSearch, query } from "./search.js";
import { Tiles } from "./tiles.js";
import { TopBar } from "./top-bar.js";
import { Totals } from "./totals.js";
import { closePanel, half, open, panel } from "./view.js";

const CustomerPanel = later(clients, "CustomerPanel");

function Actions() {
  const parked = till.parked.value.length;
  const filled = till.basket.value.lines.length > 0;
  return html`<nav class="actions" aria-label=${t("actions.label")}>
    <${Button} icon="undo-2" hint="F4" disabled=${!till.canUndo.value} data-testid="undo" onClick=${() => act(() => till.undo())}>${t("actions.undo")}<//>
    <${Button} icon="pause" hint="F6" disabled=${!filled} data-testid="park" onClick=${() => act(() => till.park())}>${t("actions.park")}<//>
    <${Button} icon="inbox" hint="F7" disabled=${!parked} data-testid="parked" onClick=${() => open("parked")}>${t("actions.parked")}${parked ? html` <span class="count">${parked}</span>` : ""}<//>
    <${Button} icon="rotate-ccw" hint="F8" data-testid="return" onClick=${() => open("receipts")}>${t("actions.return")}<//>
    <${Button} icon="menu" hint="F9" data-testid="menu" onClick=${() => open("menu")}>${t("actions.menu")}<//>
  </nav>`;
}

function Halves() {
  const count = till.basket.value.lines.length;
  return html`<nav class="halves" aria-label=${t("halves.label")}>
    <button type="button" aria-pressed=${half.value === "goods"} onClick=${() => { closePanel(); half.value = "goods"; }}><${Icon} name="layout-grid" />${t("halves.goods")}</button>
    <button type="button" aria-pressed=${half.value === "basket"} onClick=${() => { clearSearch(); closePanel(); half.value = "basket"; }}><${Icon} name="shopping-basket" />${t("halves.basket")}
      ${count > 0 && html`<span class="count">${count}</span>`} <span class="amount">${money(till.quote.value?.totals.total ?? 0)}</span></button>
  </nav>`;
}

export function Sell() {
  const searching = query.value.trim().length >= 2;
  const over = panel.value;
  const goods = searching ? html`<${Found} />`
    : over?.name === "line" ? html`<${LinePanel} key=${over.key} lineKey=${over.key} />`
    : over?.name === "customer" && till.basket.value.account ? html`<${CustomerPanel} onClose=${closePanel} />`
    : html`<${Tiles} />`;
  return html`<main class="sell" data-half=${searching || over ? "goods" : half.value} data-testid="sell" aria-labelledby="sell-title">
    <h1 class="sr" id="sell-title">${t("actions.label")}</h1>
    <${TopBar} />
    <section class="left" aria-label=${t("sell.goods")}><${Search} /><div class="stage">${goods}</div><${Actions} /></section>
    <section class="right" aria-label=${t("sell.basket")}>
      ${showsDone() ? html`<${Done} />` : html`<${CustomerStrip} /><${Lines} /><${Totals} />`}
    </section>
    <${Halves} />
  </main>`;
}
