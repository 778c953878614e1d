// Keeps what is typed into an article's form: in this browser at once, on the server soon after.

import * as shelf from "./shelf.js";
import { token } from "./token.js";

// In milliseconds. After the last key; between two sends; before the browser's own copy.
const PAUSE = 2000;
const SPACING = 10000;
const SHELF_PAUSE = 500;
// How long a save waits to hear whose session this is before it goes anyway.
const PATIENCE = 5000;
// Browsers send no more than this, in bytes, for a page that is closing.
const LAST_WORDS = 60000;
const TECHNICAL = ["csrfmiddlewaretoken", "autosave", "uuid"];
// What an answer of the server means for what is typed, by its status.
const FAILURES = { 401: "expired", 403: "refused", 413: "long", 503: "busy" };

class Autosave {
  constructor(root, form) {
    this.root = root;
    this.form = form;
    this.words = JSON.parse(root.dataset.words);
    this.status = document.querySelector("#autosave-status");
    this.user = Number(root.dataset.user);
    this.key = form.elements.autosave;
    this.lastSent = 0;
    // What the server has of this form; a page that tells of faults has what it hasn't.
    this.kept = form.querySelector(".errornote, .errorlist") ? "" : this.read();
    this.listen();
    this.sweep();
    if (!this.kept) this.changed();
    // To form.js this form is one that was typed into.
    if ("resumed" in this.key.dataset) form.dispatchEvent(new Event("input"));
  }

  listen() {
    for (const name of ["input", "change"]) {
      this.form.addEventListener(name, () => this.changed());
    }
    for (const name of ["formset:added", "formset:removed"]) {
      document.addEventListener(name, () => this.changed());
    }
    this.form.addEventListener("submit", (event) => this.submit(event), true);
    for (const name of ["online", "focus"]) {
      window.addEventListener(name, () => this.failed && this.send());
    }
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    this.root.addEventListener("click", (event) => {
      if (event.target.closest("[data-drop]")) this.abandon(event.target.closest("section"));
    });
  }

  // What is typed, as text: {name: values}, a field without a value too.
  read() {
    const data = new FormData(this.form);
    const names = [...this.form.elements]
      .filter((field) => field.name && !field.disabled && field.localName !== "button")
      .map((field) => field.name)
      .filter((name) => !TECHNICAL.includes(name) && !name.includes("__prefix__"));
    return JSON.stringify(Object.fromEntries(names.map((name) => [name, data.getAll(name)])));
  }

  entry(typed) {
    const article = this.form.elements.uuid.value;
    return { user: this.user, article, form: this.key.value, typed: JSON.parse(typed) };
  }

  changed() {
    if (this.isSent) return;
    this.shelfTimer ??= setTimeout(() => this.shelve(), SHELF_PAUSE);
    this.since ??= Date.now();
    const pause = Math.min(Date.now() + PAUSE, this.since + SPACING);
    this.sendAt(Math.max(pause, this.lastSent + SPACING));
  }

  sendAt(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), time - Date.now());
  }

  shelve() {
    clearTimeout(this.shelfTimer);
    this.shelfTimer = null;
    const typed = this.read();
    this.isShelved = typed === this.kept || shelf.put(this.entry(typed));
  }

  async send() {
    const typed = this.read();
    if (this.isBusy || this.isSent || typed === this.kept) return;
    clearTimeout(this.timer);
    this.isBusy = true;
    this.lastSent = Date.now();
    this.since = null;
    const entry = { ...this.entry(typed), ago: 0 };
    const answer = await this.post(this.root.dataset.keep, entry);
    this.isBusy = false;
    if (this.isSent) return;
    this.failed = answer.ok ? "" : FAILURES[answer.status] ?? "offline";
    if (answer.is_closed) {
      // Saved from another tab or before a step back: this is another text now.
      this.renew();
      this.lastSent = 0;
    } else if (answer.ok) {
      this.kept = typed;
      if (this.read() === typed) shelf.drop(entry);
      this.say(answer.said);
    } else {
      this.shelve();
      this.tell(this.failed);
    }
    if (this.read() !== this.kept) this.changed();
  }

  async post(url, data, options = {}) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
    const body = JSON.stringify(data);
    const request = { method: "POST", headers, body, redirect: "error", ...options };
    try {
      const response = await fetch(url, request);
      const isOurs = response.headers.get("Content-Type") === "application/json";
      const said = response.ok ? await response.json() : {};
      // A refusal in a page is Django's: this browser has lost its cookies, its session with them.
      const status = response.status === 403 && !isOurs ? 401 : response.status;
      return { ok: response.ok, status, ...said };
    } catch {
      return { ok: false, status: 0 };
    }
  }

  renew() {
    shelf.drop({ user: this.user, form: this.key.value });
    this.key.value = crypto.randomUUID();
  }

  // The server's answer, or none: a save must not wait for ever.
  async session() {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(this.root.dataset.session, { signal, redirect: "error" });
      const { user } = response.ok ? await response.json() : {};
      const isOther = response.status === 401 || (response.ok && user !== this.user);
      return isOther ? "expired" : "";
    } catch (error) {
      return error.name === "TimeoutError" ? "" : "unsent";
    }
  }

  // Sends the form only where it will arrive: a login page or an error page would eat it.
  async submit(event) {
    // A preview opens beside the form, which stays.
    if (event.submitter?.formTarget === "_blank") return;
    if (this.isCleared) {
      this.isCleared = false;
      this.isSent = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isChecking) return;
    this.isChecking = true;
    this.shelve();
    const fault = await this.session();
    this.isChecking = false;
    if (fault) {
      this.failed = fault;
      this.tell(fault);
      this.changed();
      return;
    }
    this.isCleared = true;
    this.form.requestSubmit(event.submitter);
  }

  leave() {
    const typed = this.read();
    if (this.isSent || typed === this.kept) return;
    this.shelve();
    const entry = { ...this.entry(typed), ago: 0 };
    const isSmall = new Blob([JSON.stringify(entry)]).size < LAST_WORDS;
    if (isSmall) this.post(this.root.dataset.keep, entry, { keepalive: true });
  }

  comeBack() {
    this.isSent = this.isChecking = this.isCleared = false;
    if (this.read() !== this.kept) this.changed();
  }

  say(text, link = null) {
    this.status.textContent = text;
    this.status.classList.toggle("failed", Boolean(this.failed));
    if (link) this.status.append(" ", link);
  }

  tell(failure) {
    const isLost = !this.isShelved && failure !== "long";
    if (failure !== "expired") {
      this.say(this.words[isLost ? "nowhere" : failure]);
      return;
    }
    const link = document.createElement("a");
    link.href = this.root.dataset.login;
    link.target = "_blank";
    link.textContent = this.words.login;
    this.say(this.words[isLost ? "nowhere" : failure], link);
  }

  // What this browser kept goes to the server, which offers it like any other unsaved text.
  async sweep() {
    let isTaken = false;
    for (const entry of shelf.entries(this.user)) {
      const answer = await this.post(this.root.dataset.keep, entry);
      if (answer.ok) shelf.drop(entry);
      // A closed one was saved after all.
      isTaken ||= answer.ok && !answer.is_closed;
    }
    if (isTaken) this.showOffers();
  }

  async showOffers() {
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const offer of this.root.querySelectorAll("section")) offer.remove();
    for (const offer of page.querySelectorAll("#unsaved section")) {
      if (offer.dataset.form !== this.key.value) this.root.append(offer);
    }
  }

  async abandon(offer) {
    const { form, article } = offer.dataset;
    const answer = await this.post(this.root.dataset.abandon, { user: this.user, article, form });
    if (!answer.ok) {
      this.failed = FAILURES[answer.status] ?? "offline";
      this.tell(this.failed);
      return;
    }
    shelf.drop({ user: this.user, form });
    offer.remove();
    const next = this.root.querySelector("section a") ?? this.form.elements.headline;
    next.focus();
  }
}

const root = document.querySelector("#unsaved");
const form = document.querySelector("#article_form");
if (root && form) new Autosave(root, form);
