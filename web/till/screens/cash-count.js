// @ts-check
/** Counting a drawer: by notes and coins, or one sum. */
import { Key, amount, html, money, t, till, useSignal } from "./ui.js";
import { TypedField } from "./keypad.js";
import { parse } from "./typed.js";

/** `count` holds what was typed: {by: "notes" | "sum", notes: {value: text}, sum: text}. */
export function emptyCount() {
  return { by: "notes", notes: {}, sum: "" };
}

/** {sum, counts} of what was typed; sum is null where something is not a number. */
export function counted(count) {
  if (count.by === "sum") return { sum: count.sum.trim() ? parse(count.sum, till.settings.value.exponent) : null, counts: [] };
  let sum = 0;
  const counts = [];
  for (const [value, text] of Object.entries(count.notes)) {
    const pieces = text.trim() ? parse(text, 0) : 0;
    if (pieces === null) return { sum: null, counts: [] };
    if (!pieces) continue;
    sum += pieces * Number(value);
    counts.push({ value: Number(value), count: pieces });
  }
  return { sum: Number.isSafeInteger(sum) ? sum : null, counts };
}

export function CashCount({ count }) {
  const { by, notes, sum } = count.value;
  const turn = (next) => void (count.value = { ...count.value, by: next });
  const text = useSignal(sum);
  if (by === "sum" && text.value !== sum) queueMicrotask(() => void (count.value = { ...count.value, sum: text.value }));
  const type = (value, next) => void (count.value = { ...count.value, notes: { ...notes, [value]: next } });
  const values = till.denominations.value;
  const step = (value, change) => type(value, String(Math.max(0, (parse(notes[value] || "0", 0) ?? 0) + change)));
  return html`<div class="cash-count">
    <div class="segments" role="group" aria-label=${t("count.how")}>
      <button type="button" class="segment" aria-pressed=${by === "notes"} onClick=${() => turn("notes")}>${t("count.by_notes")}</button>
      <button type="button" class="segment" aria-pressed=${by === "sum"} onClick=${() => turn("sum")}>${t("count.by_sum")}</button>
    </div>
    ${by === "sum"
      ? html`<${TypedField} id="count-sum" label=${t("count.sum")} text=${text} placeholder="0" />`
      : html`<ul class="notes">${values.map((value, at) => html`<li key=${value}>
          <label for=${`note-${value}`}>${amount(value)} ×</label>
          <${Key} press=${() => step(value, -1)} className="small" aria-label=${t("count.less", { value: money(value) })}>−<//>
          <input id=${`note-${value}`} inputmode="numeric" autocomplete="off" data-first=${at === 0 || undefined} placeholder="0" value=${notes[value] ?? ""} onInput=${(event) => type(value, event.currentTarget.value)} />
          <${Key} press=${() => step(value, 1)} className="small" aria-label=${t("count.more", { value: money(value) })}>+<//>
        </li>`)}</ul>`}
  </div>`;
}

/** The sum as it is typed now. */
export function CountedSum({ count, label }) {
  const { sum } = counted(count.value);
  return html`<p class="counted" role="status"><span>${label}</span><strong data-testid="counted">${sum === null ? "—" : money(sum)}</strong></p>`;
}

