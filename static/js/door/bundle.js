/* The day's people on this phone: each record is found and opened with its own entry code, and only so (decision 0042). */

import { bundleOf, forgetEvent, recordOf, saveBundle } from "./store.js";

const INFO = new TextEncoder().encode("wiec door bundle 1");
const KEY_BYTES = 32;

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function text(raw) {
  return btoa(String.fromCharCode(...raw));
}

/* The two keys that a code gives under a bundle's salt: one finds its record, the other opens it. */
async function keysOf(code, { salt, iterations }) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveBits"]);
  const slow = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations };
  const root = await crypto.subtle.deriveBits(slow, typed, KEY_BYTES * 8);
  const rooted = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveBits"]);
  const quick = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  const both = new Uint8Array(await crypto.subtle.deriveBits(quick, rooted, 2 * KEY_BYTES * 8));
  return { finds: text(both.slice(0, KEY_BYTES)), opens: both.slice(KEY_BYTES) };
}

/* What this phone knows about a code: null without a bundle of today, else {bundle, person}; person null: not on it. */
export async function look(event, code, now = Date.now()) {
  const bundle = await bundleOf(event);
  if (!bundle || Date.parse(bundle.ends_at) <= now) return null;
  const keys = await keysOf(code, bundle);
  const record = await recordOf(event, keys.finds);
  if (!record) return { bundle, person: null };
  const key = await crypto.subtle.importKey("raw", keys.opens, "AES-GCM", false, ["decrypt"]);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(record.iv) }, key, bytes(record.data));
  return { bundle, person: JSON.parse(new TextDecoder().decode(opened)) };
}

/* Keep the bundle that the server gave; one without records (not today) leaves nothing behind. */
export async function keep(bundle) {
  if (bundle.records.length === 0 || Date.parse(bundle.ends_at) <= Date.now()) await forgetEvent(bundle.event);
  else await saveBundle(bundle);
}
