// What is pasted from Word, Google Docs or a page, before the browser parses it.
// Under the policy Chromium drops style="" while parsing: what it said must be read from the text.

const WEIGHT = /font-weight:\s*(bold|[6-9]00)/i;
const SLANT = /font-style:\s*italic/i;

// Of a photo that was copied from a story its key stays, and where its thumbnail is.
const KEPT = new Set(["href", "data-file", "src"]);

export function cleanPaste(html) {
  const text = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|script|xml|title|head)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<(?:link|meta|base)\b[^>]*>/gi, "")
    .replace(/<\/?[a-z]+:[^>]*>/gi, "")
    .replace(/\s(?:style|on[a-z]+)\s*=/gi, (found) => found.replace(/^\s/, " data-was-"));
  const body = new DOMParser().parseFromString(text, "text/html").body;
  const foreign = "img:not([data-file]), svg, video, iframe, object";
  for (const image of body.querySelectorAll(foreign)) image.remove();
  for (const element of [...body.querySelectorAll("*")]) simplify(element);
  return body.innerHTML;
}

// Google Docs wraps a whole clip in <b style="font-weight:normal">, and writes bold as a span.
function simplify(element) {
  const style = element.getAttribute("data-was-style") ?? "";
  const name = element.localName;
  const level = name.match(/^h([1-6])$/)?.[1];
  if (name === "b" && /font-weight:\s*normal/i.test(style)) {
    element.replaceWith(...element.childNodes);
  } else if (level) {
    rename(element, level < 3 ? "h2" : "h3");
  } else if (name === "span") {
    const marks = [WEIGHT.test(style) && "strong", SLANT.test(style) && "em"].filter(Boolean);
    if (marks.length) mark(element, marks);
    else element.replaceWith(...element.childNodes);
  } else {
    strip(element);
  }
}

function rename(element, name) {
  const other = document.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

function mark(element, names) {
  let inner = document.createElement(names[0]);
  const outer = inner;
  for (const name of names.slice(1)) inner = inner.appendChild(document.createElement(name));
  inner.append(...element.childNodes);
  element.replaceWith(outer);
}

function strip(element) {
  for (const { name } of [...element.attributes]) {
    if (!KEPT.has(name)) element.removeAttribute(name);
  }
}
