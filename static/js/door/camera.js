/* The back camera as a reader of codes: with the browser's own detector, or with one in WebAssembly where there is none. */

const AGAIN_AFTER = 3000;
const BETWEEN_LOOKS = 120;

async function ownDetector() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} did not load`));
    document.head.append(script);
  });
}

let detector = null;

/* A detector of QR codes; `files` says where the one in WebAssembly lies. */
async function makeDetector(files) {
  detector ??= await ownDetector();
  if (detector) return detector;
  if (!("BarcodeDetectionAPI" in window)) await loadScript(files.detector);
  const { BarcodeDetector: Ponyfill, prepareZXingModule } = window.BarcodeDetectionAPI;
  // From our own address: by itself the package would fetch the file from somebody else's.
  prepareZXingModule({ overrides: { locateFile: () => files.wasm } });
  detector = new Ponyfill({ formats: ["qr_code"] });
  return detector;
}

export class Camera {
  #stream = null;
  #lastSeen = new Map();
  #awake = null;

  /* `onCode` gets a code that comes into view and may take its time: nothing is looked for meanwhile. `onEnd` hears when
  the camera went by itself: the phone took it for a call, or reading failed. */
  constructor(view, files, { onCode, onEnd }) {
    this.view = view;
    this.files = files;
    this.onCode = onCode;
    this.onEnd = onEnd;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /* Open the camera and look until `stop`; throws what the browser says if it may not, or if nothing can read codes. */
  async start() {
    const wish = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    this.#stream = stream;
    try {
      this.view.srcObject = stream;
      await this.view.play();
      const reader = await makeDetector(this.files);
      // The first look loads what is still missing, so that it fails here if it fails.
      await reader.detect(this.view);
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#gone(stream));
      // A phone that falls asleep between two people lets them wait; some browsers or low batteries do not allow it.
      this.#awake = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
      this.#look(reader, stream).catch((error) => {
        console.error(error);
        this.#gone(stream);
      });
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.view.srcObject = null;
    this.#awake?.release();
    this.#awake = null;
  }

  get hasTorch() {
    const track = this.#stream?.getVideoTracks()[0];
    return Boolean(track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.#stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }

  #gone(stream) {
    if (this.#stream !== stream) return;
    this.stop();
    this.onEnd();
  }

  async #look(reader, stream) {
    while (this.#stream === stream) {
      if (this.view.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
        for (const { rawValue } of await reader.detect(this.view)) {
          if (!rawValue || !this.#isNew(rawValue) || this.#stream !== stream) continue;
          await this.onCode(rawValue);
          // It may have been held still while the answer came.
          this.#lastSeen.set(rawValue, performance.now());
        }
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    }
  }

  /* Counted from when it was last in view: a ticket that is held still is one ticket. */
  #isNew(code) {
    const now = performance.now();
    const before = this.#lastSeen.get(code) ?? -Infinity;
    this.#lastSeen.set(code, now);
    return now - before > AGAIN_AFTER;
  }
}
