// @ts-check
/** Goods come back by their receipt: tap the lines, then how the money goes. What was charged is what is given back. */
import { agreement } from "../core/later.js";
import { Button, Dialog, ErrorText, Icon, amount, html, money, quantity, t, till, useAction, useSignal } from "./ui.js";
import { later } from "./later.js";
import { high } from "./sound.js";
import { plain } from "./typed.js";

const Agreement = later(agreement, "Agreement");
const UNWANTED = "return.reason_unwanted";

/** What the chosen quantity of a line is worth: all that is left, or its share; the core has the last word. */
function worth(line, wanted) {
  const left = line.left_net ?? line.net;
  return wanted === line.left ? left : Math.floor((left * wanted) / line.left);
}

/** What the core would give back now; nothing where it would refuse, which giving says. */
function foreseen(wish) {
  try {
    return till.refundPreview(wish, "cash");
  } catch {
    return { total: 0, parts: [], points: { earned: 0, spent: 0 } };
  }
}

/** Goods that the law does not take back come back where a manager agrees that they must: by PIN, or because one stands here. */
function Kept({ lines, allow }) {
  const asking = useSignal(false);
  const action = useAction();
  const alone = ["manager", "owner"].includes(till.cashier.value?.role ?? "");
  const allowed = async (approver) => {
    await till.allowReturn(approver);
    allow();
  };
  const text = t("return.kept_text", { goods: lines.map(({ name }) => name).join(", ") });
  return html`<p class="note"><${Icon} name="lock" /><span>${text}</span></p>
    <${Button} icon="lock" data-testid="return-allow" onClick=${() => (alone ? action.run(() => allowed(null)) : void (asking.value = true))}>${t("return.allow")}<//>
    <${ErrorText} error=${action.error} />
    ${asking.value && html`<${Agreement} id="return-kept" title=${t("return.allow")} text=${text} label=${t("return.allow")} icon="lock" work=${allowed} onClose=${() => void (asking.value = false)} />`}`;
}

export function Return({ refund, receipt, onClose }) {
  const chosen = useSignal(/** @type {Record<number, number>} */ ({}));
  const reason = useSignal(UNWANTED);
  const allowed = useSignal(false);
  const action = useAction();
  const lines = refund.lines;
  const kept = allowed.value ? [] : lines.filter((line) => line.kept && line.left);
  const picked = lines.filter((line) => chosen.value[line.line]);
  const faulty = picked.some((line) => line.kept);
  const why = faulty && reason.value === UNWANTED ? "return.reason_broken" : reason.value;
  const wish = picked.map((line) => ({ line: line.line, quantity: chosen.value[line.line] }));
  const back = picked.length ? foreseen(wish) : { total: 0, parts: [], points: { earned: 0, spent: 0 } };
  const inCash = back.parts.filter((part) => part.kind === "cash").reduce((sum, part) => sum + part.amount, 0);
  const named = back.parts.filter((part) => ["gift_card", "on_account"].includes(part.kind));
  const set = (line, wanted) => void (chosen.value = { ...chosen.value, [line.line]: Math.max(0, Math.min(line.left, wanted)) });
  const give = (tender) => action.run(async () => {
    if (!picked.length) throw { code: "refund.nothing", fields: {} };
    const asked = { document: refund.document, lines: wish, tender, reason: t(why) };
    const onCard = tender === "card" ? handed() : 0;
    if (onCard && till.devices.value.all.some((each) => each.kind === "payment-terminal")) await till.atTerminal("refund", { ...asked, receipt }, onCard);
    else await till.refund(asked);
    high();
    onClose();
  });
  const handed = () => till.refundPreview(wish, "card").parts.filter((part) => part.kind === "card").reduce((sum, part) => sum + part.amount, 0);
  const all = () => void (chosen.value = Object.fromEntries(lines.filter((line) => !kept.includes(line)).map((line) => [line.line, line.left])));
  return html`<${Dialog} id="return" title=${t("return.title", { receipt })} onClose=${onClose} size="wide">
    <div class="dialog-body">
      <div class="return-head"><p class="quiet">${t("return.text")}</p><${Button} icon="check" onClick=${all}>${t("return.all")}<//></div>
      <ul class="return-lines">${lines.map((line) => {
        const wanted = chosen.value[line.line] ?? 0;
        const step = line.unit === "kg" ? line.left : 1000;
        const held = kept.includes(line);
        return html`<li key=${line.line} class=${wanted ? "chosen" : ""}>
          <button type="button" class="return-line" data-line=${line.line} aria-pressed=${wanted > 0} disabled=${!line.left || held} onClick=${() => set(line, wanted ? 0 : line.left)}>
            <span class="box" aria-hidden="true">${wanted > 0 && html`<${Icon} name="check" />`}</span>
            <span class="line-name">${line.name}<small class="quiet">${!line.left ? t("return.gone") : held ? t("return.kept", { regulation: line.kept }) : t("return.left", { quantity: quantity(line.left, line.unit) })}</small></span>
            <span class="amount">${amount(wanted ? worth(line, wanted) : (line.left_net ?? line.net))}</span>
          </button>
          ${line.left > step && !held && html`<span class="steps"><button type="button" class="icon-button" aria-label=${t("return.less", { name: line.name })} disabled=${!wanted} onClick=${() => set(line, wanted - step)}><${Icon} name="minus" /></button>
            <span class="steps-n">${plain(wanted, 3)}</span>
            <button type="button" class="icon-button" aria-label=${t("return.more", { name: line.name })} disabled=${wanted >= line.left} onClick=${() => set(line, wanted + step)}><${Icon} name="plus" /></button></span>`}
        </li>`;
      })}</ul>
      ${kept.length > 0 && html`<${Kept} lines=${kept} allow=${() => void (allowed.value = true)} />`}
      <div class="picks" role="radiogroup" aria-label=${t("field.reason")}>${["unwanted", "broken", "mistake"].map((each) => html`<button type="button" key=${each} role="radio" class="pick" aria-checked=${why === `return.reason_${each}`} disabled=${faulty && `return.reason_${each}` === UNWANTED} onClick=${() => void (reason.value = `return.reason_${each}`)}>${t(`return.reason_${each}`)}</button>`)}</div>
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot">
      <p class="foot-notes">
        ${named.map((part) => html`<span key=${part.reference ?? part.kind} data-testid=${`refund-${part.kind}`}>${t(`return.to_${part.kind}`, { amount: money(part.amount) })}</span>`)}
        ${back.points.spent > 0 && html`<span data-testid="refund-points">${t("return.points_back", { n: back.points.spent })}</span>`}
        ${back.points.earned > 0 && html`<span data-testid="refund-points-lost">${t("return.points_lost", { n: back.points.earned })}</span>`}</p>
      <p class="total" role="status"><span>${t("return.give")}</span><strong data-testid="refund-sum">${money(inCash)}</strong></p>
      <${Button} icon="credit-card" disabled=${!picked.length || action.busy.value} data-testid="refund-card" onClick=${() => give("card")}>${t("tender.card")}<//>
      <${Button} icon="banknote" kind="primary" disabled=${!picked.length || action.busy.value} data-testid="refund-cash" onClick=${() => give("cash")}>${t("tender.cash")}<//>
    </footer>
  <//>`;
}

