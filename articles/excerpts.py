"""Where a story holds the words that a reader looked for, cut to a few lines and marked."""

import re
from itertools import chain
from string import ascii_lowercase

from . import body
from .analysis import fold, terms_of, tokens_in, words_of
from .stems import STEMS
from .typography import NBSP, french, setter_of

# How much is shown on either side of the first word found, in signs.
BEFORE, AFTER = 60, 180
# What may stand for any letter: signs of other scripts, and those that two letters make.
OTHERS = "\u0250-\u1fff\u2070-\U0010ffff"


def shapes():
    """Return {letter of a-z: what is read as it at the head of a word}."""
    found = {}
    for sign in map(chr, range(0x250)):
        read = fold(sign)[:1]
        if not sign.isalnum() or sign == read and sign.isascii():
            continue
        # What isn't read as any letter hides the next one.
        for letter in read if read and read.isascii() else ascii_lowercase:
            found[letter] = found.get(letter, "") + sign
    return found


SHAPES = shapes()


class Finder:
    """What finds the words of *query* in texts, by stems: typed "cheval", found "chevaux"."""

    def __init__(self, query):
        self.query = query
        self.wanted = {term for terms in query.needed for term in terms}
        heads = set().union(*map(heads_of, self.wanted))
        if query.is_prefixed:
            heads.add(query.prefix[:2])
        # A number may begin before the space in it.
        self.heads = None if any(head[0].isdigit() for head in heads) else pattern_of(heads)

    def places(self, text):
        """Yield where *text* has the words that were looked for."""
        words = tokens_with(self.heads, text) if self.heads else tokens_in(text)
        return (match for match in words if self.has(match[0]))

    def has(self, token):
        if not self.wanted.isdisjoint(terms_of(token)):
            return True
        return self.query.is_prefixed and any(map(self.query.starts, words_of(token)))


def heads_of(term):
    """Return how the words with the stem *term* begin: by two letters, or one."""
    # Of "if" the stem is "iv": no rule changes the second letter of a longer one.
    own = term[:2] if len(term) > 2 else term[0]
    return {own} | {word[:2] for word, stem in STEMS.items() if stem == term}


def pattern_of(heads):
    """Return the pattern of where a word may begin with one of *heads*, whatever its accents.

    It may find more. "ʼ" is a letter that parts words.
    """
    firsts = "".join(letter + SHAPES.get(letter, "") for letter in {head[0] for head in heads})
    pattern = rf"[{firsts}{OTHERS}](?<![^\W_ʼ].)"
    if min(map(len, heads), default=0) > 1:
        # An accent may stand apart, and a stop be between initials.
        seconds = "".join(letter + letter.upper() for letter in {head[1] for head in heads})
        pattern += rf"(?:(?<=[^\x00-\x7f])|(?=[{seconds}.\u0080-\U0010ffff]))"
    return re.compile(pattern)


def tokens_with(heads, text):
    """Yield those of tokens_in(text) in which the pattern *heads* is found, and perhaps others."""
    end = 0
    while head := heads.search(text, end):
        # No word with a letter in it goes across a space.
        start = max(end, text.rfind(" ", end, head.start()) + 1)
        for match in tokens_in(text, start):
            end = match.end()
            if end > head.start():
                yield match
                break
        else:
            return


def mark(text, finder):
    """Return *text* as [(piece, whether it was looked for)]."""
    pieces, start = [], 0
    for match in finder.places(text):
        pieces += [(text[start : match.start()], False), (match[0], True)]
        start = match.end()
    pieces.append((text[start:], False))
    return [(piece, found) for piece, found in pieces if piece]


def excerpt(lines, finder, set_words=french):
    """Return the marked words around the first one found in plain *lines*, or their opening."""
    text, first = read_to_first(lines, finder)
    start = max(0, first - BEFORE) if first else 0
    # Not in the middle of a word.
    start = text.find(" ", start) + 1 if start else 0
    end = start + BEFORE + AFTER
    if end < len(text):
        end = max(text.rfind(" ", start, end), start)
    # Neither sign stands alone on a line.
    before, after = f"…{NBSP}" if start else "", f"{NBSP}…" if end < len(text) else ""
    return mark(set_words(before + text[start:end] + after), finder)


def read_to_first(lines, finder):
    """Return *lines* as one text, to some lines after the first word found, and its place or None.

    A long text isn't made plain for nothing.
    """
    text, first = "", None
    for line in lines:
        text += " " if text else ""
        if first is None and (match := next(finder.places(line), None)):
            first = len(text) + match.start()
        text += line
        if first is not None and len(text) > first + 2 * (BEFORE + AFTER):
            break
    return text, first


def with_excerpts(editions, query):
    """Set `marked_headline` and `excerpt` on *editions*, whose texts are loaded."""
    finder = Finder(query)
    for edition in editions:
        standfirst = [edition.standfirst] if edition.standfirst else []
        lines = chain(standfirst, body.plain_lines(edition.body_html))
        edition.marked_headline = mark(french(edition.headline), finder)
        edition.excerpt = excerpt(lines, finder, setter_of(edition.headline))
    return editions
