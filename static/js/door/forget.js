/* On the pages for signing in and out: nobody who is not signed in finds anything about people on this phone. */

import { forgetEverything, waitingAnywhere } from "./store.js";

async function forget() {
  await forgetEverything();
  for (const name of await caches.keys()) {
    if (name.startsWith("wiec-door ")) await caches.delete(name);
  }
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister();
}

const leaving = document.querySelector("form[data-sign-out]");
if (leaving) {
  const waiting = await waitingAnywhere();
  document.getElementById("unsent").hidden = waiting === 0;
  document.getElementById("unsent-count").textContent = waiting;
  leaving.addEventListener("submit", (submission) => {
    submission.preventDefault();
    // Signing out must work whatever the browser says about its storage.
    forget().catch((error) => console.error(error)).finally(() => leaving.submit());
  });
} else {
  await forget();
}
