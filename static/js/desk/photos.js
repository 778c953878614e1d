// The photos beside a story's text, or the one of a place: chosen in a window, put in order by
// buttons, taken out.

import { choosePhoto } from "./photo_window.js";

class StoryPhotos {
  constructor(root) {
    this.root = root;
    this.words = JSON.parse(root.dataset.words);
    this.list = root.querySelector("ol");
    this.status = root.querySelector("[role=status]");
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (button) this[button.dataset.act](button.closest("li"), button);
    });
    this.refresh();
  }

  choose() {
    choosePhoto(this.root.dataset.picker, (photo) => this.add(photo));
  }

  add(photo) {
    if ("single" in this.root.dataset) this.list.replaceChildren();
    const item = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    const name = this.list.parentElement.querySelector("input[type=hidden]").name;
    item.querySelector(`[name="${name}"]`).value = photo.key;
    item.querySelector("img").src = photo.thumbnail;
    const title = item.querySelector("[data-title]");
    title.textContent = photo.title;
    title.href = photo.card;
    const caption = item.querySelector("textarea");
    if (caption) caption.placeholder = photo.caption;
    item.querySelector("input[type=text]").placeholder = photo.alt;
    const roles = [...this.list.querySelectorAll("select")];
    const hasLead = roles.some((role) => role.value === "lead");
    const role = item.querySelector("select");
    if (role) role.value = hasLead ? "gallery" : "lead";
    this.list.append(item);
    this.changed(item, "added");
    (caption ?? item.querySelector("input[type=text]")).focus();
  }

  up(item, button) {
    item.previousElementSibling?.before(item);
    this.moved(item, button);
  }

  down(item, button) {
    item.nextElementSibling?.after(item);
    this.moved(item, button);
  }

  moved(item, button) {
    this.changed(item, "moved");
    const other = item.querySelector("[data-act]:not(:disabled)");
    (button.disabled ? other : button).focus();
  }

  remove(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const title = titleOf(item);
    item.remove();
    this.changed(null, "removed", title);
    (next?.querySelector("[data-act=remove]") ?? this.root.querySelector("[data-act=choose]")).focus();
  }

  changed(item, word, title = titleOf(item)) {
    this.refresh();
    const items = [...this.list.children];
    this.status.textContent = this.words[word]
      .replace("{title}", title)
      .replace("{place}", items.indexOf(item) + 1)
      .replace("{count}", items.length);
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  refresh() {
    const items = [...this.list.children];
    items.forEach((item, place) => {
      const [up, down] = ["up", "down"].map((act) => item.querySelector(`[data-act=${act}]`));
      if (up) up.disabled = place === 0;
      if (down) down.disabled = place === items.length - 1;
      for (const button of item.querySelectorAll("[data-act]")) {
        button.setAttribute("aria-label", `${button.textContent} – ${titleOf(item)}`);
      }
    });
  }
}

function titleOf(item) {
  return item.querySelector("[data-title]").textContent;
}

function enhance(part) {
  part.querySelectorAll(".story-photos").forEach((root) => new StoryPhotos(root));
}

enhance(document);
document.addEventListener("formset:added", (event) => enhance(event.target));
