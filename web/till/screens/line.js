// @ts-check
/** One line under the finger: how many, away with it, why this price, another price. Digits count at once, no OK is needed. */
import { Button, Icon, amount as plainly, html, quantity, t, till, useEffect, useLayoutEffect, useRef, useSignal } from "./ui.js";
import { act } from "./act.js";
import { Keypad, TypedField } from "./keypad.js";
import { parse, plain } from "./typed.js";
import { closePanel, open } from "./view.js";

/** How long after the last digit the number counts. */
const SETTLE_MS = 700;

export function LinePanel({ lineKey }) {
  const line = till.basket.value.lines.find((each) => each.key === lineKey);
  const text = useSignal("");
  const typed = text.value;
  const amount = typed && line ? parse(typed, 3) : null;
  const wanted = amount && (line?.unit === "kg" || amount % 1000 === 0) ? amount : null;

  const latest = useRef(/** @type {number | null} */ (null));
  latest.current = wanted;
  const settle = () => {
    const now = till.basket.peek().lines.find((each) => each.key === lineKey);
    if (latest.current && now && latest.current !== now.quantity) {
      const quantity = latest.current;
      void act(() => till.setQuantity(lineKey, quantity));
    }
  };
  useEffect(() => {
    if (!wanted) return undefined;
    const timer = setTimeout(settle, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  useLayoutEffect(() => {
    document.getElementById("quantity")?.focus({ preventScroll: true }); // at once: the digits may follow within the same breath
    return settle; // whatever closes the panel (another line, payment), what was typed counts
  }, []);

  useEffect(() => {
    if (!line) closePanel();
  }, [line]);
  if (!line) return null;

  const step = (by) => {
    text.value = "";
    const next = line.quantity + by * 1000;
    void act(() => (next > 0 ? till.setQuantity(lineKey, next) : till.removeLine(lineKey)));
  };
  const enter = () => {
    settle();
    closePanel();
  };
  return html`<section class="panel line-panel" data-testid="panel-line" aria-labelledby="line-title">
    <header class="panel-head"><h2 id="line-title">${line.name}</h2>
      <button type="button" class="icon-button" aria-label=${t("action.close")} onClick=${closePanel}><${Icon} name="x" /></button></header>
    <p class="quiet">${line.code ? `${line.code} · ` : ""}${plainly(line.price)}${line.unit === "kg" ? ` / ${t("unit.kg")}` : ""}</p>
    <div class="line-edit">
      <div class="line-side">
        <${TypedField} id="quantity" label=${line.unit === "kg" ? t("line.weight") : t("line.quantity")} text=${text} onEnter=${enter}
          placeholder=${line.unit === "kg" ? plain(line.quantity, 3) : quantity(line.quantity, line.unit)} first=${true} />
        <p class="hint ${typed && !wanted ? "bad" : ""}" role="status">${typed && !wanted ? t("quantity.invalid") : ""}</p>
        ${line.unit !== "kg" && html`<div class="steps">
          <button type="button" class="key" aria-label=${t("line.less")} onClick=${() => step(-1)}><${Icon} name="minus" /></button>
          <button type="button" class="key" aria-label=${t("line.more")} onClick=${() => step(1)}><${Icon} name="plus" /></button>
        </div>`}
        <${Button} icon="trash-2" kind="bad" hint="Del" data-testid="line-remove" onClick=${() => { closePanel(); void act(() => till.removeLine(lineKey)); }}>${t("line.remove")}<//>
        <${Button} icon="circle-help" data-testid="line-why" onClick=${() => open("why", { lineKey })}>${t("line.why")}<//>
        <${Button} icon="tag" data-testid="line-price" onClick=${() => open("price", { lineKey })}>${t("line.price")}<//>
      </div>
      <${Keypad} text=${text} point=${line.unit === "kg"} onEnter=${enter} />
    </div>
  </section>`;
}
