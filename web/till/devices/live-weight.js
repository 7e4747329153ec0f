// @ts-check
/** What lies on the scale now and whether it may be sold, in words; the weight that is taken is asked afresh, never read off the screen. */
import { times } from "../core/numbers.js";
import { Button, ErrorText, Icon, explain, html, money, signal, t, till, useAction, useEffect, useLayoutEffect, useSignal } from "../screens/ui.js";

/** A weight that is older is no longer shown. */
const FADES_MS = 1_500;

/** The scale that was used last, where there are several. */
const used = signal("");

/** Watches a scale: what it says becomes `heard`, null once it says nothing. @param {string} id @param {{value: any}} heard */
function look(id, heard) {
  const fade = () => void (heard.value = null);
  let timer = setTimeout(fade, FADES_MS);
  const hear = ({ device, said }) => {
    if (device !== id) return;
    clearTimeout(timer);
    timer = setTimeout(fade, FADES_MS);
    heard.value = said;
  };
  const ends = [till.hear("said", hear), till.watch(id)];
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}

/** Why nothing may be sold now, as a code; null where it may. `heard` is undefined until the scale had time to speak. */
function hindrance(scale, heard) {
  if (till.devices.value.agent !== "connected") return "agent.offline";
  if (heard) return heard.sellable ? null : (heard.cause ?? "scale.unstable");
  return scale.state.causes[0] ?? (heard === undefined ? "wait" : "scale.silent");
}

/** `put` sells thousandths of a kilogram; `take` is a ref for whoever lets Enter take the weight. */
export function LiveWeight({ product, put, take }) {
  const scales = till.devices.value.all.filter((device) => device.kind === "scale");
  const scale = scales.find((each) => each.id === used.value) ?? scales[0];
  const heard = useSignal(/** @type {any} */ (undefined));
  const action = useAction();
  const weigh = () => action.run(async () => {
    const { grams } = await till.ask(scale.id, "weight");
    if (!Number.isSafeInteger(grams) || grams <= 0) throw { code: "scale.damaged", fields: {} };
    await put(grams);
  });
  useLayoutEffect(() => {
    take.current = weigh;
    return () => void (take.current = null);
  });
  useEffect(() => {
    heard.value = undefined;
    return look(scale.id, heard);
  }, [scale.id]);
  const now = heard.value;
  const code = hindrance(scale, now);
  return html`<section class=${`weighing ${code === null ? "ok" : ""}`} aria-label=${t("weigh.title")} data-testid="weighing">
    ${scales.length > 1 && html`<div class="segments" role="group" aria-label=${t("weigh.title")}>${scales.map(({ id }) => html`<button type="button" key=${id} class="segment" aria-pressed=${id === scale.id} onClick=${() => void (used.value = id)}>${id}</button>`)}</div>`}
    <p class="weighing-now"><strong data-testid="live-weight">${now?.shown || "–"}</strong><span class="amount">${now?.sellable ? money(times(product.price, now.grams)) : ""}</span></p>
    <p class="weighing-words" role="status" data-testid="weight-words"><${Icon} name=${code === null ? "check" : "triangle-alert"} /><span>${code === null ? t("weigh.stands") : explain({ code })}${now?.net ? ` ${t("weigh.net")}` : ""}</span></p>
    <${ErrorText} error=${action.error} />
    <div class="weighing-keys">
      <${Button} icon="scale" kind="primary" hint="⏎" aria-busy=${action.busy.value} data-testid="take-weight" onClick=${weigh}>${t("weigh.take")}<//>
      <${Button} data-testid="zero" aria-busy=${action.busy.value} onClick=${() => action.run(() => till.ask(scale.id, "zero"))}>${t("weigh.zero")}<//>
    </div>
  </section>`;
}
