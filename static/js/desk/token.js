// The token that Django wants with each form: it changes at every login, in whatever tab.

export function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
}

// A form that was open before someone logged in again is accepted with today's token.
export function freshen(form) {
  const field = form.elements.csrfmiddlewaretoken;
  if (field && token()) field.value = token();
}
