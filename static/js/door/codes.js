/* Entry codes and the numbers of taps. The reading is the server's `read_code`, so that both find the same person. */

const LOOK_ALIKES = new Map(
  [..."АВСЕНКМРТХУОO0"].map((letter, place) => [letter, "ABCEHKMPTXYQQQ"[place]]),
);

/* A code as somebody typed or scanned it, in the letters that our codes are made of. */
export function readCode(text) {
  const last = text.trim().replace(/\/+$/, "").split("/").at(-1);
  const letters = last.normalize("NFKC").toUpperCase().match(/[\p{L}\p{N}]/gu) ?? [];
  return letters.map((letter) => LOOK_ALIKES.get(letter) ?? letter).join("");
}

/* A number that nobody else will use: the server answers the same tap the same way, however often it is sent. */
export function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* What the log calls this phone: made up once, so that two phones at one door can be told apart. */
export function deviceName() {
  try {
    let name = localStorage.getItem("wiec-door-device");
    if (!name) {
      name = `phone-${makeNonce().slice(0, 4)}`;
      localStorage.setItem("wiec-door-device", name);
    }
    return name;
  } catch {
    // Storage is switched off in this browser; the tap counts all the same.
    return "phone";
  }
}
