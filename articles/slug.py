"""The readable part of an address, made of a headline or a name."""

from django.utils.text import slugify

LONGEST = 80


def make_slug(text: str) -> str:
    """Return *text* as an address: elisions parted, ligatures spelt out, cut between words."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    for apostrophe in "'’ʼ":
        text = text.replace(apostrophe, " ")
    slug = slugify(text)
    if len(slug) > LONGEST:
        slug = slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
    return slug or "article"
