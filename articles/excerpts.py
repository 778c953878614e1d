"""Where a story holds the words that a reader looked for, cut to a few lines and marked."""

import re

from . import body
from .analysis import STOP_WORDS, stem, words_in
from .models import Edition
from .typography import french, setter_of

# How much is shown on either side of the first word found, in signs.
BEFORE, AFTER = 60, 180
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def mark(text, query):
    """Return *text* as [(piece, whether it was looked for)], by stems: typed "cheval", found
    "chevaux"."""
    wanted = {term for terms in query.needed() for term in terms}
    pieces, start = [], 0
    for match in WORD.finditer(text):
        words = [word for word in words_in(match[0]) if word not in STOP_WORDS]
        is_found = any(
            stem(word) in wanted or (query.prefix and word.startswith(query.prefix))
            for word in words
        )
        if is_found:
            pieces += [(text[start : match.start()], False), (match[0], True)]
            start = match.end()
    pieces.append((text[start:], False))
    return [(piece, found) for piece, found in pieces if piece]


def excerpt(text, query, set_words=french):
    """Return the marked lines around the first word found in plain *text*, or its opening."""
    pieces = mark(text, query)
    before = pieces[0][0] if pieces and not pieces[0][1] and len(pieces) > 1 else ""
    start = max(0, len(before) - BEFORE)
    # Not in the middle of a word.
    start = text.find(" ", start) + 1 if start else 0
    end = start + BEFORE + AFTER
    if end < len(text):
        end = max(text.rfind(" ", start, end), start)
    shown = ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
    return mark(set_words(shown), query)


def with_excerpts(editions, query):
    """Set `marked_headline` and `excerpt` on *editions*, reading their texts in one query."""
    texts = Edition.objects.filter(pk__in=[edition.pk for edition in editions])
    texts = dict(texts.values_list("pk", "body_html"))
    for edition in editions:
        text = f"{edition.standfirst} {body.plain_text(texts[edition.pk])}".strip()
        edition.marked_headline = mark(french(edition.headline), query)
        edition.excerpt = excerpt(text, query, setter_of(edition.headline))
    return editions
