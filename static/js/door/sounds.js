/* A tone and a tremble for each kind of answer, told apart without looking at the phone. */

// [frequency in Hz, length in seconds], one after the other; 0 is silence.
const TONES = {
  admitted: [[660, 0.09], [990, 0.16]],
  already_present: [[520, 0.1], [0, 0.06], [520, 0.1]],
  wrong_event: [[700, 0.1], [500, 0.1], [700, 0.1], [500, 0.14]],
  waitlisted: [[440, 0.15], [390, 0.15], [350, 0.25]],
  cancelled: [[230, 0.55]],
  unknown: [[300, 0.12], [0, 0.08], [300, 0.12], [0, 0.08], [300, 0.12]],
  refused: [[180, 0.25], [0, 0.06], [180, 0.25]],
  kept: [[590, 0.12]],
  "kept-warning": [[590, 0.12], [0, 0.06], [280, 0.4]],
};
const TREMBLES = {
  admitted: [60],
  already_present: [60, 60, 60],
  wrong_event: [150, 80, 150],
  waitlisted: [250, 80, 60],
  cancelled: [400],
  unknown: [80, 60, 80, 60, 80],
  refused: [300, 80, 300],
  kept: [40],
  "kept-warning": [40, 60, 300],
};
const MUTED = "wiec-door-muted";
let context = null;

export function isMuted() {
  try {
    return localStorage.getItem(MUTED) === "1";
  } catch {
    return false;
  }
}

export function setMuted(muted) {
  try {
    localStorage.setItem(MUTED, muted ? "1" : "0");
  } catch {
    // Storage is switched off: the choice holds for nothing longer than the page, and the button says what it is.
  }
}

/* Browsers let a page sound only after a tap; call this from one. */
export function allowSound() {
  if (!("AudioContext" in window)) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

/* The muted phone still trembles: at a door one may need silence. */
export function sound(kind) {
  navigator.vibrate?.(TREMBLES[kind]);
  if (!context || isMuted()) return;
  let at = context.currentTime;
  for (const [frequency, length] of TONES[kind]) {
    if (frequency) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.type = frequency < 320 ? "square" : "sine";
      tone.frequency.value = frequency;
      // Faded in and out: a tone that is cut off clicks.
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.25, at + 0.01);
      loudness.gain.linearRampToValueAtTime(0, at + length);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
    }
    at += length;
  }
}
