// @ts-check
/** A screen or dialog of a part that is loaded when it is first opened; where that fails it says so and can be tried again. */
import { TillError } from "../core/errors.js";
import { Button, Dialog, ErrorText, html, signal, t, useAction, useLayoutEffect, useRef, useSignal } from "./ui.js";
import { Starting } from "./blocked.js";

/** A part that is here sooner is not waited for on the screen. */
const SLOW = 400;

/** Whether the style of the parts is here. */
const styled = signal(false);

/** @returns {Promise<void>} */
const style = () =>
  new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/till/parts.css" });
    link.onload = () => resolve(void (styled.value = true));
    link.onerror = () => {
      link.remove();
      reject(new TillError("part.not_loaded", { reason: link.href }));
    };
    document.head.append(link);
  });

/** @param {import("../core/later.js").Part<any>} part */
const bring = (part) => Promise.all([part(), styled.peek() || style()]);

/** The component `name` of a part; with `onClose` it is a dialog, else the whole screen. @param {import("../core/later.js").Part<any>} part @param {string} name */
export const later = (part, name) =>
  function Later(fields) {
    const early = useRef("");
    const here = styled.value && part.here.value;
    useLayoutEffect(() => {
      if (here) typeInto(document.activeElement, early.current);
    }, [Boolean(here)]);
    return here ? html`<${here[name]} ...${fields} />` : html`<${Coming} part=${part} onClose=${fields.onClose} early=${early} />`;
  };

/** @param {Element | null} field @param {string} text */
function typeInto(field, text) {
  if (!text || !(field instanceof HTMLInputElement)) return;
  field.value += text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The same for what stands inside a dialog, which goes on without it. @param {import("../core/later.js").Part<any>} part @param {string} name */
export const beside = (part, name) =>
  function Beside(fields) {
    const action = useAction();
    useLayoutEffect(() => void action.run(() => bring(part)), []);
    const here = styled.value && part.here.value;
    return here ? html`<${here[name]} ...${fields} />` : html`<${ErrorText} error=${action.error} />`;
  };

/** Takes what is typed before the part is here: its first field gets it. @param {{early: {current: string}}} props */
function Early({ early }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const { current } = field;
    current?.focus();
    return () => {
      early.current += current?.value ?? "";
      if (before?.isConnected) before.focus();
    };
  }, []);
  return html`<input ref=${field} class="sr" data-first inputmode="none" autocomplete="off" aria-label=${t("wait")} />`;
}

function Coming({ part, onClose, early }) {
  const slow = useSignal(false);
  const action = useAction();
  const load = () => action.run(() => bring(part));
  useLayoutEffect(() => {
    void load();
    const timer = setTimeout(() => void (slow.value = true), SLOW);
    const leave = (event) => event.key === "Escape" && onClose?.();
    document.addEventListener("keydown", leave);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", leave);
    };
  }, []);
  const failed = action.error.value !== null;
  if (!failed && !(onClose && slow.value)) return html`${!onClose && html`<${Starting} />`}<${Early} early=${early} />`;
  return html`<${Dialog} id="part" title=${t(failed ? "part.title" : "wait")} onClose=${onClose} closable=${Boolean(onClose)} size="small">
    <div class="dialog-body">${!failed && html`<${Early} early=${early} />`}<${ErrorText} error=${action.error} /></div>
    ${failed && html`<footer class="foot">
      <${Button} icon="refresh-cw" onClick=${() => location.reload()} data-testid="part-reload">${t("part.reload")}<//>
      <${Button} icon="refresh-cw" kind="primary" data-first disabled=${action.busy.value} onClick=${load} data-testid="part-again">${t("action.again")}<//></footer>`}
  <//>`;
}
