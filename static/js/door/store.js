/* What stays on the phone when the browser closes: taps that nobody has answered, and the sealed records of a day.

No name is ever written here in clear. A tap is {nonce, event, code | reference + member, source, at, state: "waiting" |
"answered", result?, since?, by?, detail?}; `at` is the phone's clock as ISO text. */

const NAME = "wiec-door";
const UNREAD_FOR = 7 * 24 * 60 * 60_000;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asking = indexedDB.open(NAME, 1);
    asking.onupgradeneeded = () => {
      const database = asking.result;
      database.createObjectStore("taps", { keyPath: "nonce" }).createIndex("event", "event");
      database.createObjectStore("bundles", { keyPath: "event" });
      database.createObjectStore("records", { keyPath: ["event", "key"] });
    };
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
  return opened;
}

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function write(names, work) {
  const transaction = (await open()).transaction(names, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  work(...names.map((name) => transaction.objectStore(name)));
  await done;
}

async function read(name, ask) {
  return answered(ask((await open()).transaction(name).objectStore(name)));
}

const recordsOf = (event) => IDBKeyRange.bound([event], [event, []]);

export const saveTap = (tap) => write(["taps"], (taps) => taps.put(tap));
export const dropTap = (nonce) => write(["taps"], (taps) => taps.delete(nonce));
export const bundleOf = (event) => read("bundles", (bundles) => bundles.get(event));
export const recordOf = (event, key) => read("records", (records) => records.get([event, key]));

/* All taps of an event, the oldest first. */
export async function tapsOf(event) {
  const taps = await read("taps", (store) => store.index("event").getAll(event));
  return taps.sort((one, other) => (one.at < other.at ? -1 : 1));
}

/* How many taps of any event wait for an answer. */
export async function waitingAnywhere() {
  const taps = await read("taps", (store) => store.getAll());
  return taps.filter((tap) => tap.state === "waiting").length;
}

/* Put one event's records in the place of what was known before. */
export function saveBundle({ records, ...facts }) {
  return write(["bundles", "records"], (bundles, store) => {
    bundles.put({ ...facts, size: records.length });
    store.delete(recordsOf(facts.event));
    for (const record of records) store.put({ event: facts.event, ...record });
  });
}

/* Forget the people of an event. Taps stay: those that nobody has answered are the only trace of who came in, and the
answers of others may not have been read. */
export function forgetEvent(event) {
  return write(["bundles", "records"], (bundles, records) => {
    bundles.delete(event);
    records.delete(recordsOf(event));
  });
}

/* Forget what became of taps, for whoever says so. */
export async function forgetAnswers(event) {
  await dropAll(await tapsOf(event), (tap) => tap.state === "answered");
}

async function dropAll(taps, isToGo) {
  for (const tap of taps) if (isToGo(tap)) await dropTap(tap.nonce);
}

/* Forget every event, for whoever signs out. */
export async function forgetEverything() {
  await write(["bundles", "records"], (bundles, records) => {
    bundles.clear();
    records.clear();
  });
  await dropAll(await read("taps", (store) => store.getAll()), (tap) => tap.state === "answered");
}

/* Forget the events whose day has ended, and with them that people came in; what else an answer says stays a week to be read. */
export async function forgetEnded(now = Date.now()) {
  const bundles = await read("bundles", (store) => store.getAll());
  for (const { event, ends_at: endsAt } of bundles) {
    if (Date.parse(endsAt) > now) continue;
    await forgetEvent(event);
    await dropAll(await tapsOf(event), (tap) => tap.state === "answered" && tap.result === "admitted");
  }
  const taps = await read("taps", (store) => store.getAll());
  await dropAll(taps, (tap) => tap.state === "answered" && now - Date.parse(tap.at) > UNREAD_FOR);
}
