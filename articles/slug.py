"""The readable part of an address, made of a headline or a name."""

import re

from django.utils.text import slugify

NOT_A_WORD = re.compile(r"[\W_]+")

LONGEST = 80


def make_slug(text: str) -> str:
    """Return *text* as an address: elisions parted, ligatures spelt out, cut between words."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    # Any sign parts words: 1,7 becomes 1-7 and not 17.
    slug = slugify(NOT_A_WORD.sub(" ", text))
    if len(slug) > LONGEST:
        slug = slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
    return slug or "article"
