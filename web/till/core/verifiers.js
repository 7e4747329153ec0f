// @ts-check
/** What the till keeps instead of a PIN's verifier: its HMAC under this device's own key (see `pin.js`). */
import { hex, unhex } from "./bytes.js";
import { done } from "./store.js";

/**
 * This device's own key: made once, not extractable.
 * @param {import("./store.js").Store} store @returns {Promise<CryptoKey>}
 */
export async function deviceKey(store) {
  const made = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return store.transaction(["meta"], "strict", async (tx) => {
    const meta = tx.objectStore("meta");
    const kept = await done(meta.get("device_key"));
    if (!kept) meta.put(made, "device_key");
    return kept ?? made;
  });
}

/** @param {CryptoKey} key @param {Uint8Array<ArrayBuffer>} verifier */
export const seal = async (key, verifier) => hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, verifier)));

/**
 * The staff as they may be kept here: each verifier replaced by its seal.
 * @param {import("./store.js").Store} store @param {any[]} staff
 */
export async function keepVerifiers(store, staff) {
  const key = await deviceKey(store);
  return Promise.all(
    staff.map(async ({ pin, ...person }) => ({
      ...person,
      pin: pin && { salt: pin.salt, iterations: pin.iterations, seal: await seal(key, unhex(pin.verifier)) },
    })),
  );
}
