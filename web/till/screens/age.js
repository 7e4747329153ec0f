// @ts-check
/** The buyer's age, asked once for a receipt. To close it is to say no: what needs that age is taken out. */
import { Button, Dialog, ErrorText, day, html, t, till, useAction, useLayoutEffect } from "./ui.js";
import { latestBirth } from "../core/age.js";

/** A higher age is another question. */
export function AgeQuestion(fields) {
  return html`<${Question} key=${fields.age} ...${fields} />`;
}

function Question({ age, onClose }) {
  const action = useAction();
  const yes = () => action.run(() => till.confirmAge(age));
  useLayoutEffect(() => {
    const press = (event) => {
      if (event.key !== "F2") return;
      event.preventDefault();
      void yes();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  const goods = [...new Set(till.basket.value.lines.filter((line) => till.ageFor(line) >= age).map(({ name }) => name))];
  return html`<${Dialog} id="age" title=${t("age.title", { n: age })} onClose=${onClose} size="small">
    <div class="dialog-body">
      <p class="born" data-testid="age-born">${t("age.born")} <strong>${day(...latestBirth(till.today(), age))}</strong></p>
      <p class="quiet">${t("age.goods", { goods: goods.join(", ") })}</p>
      <${ErrorText} error=${action.error} />
    </div>
    <footer class="foot answers"><${Button} icon="x" hint="Esc" data-first data-testid="age-no" onClick=${onClose}>${t("age.no")}<//>
      <${Button} kind="primary" icon="check" hint="F2" disabled=${action.busy.value} data-testid="age-yes" onClick=${yes}>${t("age.yes")}<//></footer>
  <//>`;
}
