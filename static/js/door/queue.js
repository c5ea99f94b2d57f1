/* Taps on their way to the server: written down first, sent at once or when there is network again, each answered once. */

import { dropTap, saveTap, tapsOf } from "./store.js";

const AT_ONCE = 20;
const PATIENCE = 5000;
// A slow network carries a few slowly; more of them have more time.
const PATIENCE_EACH = 500;
// A tap is in hand for less than this; what waits longer was left behind by a page that was closed.
const IN_HAND = 3 * PATIENCE;

class NoNetwork extends Error {}
class TooSlow extends NoNetwork {}
class SignedOut extends Error {}

/* Says "change" whenever `trouble` or a tap has changed. `trouble`: null, "network" or "signed-out". */
export class Queue extends EventTarget {
  trouble = null;
  #inHand = new Set();
  #atOnce = AT_ONCE;

  constructor({ event, checkIns, figures, device, csrf }) {
    super();
    Object.assign(this, { event, checkIns, figuresAddress: figures, device, csrf });
  }

  /* The server's answer to a tap; null: it is kept here until there is one. */
  async take(tap) {
    const kept = { ...tap, event: this.event, state: "waiting" };
    this.#inHand.add(tap.nonce);
    try {
      await saveTap(kept);
      // No network a moment ago: nobody is left standing until it is certain again.
      const [answer] = this.trouble ? [null] : await this.#send([kept]).catch((error) => this.#noted(error));
      if (answer) await dropTap(tap.nonce);
      else await saveTap({ ...kept, kept: true });
      return answer ?? null;
    } finally {
      this.#inHand.delete(tap.nonce);
      this.#changed();
    }
  }

  /* Send what waits, the oldest first; what became of each is written down beside it. */
  async sync() {
    // One page at a time: two windows of one door would list the same answers twice.
    const work = () => this.#sendAll();
    await (navigator.locks ? navigator.locks.request(`wiec-door ${this.event}`, work) : work());
  }

  async #sendAll() {
    for (;;) {
      const batch = (await this.waiting()).filter((tap) => this.#isLeft(tap)).slice(0, this.#atOnce);
      if (batch.length === 0) return;
      const answers = await this.#send(batch).catch((error) => {
        // Fewer in the next round; what the server did in time is answered the same once more.
        if (isTooSlow(error)) this.#atOnce = Math.ceil(batch.length / 2);
        return this.#noted(error);
      });
      if (answers.length === 0) return;
      this.#atOnce = Math.min(this.#atOnce + 1, AT_ONCE);
      for (const [place, tap] of batch.entries()) await saveTap(outcome(tap, answers[place]));
      this.#changed();
    }
  }

  waiting() {
    return tapsOf(this.event).then((taps) => taps.filter((tap) => tap.state === "waiting"));
  }

  /* The figures of the door, or null without network; learning that there is network again sends what waits. */
  async figures() {
    try {
      const response = await this.#ask(this.figuresAddress, { headers: { Accept: "application/json" } });
      const figures = await response.json();
      this.csrf = figures.csrf;
      this.#set(null);
      await this.sync();
      return figures;
    } catch (error) {
      this.#noted(error);
      return null;
    }
  }

  #isLeft(tap) {
    return !this.#inHand.has(tap.nonce) && (tap.kept || Date.now() - Date.parse(tap.at) > IN_HAND);
  }

  async #send(taps, isRepeated = false) {
    // How far this phone's clock is off shows while it sends; the server puts `at` right by it.
    const now = new Date().toISOString();
    const body = taps.map((tap) => ({
      ...(tap.code === undefined ? { reference: tap.reference } : { code: tap.code }),
      ...(tap.member ? { member: tap.member } : {}),
      nonce: tap.nonce,
      at: tap.at,
      sent_at: now,
      device: this.device,
      source: tap.source,
    }));
    const headers = {
      "Content-Type": "application/json",
      "X-CSRFToken": this.csrf,
      "Accept-Language": document.documentElement.lang,
    };
    const response = await this.#ask(
      this.checkIns,
      { method: "POST", headers, body: JSON.stringify(body) },
      { expected: [400, 403], patience: PATIENCE + PATIENCE_EACH * (taps.length - 1) },
    );
    if (response.status === 403) {
      // The page's key may be an old one, out of the phone's memory; a right that is gone stays gone.
      if (isRepeated) throw new SignedOut();
      const figures = await (await this.#ask(this.figuresAddress)).json();
      this.csrf = figures.csrf;
      return this.#send(taps, true);
    }
    if (response.status === 400) {
      // One that cannot be read must not hold up the others.
      if (taps.length === 1) return [{ result: "refused", detail: (await response.json()).detail ?? "" }];
      const apart = [];
      for (const tap of taps) apart.push(...(await this.#send([tap])));
      return apart;
    }
    this.#set(null);
    return response.json();
  }

  async #ask(address, options = {}, { expected = [], patience = PATIENCE } = {}) {
    const given = { ...options, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(patience) };
    const response = await fetch(address, given).catch((error) => {
      throw isTooSlow(error) ? new TooSlow(error.message) : new NoNetwork(error.message);
    });
    if (response.ok || expected.includes(response.status)) return response;
    // A redirect leads to the page for signing in; 404 is what people without the right get.
    const isOut = response.type === "opaqueredirect" || [401, 403, 404].includes(response.status);
    throw isOut ? new SignedOut() : new NoNetwork(`${response.status}`);
  }

  /* What this error says about the way to the server; anything else is a bug and goes on. */
  #noted(error) {
    if (error instanceof SignedOut) this.#set("signed-out");
    else if (error instanceof NoNetwork || isTooSlow(error)) this.#set("network");
    else throw error;
    return [];
  }

  #set(trouble) {
    if (this.trouble === trouble) return;
    this.trouble = trouble;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/* Whether patience ended, while asking or while the answer came in. */
function isTooSlow(error) {
  return error instanceof TooSlow || error.name === "TimeoutError";
}

/* What became of a tap; whose it was stays with the server. */
function outcome(tap, { result, at, by, detail }) {
  return { ...tap, state: "answered", result, since: at ?? null, by: by ?? null, detail: detail ?? "" };
}
