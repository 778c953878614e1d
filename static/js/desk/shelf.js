// Unsaved texts in this browser's own storage, for when the server can't have them.

const PREFIX = "newsroom-unsaved";
const KEPT_FOR = 30 * 24 * 3600 * 1000;

function keyOf({ user, form }) {
  return `${PREFIX}:${user}:${form}`;
}

// Return whether the browser kept *entry*: {user, article, form, typed}.
export function put(entry) {
  try {
    localStorage.setItem(keyOf(entry), JSON.stringify({ ...entry, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function drop(entry) {
  try {
    localStorage.removeItem(keyOf(entry));
  } catch {
    // What can't be read can't be kept either.
  }
}

// Return what this browser keeps of *user*'s; what is too old goes, whoever's it is.
export function entries(user) {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}:`)) continue;
      const entry = JSON.parse(localStorage.getItem(key));
      const ago = Date.now() - entry.at;
      if (ago > KEPT_FOR) localStorage.removeItem(key);
      else if (entry.user === user) found.push({ ...entry, ago: Math.max(ago, 0) });
    }
  } catch {
    // No storage, or not ours.
  }
  return found;
}
