// Asks for a photo of the library in a window of its own.

let waiting = null;

// Calls take({key, title, alt, caption, card, thumbnail}) when one is chosen; the last who asked.
export function choosePhoto(address, take) {
  const size = "popup,width=900,height=700";
  const opened = window.open(address, "photos", size);
  waiting = { opened, take };
  opened?.focus();
}

window.addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== waiting?.opened || !data.photo) return;
  const { take } = waiting;
  waiting = null;
  take(data.photo);
});
