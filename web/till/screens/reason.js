// @ts-check
/** A step that must say why: the drawer opened without a sale, a basket thrown away. One tap on a common reason is enough. */
import { Button, Dialog, ErrorText, html, t, till, useAction, useSignal } from "./ui.js";
import { closePanel } from "./view.js";

function Reason({ id, title, text, picks, icon, label, work, onClose }) {
  const reason = useSignal("");
  const action = useAction();
  const finish = (why) => action.run(async () => {
    if (!why.trim()) throw { code: "reason.missing", fields: {} };
    await work(why.trim());
    onClose();
  });
  return html`<${Dialog} id=${id} title=${title} onClose=${onClose} size="small">
    <div class="dialog-body">
      <p class="quiet">${text}</p>
      <div class="picks">${picks.map((each, at) => html`<button type="button" key=${each} class="pick" data-first=${at === 0 || undefined} onClick=${() => finish(t(each))}>${t(each)}</button>`)}</div>
      <div class="field"><label for="reason">${t("reason.other")}</label>
        <input id="reason" maxlength="200" value=${reason.value} onInput=${(event) => void (reason.value = event.currentTarget.value)} onKeyDown=${(event) => { if (event.key === "Enter") void finish(reason.value); }} /></div>
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot"><${Button} icon=${icon} kind="primary" disabled=${action.busy.value || !reason.value.trim()} onClick=${() => finish(reason.value)}>${label}<//></footer>
  <//>`;
}

export function DrawerReason({ onClose }) {
  return html`<${Reason} id="drawer" title=${t("drawer.title")} text=${t("drawer.text")} icon="vault" label=${t("drawer.do")} onClose=${onClose}
    picks=${["drawer.reason_change", "drawer.reason_check", "drawer.reason_mistake"]} work=${(why) => till.openDrawer(why)} />`;
}

export function VoidReason({ onClose }) {
  return html`<${Reason} id="void" title=${t("void.title")} text=${t("void.text")} icon="trash-2" label=${t("void.do")} onClose=${onClose}
    picks=${["void.reason_left", "void.reason_money", "void.reason_mistake"]} work=${async (why) => { closePanel(); await till.voidBasket(why); }} />`;
}
