// @ts-check
/** The bars: what people should know and do, from the till's state. Never modal, the worst first. */
import { OFFSET_WORTH_SAYING } from "./clock.js";

/**
 * @typedef {{id: string, tone: "bad" | "attention" | "info", code: string, fields: Record<string, any>, actions: string[]}} Message
 */

/**
 * @param {{sync: any, devices: any, device: any, data: any, now: number, trouble: {code: string, fields: any} | null, scanned: any, more?: Message[], dismissed: ReadonlySet<string>}} state
 * @returns {Message[]}
 */
export function messagesOf({ sync, devices, device, data, now, trouble, scanned, more = [], dismissed }) {
  /** @type {Message[]} */
  const found = [];
  const say = (/** @type {string} */ id, /** @type {Message["tone"]} */ tone, /** @type {string} */ code, /** @type {any} */ fields = {}, /** @type {string[]} */ actions = []) => {
    if (!dismissed.has(id)) found.push({ id, tone, code, fields, actions });
  };
  if (trouble) say(`trouble:${trouble.code}`, "bad", trouble.code, trouble.fields);
  if (sync.conflict) say("conflict", "bad", "document.differs", { n: sync.conflict });
  if (sync.quarantined) say(`quarantined:${sync.quarantined}`, "bad", "document.quarantined", { n: sync.quarantined });
  if (sync.refused) say("refused", "bad", "register.refused", { reason: sync.refused });
  if (device.persisted === false) say("persist", "attention", "storage.not_persistent");
  if (Math.abs(device.clockOffset) > OFFSET_WORTH_SAYING) say("clock", "attention", "clock.off", { minutes: Math.round(Math.abs(device.clockOffset) / 60_000) });
  if (data?.rules_refused) say(`rules:${data.rules_refused}`, "attention", "rules.unreadable", { version: data.rules_refused });
  const stale = staleSince(data, now);
  if (stale !== null) say("stale", "attention", "sync.stale", { since: stale });
  found.push(...more.filter(({ id }) => !dismissed.has(id)));
  for (const job of devices.jobs) {
    if (job.state === "failed" || job.state === "uncertain") say(`job:${job.job}`, "attention", `${job.says}.${job.state}`, { receipt: job.receipt ?? "", cause: job.causes[0] ?? "" }, ["retry_print", "dismiss_print"]);
    else if (job.waiting) say(`job:${job.job}`, "attention", `${job.says}.waiting`, { receipt: job.receipt ?? "", cause: job.causes[0] ?? "" });
  }
  if (scanned?.result.kind === "unknown") say(`scan:${scanned.at}`, "bad", `scan.unknown_${scanned.result.what}`, { code: scanned.result.code }, scanned.result.what === "product" ? ["search"] : []);
  if (scanned?.result.kind === "refused") say(`scan:${scanned.at}`, "bad", scanned.result.error.code, scanned.result.error.fields);
  if (scanned?.result.expired) say(`scan:${scanned.at}`, "bad", "scan.expired", { day: scanned.result.expired });
  if (scanned?.result.kind === "card" && scanned.result.state === "new") say(`scan:${scanned.at}`, "info", "card.new", {}, ["form"]);
  else if (scanned?.result.kind === "card" && scanned.result.state !== "active") say(`scan:${scanned.at}`, "bad", scanned.result.reason ? `card.${scanned.result.state}.why` : `card.${scanned.result.state}`, { name: scanned.result.account.name, reason: scanned.result.reason ?? "" });
  return found;
}

/** Since when the prices are older than the shop allows, or null. @param {any} data @param {number} now @returns {number | null} */
export function staleSince(data, now) {
  if (!data?.pulled_at) return null;
  return now - data.pulled_at > (data.settings?.stale_hours ?? 24) * 3_600_000 ? data.pulled_at : null;
}
