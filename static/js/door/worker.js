/* The door's service worker: the empty page and its files, for when there is no network. `self.DOOR`, written by the
server in front of this, says which. It keeps no answer about people: those are asked anew, or not at all. */

const { door, shell, files, cache } = self.DOOR;
const PATIENCE = 4000;
const known = new Set(files.map((file) => new URL(file, self.location).href));

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
  self.skipWaiting();
});

async function fill() {
  const kept = await caches.open(cache);
  await kept.addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
  // A redirect would be the page for signing in, which opens no door.
  const page = await fetch(shell, { redirect: "error", cache: "no-store" });
  if (!page.ok) throw new Error(`${shell} answered ${page.status}`);
  await kept.put(shell, page);
}

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

async function forgetOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`wiec-door ${door} `) && name !== cache) await caches.delete(name);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.mode === "navigate" && request.method === "GET" && address.pathname === door) {
    event.respondWith(page(request));
  } else if (request.method === "GET" && known.has(request.url)) {
    event.respondWith(file(request));
  }
});

async function page(request) {
  const answer = await Promise.race([
    fetch(request).catch(() => null),
    new Promise((resolve) => setTimeout(resolve, PATIENCE, null)),
  ]);
  // What stands before a server that is down answers for it with a 5xx.
  if (answer && answer.status < 500) return answer;
  return (await (await caches.open(cache)).match(shell)) ?? answer ?? Response.error();
}

async function file(request) {
  return (await (await caches.open(cache)).match(request)) ?? fetch(request);
}
