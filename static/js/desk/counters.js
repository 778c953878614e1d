// The length of what is typed, how it will look outside, and the address made of its headline.

import { makeSlug } from "./slug.js";

const box = document.querySelector("#measures");
const rules = box && JSON.parse(box.dataset.rules);
const language = document.documentElement.lang || "fr";
const whole = new Intl.NumberFormat(language);
const tenths = new Intl.NumberFormat(language, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

// As body.plain_text() does: one line a block, spaces joined.
function linesOf(markup) {
  const broken = markup.replace(/<br>|<\/(?:p|h2|h3|li|blockquote)>/g, "\n");
  const text = new DOMParser().parseFromString(broken.replace(/<[^>]*>/g, ""), "text/html").body
    .textContent;
  const lines = text.split("\n").map((line) => line.split(/\s+/).filter(Boolean).join(" "));
  return lines.filter(Boolean);
}

function cut(text) {
  if (text.length <= rules.description) return text;
  const head = text.slice(0, rules.description);
  return `${head.slice(0, head.lastIndexOf(" "))}…`;
}

// *kind*: "count" for a length, "look" for how something looks outside.
function show(kind, name, text) {
  for (const place of document.querySelectorAll(`[data-${kind}=${name}]`)) {
    if (place.textContent !== text) place.textContent = text;
  }
}

function field(name) {
  return document.querySelector(`#id_${name}`);
}

function update() {
  const headline = field("headline").value.trim();
  const standfirst = field("standfirst").value.trim();
  const lines = linesOf(field("body").value);
  const signs = [...lines.join("")].length;
  const words = lines.join(" ").split(" ").filter(Boolean).length;
  show("count", "signs", whole.format(signs));
  show("count", "pages", tenths.format(signs / rules.page));
  show("count", "words", whole.format(words));
  show("count", "minutes", whole.format(Math.max(1, Math.round(words / rules.wordsPerMinute))));
  show("count", "standfirst", whole.format([...standfirst].length));
  const length = [...headline].length;
  show("count", "headline", whole.format(length));
  const count = box.querySelector("[data-count=headline]");
  count.parentElement.classList.toggle("long", length > rules.headline);
  const slug = field("slug");
  if (slug.dataset.proposed) slug.placeholder = makeSlug(headline);
  show("look", "headline", headline);
  show("look", "description", cut(standfirst || lines[0] || headline));
  show("look", "slug", slug.value || slug.placeholder);
}

if (box && field("headline")) {
  let waiting;
  // Counting a long text at each key would hold up the next one.
  document.querySelector("#article_form").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 150);
  });
}
