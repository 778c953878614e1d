"""What changed between two editions of a story: block by block, then word by word."""

import html
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .typography import french, setter_of

MARKUP = re.compile(r"(<[^>]*>)")
WORD = re.compile(r"\s+|[\w’'-]+|[^\w\s]")
HREF = re.compile(r'href="([^"]*)"')
BLOCKS = {"p", "h2", "h3", "li", "blockquote", "figcaption"}
KINDS = {
    "p": gettext_lazy("paragraphe"),
    "h2": gettext_lazy("intertitre"),
    "h3": gettext_lazy("sous-intertitre"),
    "li": gettext_lazy("élément de liste"),
    "blockquote": gettext_lazy("citation"),
    "figcaption": gettext_lazy("légende"),
}
MARKS = {
    "a": gettext_lazy("Lien"),
    "strong": gettext_lazy("Gras"),
    "em": gettext_lazy("Italique"),
    "sub": gettext_lazy("Indice"),
    "sup": gettext_lazy("Exposant"),
}
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


class Block(NamedTuple):
    """A block of a text: "p", "h2", …, its plain text, and the marks in it as (mark, text).

    A mark is the name of an element, of a link "a" and its address.
    """

    kind: str
    text: str
    marks: tuple = ()


@dataclass
class Change:
    """A block of both editions: its parts in order, each ("equal", "delete" or "insert", text).

    notes: sentences on what changed in its markup.
    """

    kind: str
    parts: list
    notes: list = field(default_factory=list)

    @property
    def is_one(self):
        return self.has_other_words or bool(self.notes)

    @property
    def has_other_words(self):
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


def compare_mentions(old, new):
    """Return the Changes of what stands beside the text of two editions, each named by its kind."""
    changes = [
        compare_items(_("Signatures"), names_in(old.byline), names_in(new.byline)),
        Change(_("Crédit"), compare_words(french(old.credit), french(new.credit))),
        Change(_("Lieu"), compare_words(french(old.dateline), french(new.dateline))),
    ]
    return [change for change in changes if change.is_one]


def names_in(byline):
    return [french(f"{part['name']} {part['text']}".strip()) for part in byline]


def blocks_of(markup):
    """Return the Blocks of cleaned *markup*."""
    reader = BlockReader(setter_of(markup))
    for part in MARKUP.split(markup):
        if part.startswith("<"):
            reader.read_tag(part)
        else:
            reader.text.append(html.unescape(part))
    reader.close()
    return reader.blocks


class BlockReader:
    """Puts Blocks together from the tags and texts of cleaned HTML.

    *set_words* sets their typography.
    """

    def __init__(self, set_words):
        self.set_words = set_words
        self.blocks, self.kinds = [], []
        # Of the block being read; of each open mark, how much of the text stands before it.
        self.text, self.marks, self.open_marks = [], [], []

    def read_tag(self, tag):
        name, is_end = tag.strip("</>").partition(" ")[0], tag.startswith("</")
        if name in BLOCKS or name == "br":
            self.close()
        if name in MARKS and is_end:
            self.end_mark()
        elif name in MARKS:
            address = HREF.search(tag)
            mark = f"a {html.unescape(address[1])}" if address else name
            self.open_marks.append((mark, len(self.text)))
        elif name in BLOCKS and is_end:
            del self.kinds[-1:]
        elif name in BLOCKS:
            self.kinds.append(name)

    def end_mark(self):
        if self.open_marks:
            mark, start = self.open_marks.pop()
            if words := self.read(start):
                self.marks.append((mark, words))

    def close(self):
        """End the block; a mark that goes on is one in this block and one in the next."""
        going_on = [mark for mark, _start in self.open_marks]
        while self.open_marks:
            self.end_mark()
        if words := self.read():
            kind = self.kinds[0] if self.kinds else "p"
            self.blocks.append(Block(kind, words, tuple(self.marks)))
        self.text, self.marks = [], []
        self.open_marks = [(mark, 0) for mark in going_on]

    def read(self, start=0):
        return self.set_words(" ".join("".join(self.text[start:]).split()))


def compare_blocks(old, new):
    changes = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            changes += [
                Change(block.kind, [("equal", block.text)]) for block in new[new_from:new_to]
            ]
        else:
            changes += pair(old[old_from:old_to], new[new_from:new_to])
    return changes


def pair(old, new):
    """Return the Changes between runs of blocks that differ: like ones side by side, in order."""
    changes, left = [], list(old)
    for block in new:
        for index, before in enumerate(left[:REACH]):
            if likeness(before.text, block.text) >= LIKENESS:
                changes += [deleted(block) for block in left[:index]]
                words = compare_words(before.text, block.text)
                changes.append(Change(block.kind, words, list(notes_on(before, block))))
                del left[: index + 1]
                break
        else:
            changes.append(Change(block.kind, [("insert", block.text)]))
    return changes + [deleted(block) for block in left]


def deleted(block):
    return Change(block.kind, [("delete", block.text)])


def notes_on(old, new):
    """Yield sentences on what changed in the markup of words that both blocks have."""
    if old.kind != new.kind:
        words = {"before": str(KINDS.get(old.kind, "")), "after": str(KINDS.get(new.kind, ""))}
        yield _("Mise en forme : %(before)s auparavant, %(after)s maintenant.") % words
    lost = [one for one in old.marks if one not in new.marks and one[1] in new.text]
    gained = [one for one in new.marks if one not in old.marks and one[1] in old.text]
    addresses = {text: mark for mark, text in gained if is_link(mark)}
    for mark, text in lost:
        if is_link(mark) and text in addresses:
            words = {"text": text, "before": mark[2:], "after": addresses[text][2:]}
            yield _("Lien de « %(text)s » : %(before)s → %(after)s") % words
            gained.remove((addresses.pop(text), text))
        else:
            yield _("%(mark)s : retiré de « %(text)s ».") % named(mark, text)
    for mark, text in gained:
        yield _("%(mark)s : ajouté à « %(text)s ».") % named(mark, text)


def is_link(mark):
    return mark.startswith("a ")


def named(mark, text):
    name = _("Lien vers %(address)s") % {"address": mark[2:]} if is_link(mark) else MARKS[mark]
    return {"mark": name, "text": text}


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
