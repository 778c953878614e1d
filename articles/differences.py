"""What differs between two texts, for people to read: lines first, then words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from .body import BREAK, MARKUP, plain_text

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# How much of what stayed is shown around a change, in words, spaces and signs.
AROUND = 16
# Below this, two lines are told as one removed and one added.
ALIKE = 0.4

SAME, ADDED, REMOVED = "same", "added", "removed"


@dataclass(frozen=True)
class Part:
    kind: str
    text: str


def compare_lines(before, after):
    """Return each line that differs between two lists of text, as a list of Parts."""
    lines = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, i, j, m, n in matcher.get_opcodes():
        if operation != "equal":
            for old, new in zip_longest(before[i:j], after[m:n], fillvalue=""):
                lines += compare_words(old, new)
    return lines


def compare_bodies(before, after):
    """Return the paragraphs that differ between two cleaned bodies, as compare_lines() does.

    Where only the markup differs, the paragraph is one Part that is neither added nor removed.
    """
    old, new = split(before), split(after)
    lines = compare_lines([plain for plain, _ in old], [plain for plain, _ in new])
    if lines:
        return lines
    pairs = zip(old, new, strict=True)
    return [shorten([Part(SAME, line[0])]) for was, line in pairs if was != line]


def split(markup):
    """Return (plain text, HTML) of each paragraph, crosshead and point of a list."""
    ends = [match.end() for match in BREAK.finditer(markup)]
    pieces = [markup[i:j] for i, j in zip([0, *ends], [*ends, len(markup)], strict=True)]
    lines = [(plain_text(piece).replace("\n", " "), piece.strip()) for piece in pieces]
    return [(plain, piece) for plain, piece in lines if MARKUP.sub("", piece).strip()]


def compare_words(old, new):
    """Return one list of Parts, or two where the lines have little in common."""
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if not old or not new or matcher.ratio() < ALIKE:
        whole = [Part(REMOVED, old), Part(ADDED, new)]
        return [[part] for part in whole if part.text]
    parts = []
    for operation, i, j, m, n in matcher.get_opcodes():
        if operation == "equal":
            parts.append(Part(SAME, "".join(a[i:j])))
        else:
            changed = [Part(REMOVED, "".join(a[i:j])), Part(ADDED, "".join(b[m:n]))]
            parts += [part for part in changed if part.text]
    return [shorten(parts)]


def shorten(parts):
    """Cut what stayed the same far from a change."""
    last = len(parts) - 1
    return [
        part if part.kind != SAME else Part(SAME, cut(part.text, index == 0, index == last))
        for index, part in enumerate(parts)
    ]


def cut(text, is_first, is_last):
    words = TOKEN.findall(text)
    head = [] if is_first and not is_last else words[:AROUND]
    tail = [] if is_last else words[-AROUND:]
    if len(head) + len(tail) >= len(words):
        return text
    return "".join([*head, "…" if not head else " … " if tail else "…", *tail])
