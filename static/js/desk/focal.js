// The focal point of a photo, set by pointer or by arrow keys; the number fields hold it.

const STEP = 0.02;
const RATIOS = ["16:9", "4:3", "1:1"];
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Focal {
  constructor(box, x, y) {
    this.box = box;
    this.fields = [x, y];
    this.image = box.querySelector("img");
    this.point = document.createElement("button");
    this.point.type = "button";
    this.point.className = "focal-point";
    box.append(this.point);
    this.crops = this.addCrops();
    this.point.addEventListener("keydown", (event) => this.key(event));
    this.image.addEventListener("pointerdown", (event) => this.press(event));
    for (const field of this.fields) field.addEventListener("input", () => this.show());
    this.show();
  }

  // How each ratio will be cut, beside the photo.
  addCrops() {
    const list = document.createElement("div");
    list.className = "focal-crops";
    this.box.after(list);
    return RATIOS.map((ratio) => {
      const figure = document.createElement("figure");
      const image = this.image.cloneNode();
      image.alt = "";
      const [across, down] = ratio.split(":");
      image.style.aspectRatio = `${across} / ${down}`;
      const caption = document.createElement("figcaption");
      caption.textContent = ratio;
      figure.append(image, caption);
      list.append(figure);
      return { image, ratio: across / down };
    });
  }

  press(event) {
    event.preventDefault();
    this.point.focus();
    this.follow(event);
    const move = (moved) => this.follow(moved);
    this.image.setPointerCapture(event.pointerId);
    this.image.addEventListener("pointermove", move);
    this.image.addEventListener(
      "lostpointercapture",
      () => this.image.removeEventListener("pointermove", move),
      { once: true },
    );
  }

  follow(event) {
    const { left, top, width, height } = this.image.getBoundingClientRect();
    this.set((event.clientX - left) / width, (event.clientY - top) / height);
  }

  key(event) {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = this.place();
    this.set(x + move[0] * STEP, y + move[1] * STEP);
  }

  place() {
    return this.fields.map((field) => Math.min(1, Math.max(0, Number(field.value) || 0)));
  }

  set(...place) {
    this.fields.forEach((field, index) => {
      field.value = Math.min(1, Math.max(0, place[index])).toFixed(2);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  show() {
    const [x, y] = this.place();
    this.point.style.left = `${x * 100}%`;
    this.point.style.top = `${y * 100}%`;
    const words = this.box.dataset.place
      .replace("{x}", Math.round(x * 100))
      .replace("{y}", Math.round(y * 100));
    this.point.setAttribute("aria-label", `${this.box.dataset.label} ${words}`);
    const whole = this.image.getAttribute("width") / this.image.getAttribute("height");
    for (const { image, ratio } of this.crops) {
      // As renditions.cut() does: the point in the middle, as far as the edges allow.
      const part = ratio < whole ? [ratio / whole, 1] : [1, whole / ratio];
      const shift = [x, y].map((at, axis) => {
        const room = 1 - part[axis];
        return room ? Math.min(Math.max(at - part[axis] / 2, 0), room) / room : 0.5;
      });
      image.style.objectPosition = shift.map((value) => `${value * 100}%`).join(" ");
    }
  }
}

const [box, x, y] = ["#focal-picture", "#id_focal_x", "#id_focal_y"].map((id) =>
  document.querySelector(id),
);
if (box && x && y) new Focal(box, x, y);
