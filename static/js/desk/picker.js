// A search box over <select data-picker>: the options are found on the server while typing.
// The select stays in the form, hidden, and says what is chosen.

const PAUSE = 200;
let pickers = 0;

class Picker {
  constructor(select) {
    this.select = select;
    this.words = JSON.parse(select.dataset.words);
    this.creates = select.dataset.creates === "yes";
    this.options = [];
    this.active = -1;
    this.build();
    this.show();
    // Django's pop-up windows add options to the select themselves.
    new MutationObserver(() => this.show()).observe(select, { childList: true });
  }

  build() {
    const id = `picker-${++pickers}`;
    const label = this.select.labels[0];
    this.box = element("div", { class: "picker" });
    this.chips = element("ul", { class: "picker-chosen" });
    this.input = element("input", {
      type: "text",
      role: "combobox",
      class: "vTextField",
      id,
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      placeholder: this.words.search,
    });
    this.list = element("ul", { class: "picker-list", role: "listbox", id: `${id}-list` });
    this.list.hidden = true;
    this.list.setAttribute("aria-label", label?.textContent ?? "");
    // The label moves to the search box; one hidden by the styles is said here.
    if (label) label.htmlFor = id;
    else this.input.setAttribute("aria-label", this.select.getAttribute("aria-label") ?? "");
    this.status = element("p", { class: "visually-hidden", role: "status" });
    this.box.append(this.chips, this.input, this.list, this.status);
    this.select.before(this.box);
    this.select.hidden = true;
    this.input.addEventListener("input", () => this.searchSoon());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // Before the box loses its focus, which would close the list.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose([...this.list.children].indexOf(item));
    });
  }

  get chosen() {
    return [...this.select.selectedOptions].filter((option) => option.value);
  }

  show() {
    const items = this.chosen.map((option) => {
      const remove = element("button", { type: "button" }, "×");
      remove.setAttribute("aria-label", this.words.remove.replace("%s", option.textContent));
      remove.addEventListener("click", () => {
        option.remove();
        this.changed();
        this.input.focus();
      });
      const chip = element("li", {}, option.textContent);
      chip.append(remove);
      return chip;
    });
    this.chips.replaceChildren(...items);
    this.chips.hidden = items.length === 0;
  }

  changed() {
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    const term = this.input.value.trim();
    this.asked = term;
    if (!term) {
      this.close();
      return;
    }
    const url = `${this.select.dataset.picker}&term=${encodeURIComponent(term)}`;
    const answer = await fetch(url).then((response) => response.json()).catch(() => null);
    // A later search may have been asked meanwhile.
    if (this.asked !== term) return;
    if (!answer) {
      this.say(this.words.failed);
      return;
    }
    const taken = new Set(this.chosen.map((option) => option.value));
    this.options = answer.results.filter((result) => !taken.has(result.id));
    const known = [...answer.results, ...this.chosen].some((row) => same(row, term));
    // Last, so that Enter takes what exists.
    if (this.creates && !known) {
      const isClose = answer.results.some((row) => row.close);
      const text = this.words[isClose ? "create_anyway" : "create"].replace("%s", term);
      this.options.push({ id: `+${term}`, text: term, shown: text });
    }
    this.open();
  }

  open() {
    const items = this.options.map((option, index) => {
      const item = element("li", { role: "option", id: `${this.list.id}-${index}` });
      item.append(option.shown ?? option.text);
      if (option.path) item.append(element("small", {}, option.path));
      if (option.close && this.creates) {
        item.append(element("small", { class: "close" }, this.words.close));
      }
      return item;
    });
    this.list.replaceChildren(...items);
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.list.scrollIntoView({ block: "nearest" });
    this.say(items.length ? String(items.length) : this.words.none);
    this.point(items.length ? 0 : -1);
  }

  say(text) {
    this.status.textContent = text;
    this.input.title = text === this.words.none || text === this.words.failed ? text : "";
  }

  close() {
    clearTimeout(this.timer);
    this.asked = null;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }

  point(index) {
    this.active = index;
    [...this.list.children].forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === index));
      if (place === index) item.scrollIntoView({ block: "nearest" });
    });
    const id = this.list.children[index]?.id;
    if (id) this.input.setAttribute("aria-activedescendant", id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const last = this.options.length - 1;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" && isOpen) this.point(this.active < last ? this.active + 1 : 0);
    else if (event.key === "ArrowUp" && isOpen) this.point(this.active > 0 ? this.active - 1 : last);
    else if (event.key === "Escape" && isOpen) this.close();
    else if (event.key === "Backspace" && !this.input.value) this.chosen.at(-1)?.remove();
    else if (event.key === "Enter") {
      // Enter never sends the whole form from here.
      if (isOpen) this.choose(this.active);
      else this.search();
    } else return;
    if (event.key === "Backspace") this.changed();
    event.preventDefault();
  }

  choose(index) {
    const { id, text } = this.options[index] ?? {};
    if (!id) return;
    if (!this.select.multiple) for (const option of [...this.select.options]) option.remove();
    this.select.append(new Option(text, id, true, true));
    this.input.value = "";
    this.close();
    this.changed();
  }
}

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(text);
  return made;
}

function same(row, term) {
  const name = row.text ?? row.textContent;
  return fold(name) === fold(term);
}

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’ʼ]/g, "'").toLowerCase().trim();
}

function enhance(root) {
  for (const select of root.querySelectorAll("select[data-picker]")) {
    if (!select.name.includes("__prefix__") && !select.hidden) new Picker(select);
  }
}

enhance(document);
document.addEventListener("formset:added", (event) => enhance(event.target));
