// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps the till's own files, all of one version, so that the page opens with the server dead. Data is not its business: the till
 * keeps that itself, and nothing under /api/ is ever answered from here.
 *
 * The server writes the version in, so every change of a file is a new worker. A new worker takes in its whole list or nothing, and waits
 * until the page says "take-over", which it says only with no basket open. `/till/sw-reset` takes the worker and its files away and
 * leaves the till's data alone.
 */
const VERSION = "@VERSION@";
const CACHE = `till-${VERSION}`;
const PAGE = "/till";
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

async function takeIn() {
  const answer = await fetch("/till/precache.json", { cache: "reload" });
  const list = await answer.json();
  if (list.version !== VERSION) throw new Error(`the list is of ${list.version}, this worker of ${VERSION}`);
  const cache = await caches.open(CACHE);
  try {
    await cache.addAll(list.files.map((file) => new Request(file, { cache: "reload" })));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** Removes the till's file caches but `kept`. */
async function dropCaches(kept = "") {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("till-") && name !== kept).map((name) => caches.delete(name)));
}

async function reset() {
  await worker.registration.unregister();
  await dropCaches();
  return Response.redirect(PAGE, 302);
}

/** A file of this version, or what the network says for what is not ours. */
async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(takeIn()));

worker.addEventListener("activate", (event) => event.waitUntil(dropCaches(CACHE).then(() => worker.clients.claim())));

worker.addEventListener("message", (event) => {
  if (event.data?.type === "take-over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === "/till/sw-reset") event.respondWith(reset());
  else if (pathname === "/till/sw.js" || pathname === "/till/precache.json") return;
  else if (request.mode === "navigate" && (pathname === PAGE || pathname === `${PAGE}/`)) event.respondWith(kept(request, PAGE));
  else if (pathname.startsWith("/till/") || pathname.startsWith("/i18n/")) event.respondWith(kept(request, pathname));
});
