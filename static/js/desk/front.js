// The slots of a front page: moved up and down, dragged, added, taken away; told to screen readers.
// The ranks and the boxes that do the same without a script stay in the form, hidden.

const form = document.querySelector("#front_form");
const list = form.querySelector("[data-slots]");
const status = form.querySelector("[data-status]");
const empty = form.querySelector("[data-empty-slot]");
const total = form.querySelector("[name=form-TOTAL_FORMS]");

const slots = () => [...list.children].filter((slot) => !slot.hidden);
const field = (slot, name) => slot.querySelector(`[name$="-${name}"]`);

// What a slot is called: its kind, and its story if one is chosen.
function nameOf(slot) {
  const kind = field(slot, "kind").selectedOptions[0]?.textContent ?? "";
  const story = field(slot, "story").selectedOptions[0]?.textContent ?? "";
  return story ? `${kind}, « ${story} »` : kind;
}

function say(text, slot) {
  const all = slots();
  status.textContent = text
    .replace("%s", nameOf(slot))
    .replace("%n", all.indexOf(slot) + 1)
    .replace("%t", all.length);
}

function number() {
  const all = slots();
  all.forEach((slot, index) => {
    field(slot, "ORDER").value = index + 1;
    slot.querySelector("[data-number]").textContent = index + 1;
    slot.querySelector("[data-kind]").textContent =
      field(slot, "kind").selectedOptions[0]?.textContent ?? "";
    for (const name of slot.querySelectorAll("[data-named]")) name.textContent = nameOf(slot);
    slot.querySelector("[data-move=up]").disabled = index === 0;
    slot.querySelector("[data-move=down]").disabled = index === all.length - 1;
    // A topic is asked for by a rule about one; a block always has one.
    const isBlock = field(slot, "kind").value === "block";
    const isTopic = isBlock || field(slot, "rule").value === "topic";
    slot.querySelector(".slot-topic").hidden = !isTopic;
    slot.querySelector(".slot-rule").hidden = isBlock;
  });
  form.querySelector("[data-empty]").hidden = all.length > 0;
}

function changed() {
  number();
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function move(slot, way) {
  const all = slots();
  const other = all[all.indexOf(slot) + (way === "up" ? -1 : 1)];
  if (!other) return;
  const focused = document.activeElement;
  if (way === "up") other.before(slot);
  else other.after(slot);
  changed();
  // A button at the end of its way is disabled: the other one is beside it.
  const button = focused.disabled ? slot.querySelector("[data-move]:enabled") : focused;
  button.focus();
  say(status.dataset.moved, slot);
}

function remove(slot) {
  const all = slots();
  const next = all[all.indexOf(slot) + 1] ?? all[all.indexOf(slot) - 1];
  say(status.dataset.removed, slot);
  field(slot, "DELETE").checked = true;
  slot.hidden = true;
  changed();
  (next?.querySelector("[data-move=out]") ?? form.querySelector("[data-add]")).focus();
}

function add() {
  const index = Number(total.value);
  const holder = document.createElement("ol");
  holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", index);
  const slot = holder.firstElementChild;
  total.value = index + 1;
  list.append(slot);
  const key = crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0");
  field(slot, "key").value = key;
  field(slot, "kind").value = list.children.length === 1 ? "lead" : "second";
  prepare(slot);
  // The search boxes of the desk wait for this.
  slot.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
  changed();
  field(slot, "kind").focus();
  say(status.dataset.added, slot);
}

function prepare(slot) {
  slot.querySelector("[data-rank]").hidden = true;
  slot.querySelector("[data-removal]").hidden = true;
  slot.querySelector("legend").draggable = true;
  for (const button of slot.querySelectorAll("[data-move]")) button.hidden = false;
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const slot = button.closest("[data-slot]");
  if (button.dataset.move === "out") remove(slot);
  else move(slot, button.dataset.move);
});

// Alt and an arrow move the slot that one is typing in.
list.addEventListener("keydown", (event) => {
  const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const slot = event.target.closest("[data-slot]");
  if (!event.altKey || !way || !slot) return;
  event.preventDefault();
  move(slot, way);
});

list.addEventListener("change", number);

// A comfort for the mouse: a slot is dragged by its name.
let dragged = null;

list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("legend")?.closest("[data-slot]") ?? null;
});

list.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-slot]");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});

list.addEventListener("drop", (event) => event.preventDefault());

list.addEventListener("dragend", () => {
  if (!dragged) return;
  changed();
  say(status.dataset.moved, dragged);
  dragged = null;
});

form.querySelector("[data-add]")?.addEventListener("click", (event) => {
  event.preventDefault();
  add();
});

for (const slot of list.children) prepare(slot);
number();
