// The readable part of an address, as articles/slug.py makes it.

const LONGEST = 80;

export function makeSlug(text) {
  const words = text
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .normalize("NFKD")
    .replace(/[^a-z0-9\s]/g, "");
  let slug = words.trim().replace(/\s+/g, "-");
  if (slug.length > LONGEST) {
    const head = slug.slice(0, LONGEST + 1);
    const end = head.lastIndexOf("-");
    slug = end > 0 ? head.slice(0, end) : slug.slice(0, LONGEST);
  }
  return slug || "article";
}
