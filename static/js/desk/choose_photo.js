// The window in which a photo is chosen: it tells the page that opened it, and closes.

document.querySelector(".photo-choices")?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-key]");
  if (!button || !window.opener) return;
  window.opener.postMessage({ photo: { ...button.dataset } }, location.origin);
  window.close();
});
