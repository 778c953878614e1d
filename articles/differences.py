"""What changed between two editions of a story: block by block, then word by word."""

import html
import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from .typography import french

MARKUP = re.compile(r"(<[^>]*>)")
WORD = re.compile(r"\s+|[\w’'-]+|[^\w\s]")
BLOCKS = {"p", "h2", "h3", "li", "blockquote", "figcaption"}
# From this share of common words on, a block was changed; below, another took its place.
LIKENESS = 0.4
# How many blocks further on the changed form of a block is looked for.
REACH = 12
# Words of the one side times those of the other, beyond which only whole blocks are compared.
MOST_PAIRS = 4_000_000
# An unchanged stretch between two changes, of so many signs at most, is read as part of them.
CRUMB = 3
# Unchanged blocks shown beside a change; longer runs are folded.
CONTEXT = 1


@dataclass
class Change:
    """A block of both editions: its parts in order, each ("equal", "delete" or "insert", text)."""

    kind: str
    parts: list

    @property
    def is_one(self):
        return any(operation != "equal" for operation, _text in self.parts)


@dataclass
class Passage:
    """Changes in a row; folded ones are all without a difference."""

    changes: list
    is_folded: bool


def compare(old, new):
    """Return the Passages that lead from the edition *old* to *new*, as readers saw both."""
    changes = []
    for kind in ("kicker", "headline", "standfirst"):
        before, after = french(getattr(old, kind)), french(getattr(new, kind))
        if before or after:
            changes.append(Change(kind, compare_words(before, after)))
    changes += compare_blocks(blocks_of(old.body_html), blocks_of(new.body_html))
    return fold(changes)


def blocks_of(markup):
    """Return the blocks of cleaned *markup* as pairs of kind ("p", "h2", …) and plain text."""
    blocks, open_kinds, text = [], [], []

    def close():
        if words := french(" ".join("".join(text).split())):
            blocks.append((open_kinds[0] if open_kinds else "p", words))
        text.clear()

    for part in MARKUP.split(markup):
        if not part.startswith("<"):
            text.append(html.unescape(part))
            continue
        kind = part.strip("</>").partition(" ")[0]
        if kind in BLOCKS or kind == "br":
            close()
        if kind in BLOCKS and part.startswith("</"):
            del open_kinds[-1:]
        elif kind in BLOCKS:
            open_kinds.append(kind)
    close()
    return blocks


def compare_blocks(old, new):
    changes = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            changes += [Change(kind, [("equal", text)]) for kind, text in new[new_from:new_to]]
        else:
            changes += pair(old[old_from:old_to], new[new_from:new_to])
    return changes


def pair(old, new):
    """Return the Changes between runs of blocks that differ: like ones side by side, in order."""
    changes, left = [], list(old)
    for kind, text in new:
        for index, (_kind, before) in enumerate(left[:REACH]):
            if likeness(before, text) >= LIKENESS:
                changes += [deleted(block) for block in left[:index]]
                changes.append(Change(kind, compare_words(before, text)))
                del left[: index + 1]
                break
        else:
            changes.append(Change(kind, [("insert", text)]))
    return changes + [deleted(block) for block in left]


def deleted(block):
    kind, text = block
    return Change(kind, [("delete", text)])


def likeness(before, after):
    """Return the share of words that two texts have in common, from 0 to 1."""
    ours, theirs = ({word.lower() for word in WORD.findall(text)} for text in (before, after))
    return len(ours & theirs) / max(len(ours | theirs), 1)


def compare_words(before, after):
    """Return the parts that lead from one text to the other, changes as long as can be read."""
    if before == after:
        return [("equal", before)]
    old, new = WORD.findall(before), WORD.findall(after)
    whole = [part for part in (("delete", before), ("insert", after)) if part[1]]
    if likeness(before, after) < LIKENESS or len(old) * len(new) > MOST_PAIRS:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    parts, gone, come = [], "", ""
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        was, is_now = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        is_between = (gone or come) and old_to < len(old) and len(was.strip()) <= CRUMB
        if operation == "equal" and not is_between:
            parts += [("delete", gone), ("insert", come), ("equal", was)]
            gone = come = ""
        else:
            gone, come = gone + was, come + is_now
    parts += [("delete", gone), ("insert", come)]
    return [part for part in parts if part[1]]


def compare_items(kind, old, new):
    """Return the Change that leads from the names *old* to *new*, each name whole."""
    parts = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            parts += [("equal", name) for name in old[old_from:old_to]]
            continue
        parts += [("delete", name) for name in old[old_from:old_to]]
        parts += [("insert", name) for name in new[new_from:new_to]]
    commas = [("equal", ", ")] * len(parts)
    return Change(kind, [part for pair in zip(parts, commas, strict=True) for part in pair][:-1])


def count_signs(passages):
    """Return how many signs *passages* add and take away, spaces included."""
    counts = {"insert": 0, "delete": 0, "equal": 0}
    for passage in passages:
        for change in passage.changes:
            for operation, text in change.parts:
                counts[operation] += len(text)
    return counts["insert"], counts["delete"]


def fold(changes):
    """Return *changes* as Passages: what is far from any change is folded."""
    near = set()
    for index, change in enumerate(changes):
        if change.is_one:
            near.update(range(index - CONTEXT, index + CONTEXT + 1))
    passages = []
    for index, change in enumerate(changes):
        # One block alone is shorter than what would tell that it is folded.
        is_folded = index not in near and not {index - 1, index + 1} <= near
        if not passages or passages[-1].is_folded != is_folded:
            passages.append(Passage([], is_folded))
        passages[-1].changes.append(change)
    return passages
