// @ts-check
/** Goods without a code to scan, and those sold most, one tap away. Prices on tiles are list prices: they do not re-price. */
import { Icon, amount, html, signal, t, till } from "./ui.js";
import { addGoods } from "./search.js";
import { half } from "./view.js";

/** Tiles on the first tab; the others are under their category. */
const MOST = 60;

const shown = signal(/** @type {any} */ (null));

export function Tiles() {
  const named = till.tiles.value;
  const groups = named.length > 1 ? [{ id: "all", name: t("tiles.all"), products: named.flatMap((each) => each.products).slice(0, MOST) }, ...named] : named;
  const group = groups.find((each) => each.id === shown.value) ?? groups[0];
  const move = (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const at = groups.indexOf(group) + step;
    const next = groups[(at + groups.length) % groups.length];
    shown.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  if (!group) return html`<div class="tiles-empty"><${Icon} name="layout-grid" /><p>${t("tiles.none")}</p></div>`;
  return html`<div class="goods">
    <div class="tabs" role="tablist" aria-label=${t("tiles.categories")} onKeyDown=${move}>
      ${groups.map((each) => html`<button type="button" key=${each.id} id=${`tab-${each.id}`} role="tab" class="tab" aria-selected=${each === group} aria-controls="tiles"
        tabindex=${each === group ? 0 : -1} onClick=${() => void (shown.value = each.id)}>${each.name}</button>`)}
    </div>
    <div class="tiles" id="tiles" role="tabpanel" aria-labelledby=${`tab-${group.id}`} tabindex="-1">
      ${group.products.map((product) => html`<button type="button" class="tile" key=${product.seq} data-product=${product.seq}
        onClick=${() => { half.value = "basket"; void addGoods(product, "tile"); }}>
        <span class="tile-name">${product.name}</span>
        <span class="tile-price">${amount(product.price)}${product.unit === "kg" ? html`<small> / ${t("unit.kg")}</small>` : ""}</span>
      </button>`)}
    </div>
  </div>`;
}
