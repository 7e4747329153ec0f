// @ts-check
/**
 * A fresh log under everything the till keeps, at every start.
 *
 * Chromium keeps IndexedDB in LevelDB, and goes on with the old log when it starts. A kill or a power cut may leave half a record at that log's end.
 * The next start reads up to it and writes on behind it; the start after that finds the log damaged in its middle, and Chromium deletes the whole
 * database. So the log is filled at once until LevelDB begins a new one and deletes the old: it does when 4 MiB have been written.
 */
const ROUNDS = 10;
const ROWS = 10;
/** Values of 64 KiB and more would stand in files of their own. */
const BYTES = 50_000;

/** @param {import("./store.js").Store} store @returns {Promise<void>} resolves as well if there is no room: the log stays the old one then */
export async function freshLog(store) {
  if (!("userAgentData" in navigator)) return; // Chromium and its kin have it, nobody else
  const row = new Uint8Array(BYTES);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await store.transaction(["filler"], "relaxed", (tx) => {
        for (let key = 0; key < ROWS; key += 1) tx.objectStore("filler").put(crypto.getRandomValues(row), key); // values that compress would be short
      });
    }
    await store.transaction(["filler"], "relaxed", (tx) => void tx.objectStore("filler").clear());
  } catch {
    // a full disk is told of by the first write that matters
  }
}
