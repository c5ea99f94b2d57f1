/* Counting heads: each tap has a number of its own, also the second one on a button before the page has come again. */

import { makeNonce } from "./codes.js";

for (const form of document.querySelectorAll("form[data-tap]")) {
  form.addEventListener("submit", () => {
    form.elements.nonce.value = makeNonce();
  });
}
