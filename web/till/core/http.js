// @ts-check
/** Requests to the server, as `docs/till-api.md` says them. */
import { TillError } from "./errors.js";

/** @typedef {{register: string, epoch: number, key: string}} Key */

/** @param {Key} key */
export const authorization = (key) => `Register ${key.register}.${key.epoch}.${key.key}`;

/**
 * One request. Resolves with the status and the JSON body (null if there is none). Raises `server.unreachable` when nobody
 * answered in time, and the server's own code for every status that `accept` does not name.
 * @param {string} path under /api/till
 * @param {{method?: string, body?: BodyInit, key?: Key | null, timeout?: number, accept?: number[], learn?: (server: number, t0: number, t1: number) => void}} [options]
 * @returns {Promise<{status: number, body: any}>}
 */
export async function request(path, { method = "GET", body, key = null, timeout = 4_000, accept = [200, 201], learn } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers.Authorization = authorization(key);
  const t0 = Date.now();
  let response, answer;
  try {
    response = await fetch(`/api/till${path}`, { method, body, headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(timeout) });
    const t1 = Date.now();
    const time = Number(response.headers.get("Tillcard-Time"));
    if (learn && Number.isSafeInteger(time) && time > 0) learn(time, t0, t1);
    const text = await response.text();
    answer = text && /json/.test(response.headers.get("Content-Type") ?? "") ? JSON.parse(text) : null;
  } catch (error) {
    throw new TillError("server.unreachable", { reason: String(error) });
  }
  if (accept.includes(response.status)) return { status: response.status, body: answer };
  const { code, type, title, ...fields } = answer ?? {};
  throw new TillError(code ?? (response.status >= 500 ? "server.failed" : "server.refused"), { ...fields, status: response.status });
}
