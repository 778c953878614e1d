// The editor's buttons as a toolbar that a keyboard and a screen reader can use.

export function makeToolbar(editor, words) {
  const text = editor.view.dom;
  const bar = text.parentElement.querySelector(".prose-menubar");
  const buttons = [...bar.querySelectorAll("button")];
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  for (const button of buttons) {
    const word = words[button.dataset.name] ?? button.title;
    button.title = word;
    button.setAttribute("aria-label", word);
  }
  refresh(buttons);
  editor.on("transaction", () => refresh(buttons));
  bar.addEventListener("keydown", (event) => walk(event, buttons, editor));
  text.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "F10") {
      event.preventDefault();
      buttons.find((button) => button.tabIndex === 0)?.focus();
    }
  });
}

// One tab stop for the whole bar; what a button is, said to those who don't see it.
function refresh(buttons) {
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button.classList.contains("active")));
    button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
  }
  const shown = buttons.filter((button) => !button.classList.contains("hidden"));
  const stop = shown.find((button) => button.tabIndex === 0 && button.dataset.stop) ?? shown[0];
  moveStop(buttons, stop);
}

function moveStop(buttons, stop) {
  for (const button of buttons) {
    button.tabIndex = button === stop ? 0 : -1;
    if (button === stop) button.dataset.stop = "yes";
    else delete button.dataset.stop;
  }
}

function walk(event, buttons, editor) {
  if (event.key === "Escape") {
    editor.commands.focus();
    return;
  }
  const shown = buttons.filter((button) => !button.classList.contains("hidden"));
  const here = shown.indexOf(document.activeElement);
  const places = {
    ArrowRight: (here + 1) % shown.length,
    ArrowLeft: (here - 1 + shown.length) % shown.length,
    Home: 0,
    End: shown.length - 1,
  };
  if (!(event.key in places)) return;
  event.preventDefault();
  const next = shown[places[event.key]];
  moveStop(buttons, next);
  next.focus();
}
