// @ts-check
/** Where we are, who sells, what the shop's server knows, how the devices are. Reading it costs no tap; mending is one. */
import { fiscal } from "../core/later.js";
import { Icon, date, html, t, till } from "./ui.js";
import { Messages } from "./messages.js";
import { open } from "./view.js";

const WORSE = { attention: 1, "cannot-work": 2 };

/** Every device of this till, the one that needs somebody most first. */
export const worstFirst = (devices) => [...(devices?.all ?? [])].sort((one, other) => (WORSE[other.state.health] ?? 0) - (WORSE[one.state.health] ?? 0));

/** "ok", "attention" or "bad": the worst of all devices and the agent. */
export function deviceHealth(devices) {
  if (!devices) return "ok";
  if (devices.agent === "none") return "attention";
  const health = worstFirst(devices)[0]?.state.health;
  if (devices.agent !== "connected" || health === "cannot-work") return "bad";
  return health === "attention" || devices.jobs?.some((job) => job.state === "uncertain" || job.state === "failed") ? "attention" : "ok";
}

export function SyncChip() {
  const sync = till.sync.value;
  if (!sync) return null;
  const bad = sync.quarantined || sync.conflict;
  const state = bad ? "bad" : sync.online ? "ok" : "attention";
  const icon = !sync.online ? "cloud-off" : sync.unsent ? "cloud-upload" : "cloud-check";
  const words = sync.online ? t("sync.online") : t("sync.offline_short");
  return html`<button type="button" class=${`chip ${state}`} data-testid="sync" data-unsent=${till.sync.value.unsent} aria-haspopup="dialog" onClick=${() => open("status")}>
    <${Icon} name=${icon} /><span class="wide-only">${words}</span>
    ${sync.unsent > 0 && html`<span class="count"><span class="wide-only">${t("sync.unsent", { n: sync.unsent })}</span><span class="narrow-only">${sync.unsent}</span></span>`}
    <span class="sr narrow-only">${words}</span>
  </button>`;
}

export function DeviceChip() {
  const health = deviceHealth(till.devices.value);
  return html`<button type="button" class=${`chip ${health}`} data-testid="devices" aria-haspopup="dialog" onClick=${() => open("status")}>
    <${Icon} name=${health === "ok" ? "printer" : "printer-x"} label=${t(`devices.${health}`)} />
    ${health !== "ok" && html`<span class="mark" aria-hidden="true">!</span>`}
  </button>`;
}

export function TopBar() {
  const identity = till.identity.value;
  const shift = till.shift.value;
  const cashier = till.cashier.value;
  const Chip = till.fiscal.value && fiscal.here.value?.FiscalChip;
  return html`<header class="top-bar">
    <div class="place">
      <strong>${identity?.outlet?.name ?? "Tillcard"}</strong>
      <span class="quiet wide-only">${t("top.register", { prefix: identity?.prefix ?? "" })}${shift ? ` · ${t("top.shift", { time: date(shift.openedAt, "time") })}` : ""}</span>
    </div>
    <${Messages} />
    <div class="top-end">
      ${cashier && html`<button type="button" class="chip" data-testid="cashier" aria-haspopup="dialog" onClick=${() => open("menu")}><${Icon} name="user" /><span class="cashier-name">${cashier.name}</span></button>`}
      ${Chip && html`<${Chip} />`}<${SyncChip} /><${DeviceChip} />
    </div>
  </header>`;
}
