/* The door page: a camera that reads codes, forms that do not reload, and a memory for the time without network.

Without this file the page is plain forms; nothing here is needed to check somebody in while there is network. */

import { Answers, filled } from "./answers.js";
import { keep, look } from "./bundle.js";
import { Camera } from "./camera.js";
import { deviceName, makeNonce, readCode } from "./codes.js";
import { Queue } from "./queue.js";
import { allowSound, isMuted, setMuted, sound } from "./sounds.js";
import { bundleOf, dropTap, forgetAnswers, forgetEnded, forgetEvent, tapsOf } from "./store.js";

const POLL = 15_000;
const POLL_WITHOUT_NETWORK = 4000;
const BUNDLE_IS_OLD = 10 * 60_000;

// Where the browser keeps nothing (a private window, a full disk) this ends here, and the page stays plain forms.
await forgetEnded();

const door = document.getElementById("door");
const find = (selector) => door.querySelector(selector);
const { event, checkIns, figures, bundle, worker } = door.dataset;
const codeField = find("#code");
const answers = new Answers(door);
const queue = new Queue({
  event,
  checkIns,
  figures,
  device: deviceName(),
  csrf: find("[name=csrfmiddlewaretoken]")?.value ?? "",
});
let isForgotten = false;
// What was asked for and not kept (nothing of the meeting is today) is not asked for again at once.
let bundleAskedAt = -Infinity;

/* One tap from the reading to the answer on the page. */
async function checkIn(tap, label) {
  try {
    await answerTap(tap, label);
  } catch (error) {
    // The phone could not even write it down: whoever stands there must hear that nothing has happened.
    console.error(error);
    answers.showTrouble();
    sound("refused");
  }
}

async function answerTap(tap, label) {
  const code = tap.code === undefined ? null : readCode(tap.code);
  // Before it is kept itself; only what this phone keeps without an answer is news.
  const earlier = code && (await queue.waiting()).find((kept) => kept.code && readCode(kept.code) === code);
  const answer = await queue.take({ ...tap, label, nonce: makeNonce(), at: new Date().toISOString() });
  if (answer) {
    answers.showAnswer(answer, label);
    sound(answer.result);
    // The next look at the figures puts it right if another phone was quicker.
    if (answer.result === "admitted") find("[data-figure=present]").textContent -= -1;
    return;
  }
  const known = code ? await look(event, code) : null;
  answers.showKept(label, known, earlier);
  sound(earlier || (known && known.person?.state !== "confirmed") ? "kept-warning" : "kept");
}

function scanned(text) {
  const code = text.slice(0, 300);
  return checkIn({ code, source: "qr" }, readCode(code).slice(0, 12));
}

/* Forms that check somebody in: the code field, and the buttons beside names. */
document.addEventListener("submit", async (submission) => {
  const form = submission.target;
  if (form.matches(".undo form")) setKey(form);
  if (!form.matches("[data-check-in]")) return;
  submission.preventDefault();
  allowSound();
  const typed = new FormData(form);
  const code = typed.get("code")?.trim();
  if (form.elements.code) {
    if (!code) return;
    form.elements.code.value = "";
    await checkIn({ code, source: "qr" }, readCode(code).slice(0, 12));
    codeField.focus();
  } else {
    const member = Number(typed.get("member")) || undefined;
    await checkIn({ reference: typed.get("reference"), member, source: "search" }, typed.get("reference"));
  }
});

/* The page out of the phone's memory has no key for posting; the figures brought one. */
function setKey(form) {
  const name = "csrfmiddlewaretoken";
  const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = queue.csrf;
}

/* The camera */

const view = find("#view");
const scan = find("#scan");
const torch = find("#torch");
const mute = find("#mute");
const camera = new Camera(
  view,
  { detector: door.dataset.detector, wasm: door.dataset.detectorWasm },
  { onCode: scanned, onEnd: showCamera },
);

function showCamera() {
  document.body.classList.toggle("scanning", camera.isOn);
  view.hidden = !camera.isOn;
  for (const word of scan.children) word.hidden = (word.dataset.when === "on") !== camera.isOn;
  torch.hidden = !camera.hasTorch;
  torch.setAttribute("aria-pressed", "false");
}

function showCameraTrouble(kind) {
  find("#camera-trouble").hidden = !kind;
  for (const word of door.querySelectorAll("[data-trouble]")) word.hidden = word.dataset.trouble !== kind;
}

function troubleOf(error) {
  if (["NotAllowedError", "SecurityError"].includes(error.name)) return "denied";
  return ["NotFoundError", "OverconstrainedError", "NotReadableError"].includes(error.name) ? "missing" : "reader";
}

scan.addEventListener("click", async () => {
  allowSound();
  showCameraTrouble(null);
  if (camera.isOn) {
    camera.stop();
  } else {
    scan.disabled = true;
    // The picture stands there while it starts, so that nothing jumps.
    view.hidden = false;
    try {
      await camera.start();
    } catch (error) {
      console.error(error);
      showCameraTrouble(troubleOf(error));
    }
    scan.disabled = false;
  }
  showCamera();
});
torch.addEventListener("click", async () => {
  const on = torch.getAttribute("aria-pressed") !== "true";
  await camera.light(on);
  torch.setAttribute("aria-pressed", String(on));
});
mute.addEventListener("click", () => {
  setMuted(!isMuted());
  mute.setAttribute("aria-pressed", String(isMuted()));
  allowSound();
});
mute.setAttribute("aria-pressed", String(isMuted()));
find("#camera").hidden = !navigator.mediaDevices?.getUserMedia;

/* What is kept here, and what became of it */

async function showKept() {
  const taps = (await tapsOf(event)).filter((tap) => tap.kept);
  const waiting = taps.filter((tap) => tap.state === "waiting").length;
  const trouble = queue.trouble ?? (waiting ? "sending" : null);
  find("#offline").hidden = !trouble;
  for (const word of door.querySelectorAll("[data-offline]")) word.hidden = word.dataset.offline !== trouble;
  for (const count of door.querySelectorAll("[data-count]")) count.textContent = waiting;
  find("#search-needs-network").hidden = !queue.trouble;
  find("#kept").hidden = taps.length === 0;
  find("#seen-all").hidden = !taps.some((tap) => tap.result === "admitted");
  find("#kept ul").replaceChildren(...taps.map(keptRow));
}

function keptRow(tap) {
  const row = filled(document.querySelector("#kept-piece"), {
    label: tap.label,
    scanned: answers.time(tap.at),
    since: answers.time(tap.since),
    by: tap.by,
    detail: tap.detail,
    waiting: tap.state === "waiting",
    [tap.result]: true,
    dismissible: tap.state === "answered",
  });
  row.querySelector("button")?.addEventListener("click", () => dropTap(tap.nonce).then(showKept));
  if (tap.state === "answered" && tap.result !== "admitted") row.querySelector("li").classList.add("conflict");
  return row;
}

queue.addEventListener("change", showKept);
find("#seen-all").addEventListener("click", async () => {
  for (const tap of await tapsOf(event)) if (tap.result === "admitted") await dropTap(tap.nonce);
  await showKept();
});

/* Figures, and the people of today for the time without network */

function showFigures(figures) {
  if (!figures) return;
  const place = find(".door-counts");
  place.hidden = false;
  place.querySelector("[data-figure=present]").textContent = figures.present;
  place.querySelector("[data-figure=sentence]").textContent = figures.sentence;
}

async function refreshBundle() {
  const known = await bundleOf(event);
  const newest = Math.max(known ? Date.parse(known.made_at) : -Infinity, bundleAskedAt);
  if (isForgotten || !window.isSecureContext || Date.now() - newest < BUNDLE_IS_OLD) return;
  const response = await fetch(bundle, { cache: "no-store", redirect: "manual" });
  if (!response.ok || isForgotten) return;
  await keep(await response.json());
  bundleAskedAt = Date.now();
}

async function showPhone() {
  const known = await bundleOf(event);
  find("[data-phone=kept]").hidden = !known;
  find("[data-phone=none]").hidden = Boolean(known) || isForgotten;
  if (!known) return;
  find("[data-phone-count]").textContent = known.size;
  find("[data-phone-until]").textContent = answers.time(known.ends_at);
}

find("#forget").addEventListener("click", async () => {
  isForgotten = true;
  await forgetEvent(event);
  await forgetAnswers(event);
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration) {
    await registration.unregister();
    const shells = `wiec-door ${new URL(registration.scope).pathname} `;
    for (const name of await caches.keys()) if (name.startsWith(shells)) await caches.delete(name);
  }
  const waiting = (await queue.waiting()).length;
  find("[data-phone=waiting]").hidden = waiting === 0;
  find("[data-phone=forgotten]").hidden = waiting > 0;
  await showKept();
  await showPhone();
});

async function lookAround() {
  await forgetEnded();
  const figures = await queue.figures();
  showFigures(figures);
  if (queue.trouble === "signed-out") {
    await forgetEvent(event);
    // Whoever signs in again has them again.
    bundleAskedAt = -Infinity;
  } else if (figures) {
    await refreshBundle();
  }
  await showPhone();
}

/* Round and round; a page that nobody sees asks nobody. */
async function watch() {
  for (;;) {
    if (!document.hidden) {
      await lookAround().catch((error) => console.error(error));
    }
    const pause = queue.trouble ? POLL_WITHOUT_NETWORK : POLL;
    const rest = new AbortController();
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
      window.addEventListener("online", resolve, { signal: rest.signal });
      document.addEventListener("visibilitychange", resolve, { signal: rest.signal });
    });
    rest.abort();
  }
}

/* Only over a safe connection do browsers lend the camera, keep a worker and know how to decrypt. */
if (window.isSecureContext) navigator.serviceWorker?.register(worker).catch((error) => console.error(error));
await showKept();
watch();
