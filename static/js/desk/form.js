// Forms of the desk: a second click sends nothing, and leaving with unsaved text asks first.

import { freshen } from "./token.js";

const form = document.querySelector("#article_form, #urgent_form, #act_form");
let sent = false;
let touched = Boolean(form?.querySelector(".errornote, .errorlist"));

form?.addEventListener("input", () => {
  touched = true;
});

form?.addEventListener("submit", (event) => {
  freshen(form);
  // A preview opens beside the form, which stays.
  if (event.submitter?.formTarget === "_blank") return;
  // The buttons stay enabled: a disabled one wouldn't be sent with its name.
  if (sent) event.preventDefault();
  sent = true;
});

// The page may come back from the browser's cache.
window.addEventListener("pageshow", () => {
  sent = false;
});

window.addEventListener("beforeunload", (event) => {
  if (touched && !sent) event.preventDefault();
});
