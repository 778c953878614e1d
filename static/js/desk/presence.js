// Tells who else has this article open, and tells them of us.

import { token } from "./token.js";

const EVERY = 20000;
const root = document.querySelector("#unsaved");
const form = document.querySelector("#article_form");
const line = document.querySelector("#presence");

async function beat(leaving = false) {
  const { presence, user } = root.dataset;
  const data = { user, article: form.elements.uuid.value, form: form.elements.autosave.value };
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  const body = JSON.stringify({ ...data, leaving });
  try {
    const response = await fetch(presence, { method: "POST", headers, body, keepalive: leaving });
    if (!leaving && response.ok) show((await response.json()).others);
  } catch {
    // Offline: autosave.js says so.
  }
}

// Only what changed is read out.
function show(text) {
  if (line.textContent !== text) line.textContent = text;
}

if (root?.dataset.presence) {
  beat();
  setInterval(beat, EVERY);
  window.addEventListener("pagehide", () => beat(true));
  window.addEventListener("pageshow", (event) => event.persisted && beat());
}
