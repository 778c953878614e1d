"""Where a story holds the words that a reader looked for, cut to a few lines and marked."""

from . import body
from .analysis import terms_of, tokens_in, words_of
from .typography import french, setter_of

# How much is shown on either side of the first word found, in signs.
BEFORE, AFTER = 60, 180


def places(text, query):
    """Yield where *text* has the words that were looked for, by stems: typed "cheval", found
    "chevaux"."""
    wanted = {term for terms in query.needed for term in terms}
    for match in tokens_in(text):
        if not wanted.isdisjoint(terms_of(match[0])) or any(map(query.starts, words_of(match[0]))):
            yield match


def mark(text, query):
    """Return *text* as [(piece, whether it was looked for)]."""
    pieces, start = [], 0
    for match in places(text, query):
        pieces += [(text[start : match.start()], False), (match[0], True)]
        start = match.end()
    pieces.append((text[start:], False))
    return [(piece, found) for piece, found in pieces if piece]


def excerpt(text, query, set_words=french):
    """Return the marked lines around the first word found in plain *text*, or its opening."""
    first = next(places(text, query), None)
    start = max(0, first.start() - BEFORE) if first else 0
    # Not in the middle of a word.
    start = text.find(" ", start) + 1 if start else 0
    end = start + BEFORE + AFTER
    if end < len(text):
        end = max(text.rfind(" ", start, end), start)
    shown = ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
    return mark(set_words(shown), query)


def with_excerpts(editions, query):
    """Set `marked_headline` and `excerpt` on *editions*, whose texts are loaded."""
    for edition in editions:
        text = f"{edition.standfirst} {body.plain_text(edition.body_html)}".strip()
        edition.marked_headline = mark(french(edition.headline), query)
        edition.excerpt = excerpt(text, query, setter_of(edition.headline))
    return editions
