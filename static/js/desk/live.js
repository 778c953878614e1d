// The composer of a live blog: Ctrl+Enter publishes, and what isn't sent stays in this browser.

const PREFIX = "newsroom-direct";
const PAUSE = 400;
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const TECHNICAL = ["csrfmiddlewaretoken"];

const form = document.querySelector("#act_form[data-user]");
// Of the page that the form is sent to: another one may show it too.
const place = `${PREFIX}:${form?.dataset.user}:${new URL(form?.action ?? location).pathname}`;
const keyOf = (uuid) => `${place}:${uuid}`;

function stored() {
  const found = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(`${PREFIX}:`)) continue;
    const entry = JSON.parse(localStorage.getItem(key));
    if (Date.now() - entry.at > KEPT_FOR) localStorage.removeItem(key);
    else if (key.startsWith(`${place}:`)) found.push({ key, ...entry });
  }
  return found.sort((one, other) => other.at - one.at);
}

// The server says which form arrived: in the address, or in one that it shows again.
function forget() {
  const address = new URL(location);
  const sent = address.searchParams.get("envoye");
  drop(sent ?? form.dataset.kept);
  if (!sent) return;
  address.searchParams.delete("envoye");
  history.replaceState(null, "", address);
  // The next message can be typed at once.
  window.addEventListener("load", () => form.querySelector("[role=textbox]")?.focus());
}

function drop(uuid) {
  if (!uuid) return;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`${PREFIX}:`) && key.endsWith(`:${uuid}`)) localStorage.removeItem(key);
  }
}

function typed() {
  const data = new FormData(form);
  for (const name of TECHNICAL) data.delete(name);
  return [...data];
}

// Before the editor reads its textarea: this module stands first.
function fill(fields) {
  form.elements.is_key.checked = false;
  for (const [name, value] of fields) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = true;
    else if (field.localName === "select" && value && ![...field.options].some((o) => o.value === value)) continue;
    else field.value = value;
  }
}

function restore(status) {
  // A page that tells of faults has what was typed.
  if (form.querySelector(".errorlist")) return;
  const [last] = stored();
  if (!last) return;
  fill(last.fields);
  status.textContent = status.dataset.kept;
}

function keep(status) {
  const { uuid, headline, body_html: text } = form.elements;
  try {
    if (!headline.value && !text.value) {
      localStorage.removeItem(keyOf(uuid.value));
      return;
    }
    const entry = { at: Date.now(), fields: typed() };
    localStorage.setItem(keyOf(uuid.value), JSON.stringify(entry));
  } catch {
    status.textContent = status.dataset.lost;
  }
}

if (form) {
  const status = form.querySelector("#live-kept");
  let timer = null;
  let isSent = false;
  try {
    forget();
    restore(status);
  } catch {
    status.textContent = status.dataset.lost;
  }
  for (const name of ["input", "change"]) {
    form.addEventListener(name, () => {
      isSent = false;
      clearTimeout(timer);
      timer = setTimeout(() => keep(status), PAUSE);
    });
  }
  const submit = () => {
    keep(status);
    isSent = true;
  };
  form.addEventListener("submit", submit, true);
  // The last letters of a page that closes; what was sent is the server's to forget.
  window.addEventListener("pagehide", () => isSent || keep(status));
  form.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      form.requestSubmit(form.querySelector("[name=_publish]") ?? form.querySelector("[name=_keep]"));
    },
    true,
  );
}
