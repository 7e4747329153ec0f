// @ts-check
/** A newer till program waits in the service worker. It takes over when no basket is open: by itself when the till is idle, or by a tap. */
import { Button, html, signal, t, till } from "./ui.js";

const waiting = signal(/** @type {ServiceWorker | null} */ (null));
const IDLE_MS = 60_000;

/** Nothing is open that a new page would take away. */
function free() {
  return !till.basket.value.lines.length && !till.paying.value && !document.querySelector("dialog[open]");
}

function take() {
  waiting.value?.postMessage({ type: "take-over" });
}

/** Registers the service worker and watches for its successor. Rejects where the browser refuses the worker. */
export async function watchUpdates() {
  if (!("serviceWorker" in navigator)) throw new Error("no service worker");
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload(); // a newer worker took over; the first one only begins to keep files
    controlled = true;
  });
  const registration = await navigator.serviceWorker.register("/till/sw.js", { scope: "/till", updateViaCache: "none" });
  const found = () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) waiting.value = fresh;
    });
  };
  if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting;
  registration.addEventListener("updatefound", found);
  let touched = performance.now();
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => void (touched = performance.now()), { capture: true, passive: true });
  setInterval(() => {
    if (waiting.value && free() && performance.now() - touched > IDLE_MS) take();
  }, 5_000);
  setInterval(() => void registration.update().catch(() => undefined), 15 * 60_000);
}

export function UpdateReady() {
  if (!waiting.value) return null;
  const can = free();
  return html`<div class="update" role="status" data-testid="update-ready"><span>${can ? t("update.ready") : t("update.later")}</span>
    ${can && html`<${Button} icon="refresh-cw" onClick=${take}>${t("update.now")}<//>`}</div>`;
}
