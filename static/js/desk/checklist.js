// The remarks before publication follow the typing; each leads to its field.

import { token } from "./token.js";

// In milliseconds, after the last key.
const PAUSE = 1500;
// In milliseconds, after the last movement of the mouse towards a button.
const AIM = 2000;
const root = document.querySelector("#checklist");
const form = document.querySelector("#article_form");
const unsaved = document.querySelector("#unsaved");
const TECHNICAL = ["csrfmiddlewaretoken", "autosave", "uuid"];
let timer = null;
let asked = null;
let aimedAt = -Infinity;

function typed() {
  const data = new FormData(form);
  const names = [...new Set(data.keys())].filter((name) => !TECHNICAL.includes(name));
  return Object.fromEntries(names.map((name) => [name, data.getAll(name)]));
}

async function check() {
  const names = { user: Number(unsaved.dataset.user), article: form.elements.uuid.value };
  const sent = { ...names, form: form.elements.autosave.value, ago: 0, typed: typed() };
  const body = JSON.stringify(sent);
  if (body === asked) return;
  asked = body;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  try {
    const response = await fetch(root.dataset.check, { method: "POST", headers, body });
    // A later text may have been asked about meanwhile.
    if (response.ok && asked === body) show((await response.json()).checklist);
  } catch {
    // Offline: autosave.js says so, and the next key asks again.
    asked = null;
  }
}

// What someone is reading or about to press stays where it is until they are done.
function show(markup) {
  if (root.contains(document.activeElement) || Date.now() - aimedAt < AIM) {
    asked = null;
    later();
    return;
  }
  const opened = new Set([...root.querySelectorAll("details[open] [name]")].map((b) => b.value));
  const page = new DOMParser().parseFromString(markup, "text/html");
  for (const button of page.querySelectorAll("details [name]")) {
    button.closest("details").open = opened.has(button.value);
  }
  root.replaceChildren(...page.body.childNodes);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
}

if (root?.dataset.check && unsaved) {
  for (const name of ["input", "change"]) form.addEventListener(name, later);
  for (const name of ["formset:added", "formset:removed"]) document.addEventListener(name, later);
  // The remarks stand above the buttons, and move them.
  root.closest(".publication").addEventListener("pointermove", () => {
    aimedAt = Date.now();
  });
}

// A remark leads to its field, also where a picker or the editor stands for it.
root?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-field]");
  if (!link) return;
  const named = document.querySelector(`#id_${link.dataset.field}`);
  const row = named?.closest(".form-row") ?? named?.parentElement;
  const usable = "[contenteditable=true], textarea:not([hidden]), input, select:not([hidden])";
  const target = [...(row?.querySelectorAll(usable) ?? [])].find((one) => one.checkVisibility());
  if (!target && !named) return;
  event.preventDefault();
  const closed = named.closest("details");
  if (closed) closed.open = true;
  (target ?? named).scrollIntoView({ block: "center" });
  (target ?? named).focus();
});
