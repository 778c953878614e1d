"""Three-way merge of what two people typed over the same revision; nothing typed is lost.

Works on snapshots as Article.snapshot() makes them; on the desk's side of publishing.
"""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from .body import split_blocks

THEIRS, MINE, BOTH = "theirs", "mine", "both"
TEXTS = ("kicker", "headline", "slug", "standfirst", "dateline", "credit", "section")
SETS = ("topics", "bylines", "photos")
# Those that a snapshot has only where they are true: what was saved before them keeps its digest.
FLAGS = ("is_verbatim",)


@dataclass(frozen=True)
class Conflict:
    """What both changed: a field, or of the body some blocks of HTML from number *start* on.

    *start* is where they stand in the merged body, which holds theirs until someone chooses.
    """

    name: str
    base: str
    theirs: str
    mine: str
    start: int | None = None


@dataclass
class Merge:
    """A merged snapshot, with theirs where both changed; *taken* are the fields changed by them.

    chunks: the merged body in parts, some of them with a conflict; paragraph_count: how many
    paragraphs of the body they changed.
    """

    snapshot: dict
    conflicts: list = field(default_factory=list)
    taken: list = field(default_factory=list)
    chunks: list = field(default_factory=list)
    paragraph_count: int = 0

    def resolve(self, answers):
        """Return the snapshot with a text of *answers* for each conflict, in their order."""
        snapshot, answers = dict(self.snapshot), iter(answers)
        for conflict in self.conflicts:
            if conflict.start is None:
                snapshot[conflict.name] = next(answers)
        snapshot["body"] = "".join(
            next(answers) if chunk.conflict else "".join(chunk.shown) for chunk in self.chunks
        )
        return snapshot


def merge(base, theirs, mine):
    """Return the Merge of two snapshots that were both typed over *base*."""
    merged = Merge(dict(theirs))
    for name in TEXTS:
        merge_text(merged, name, base[name], theirs[name], mine[name])
    for name in FLAGS:
        sides = (bool(side.get(name)) for side in (base, theirs, mine))
        merged.snapshot = with_flag(merged.snapshot, name, merge_flag(*sides))
    for name in SETS:
        sides = (side.get(name, []) for side in (base, theirs, mine))
        merged.snapshot[name] = merge_sets(*sides)
    if not merged.snapshot["photos"]:
        # As in every snapshot without any.
        del merged.snapshot["photos"]
    bodies = [split_blocks(side["body"]) for side in (base, theirs, mine)]
    merged.chunks = merge_blocks(*bodies)
    merged.paragraph_count = count_changed(*bodies[:2])
    merged.snapshot["body"] = "".join("".join(chunk.shown) for chunk in merged.chunks)
    start = 0
    for chunk in merged.chunks:
        if chunk.conflict:
            sides = ("".join(side) for side in chunk.conflict)
            merged.conflicts.append(Conflict("body", *sides, start=start))
        start += len(chunk.shown)
    names = (*TEXTS, *SETS, *FLAGS, "body")
    merged.taken = [name for name in names if base.get(name) != theirs.get(name)]
    return merged


def count_changed(before, after):
    """Return how many blocks were added, changed or taken away between two lists."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return sum(
        max(old_to - old_from, new_to - new_from)
        for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if operation != "equal"
    )


def merge_text(merged, name, base, theirs, mine):
    if theirs == base:
        merged.snapshot[name] = mine
    elif mine not in (base, theirs):
        merged.conflicts.append(Conflict(name, base, theirs, mine))


def merge_flag(base, theirs, mine):
    # With two values, what both changed they changed alike.
    return mine if theirs == base else theirs


def with_flag(snapshot, name, is_set):
    """Return *snapshot* with the flag *name* set, or without it."""
    rest = {key: value for key, value in snapshot.items() if key != name}
    return {**rest, name: True} if is_set else rest


def merge_sets(base, theirs, mine):
    """Return *theirs* with what *mine* added to and took from *base*, in a stable order."""
    if theirs == base:
        # Also a change of order alone.
        return mine
    kept = [item for item in theirs if item in mine or item not in base]
    return kept + [item for item in mine if item not in base and item not in theirs]


@dataclass(frozen=True)
class Chunk:
    """Some blocks of the merged body; *conflict* is (base, theirs, mine) where both changed."""

    shown: list
    conflict: tuple | None = None


def merge_blocks(base, theirs, mine):
    """Return the Chunks of the body merged from three lists of blocks."""
    sides, ends = (base, theirs, mine), (len(base), len(theirs), len(mine))
    chunks, at = [], (0, 0, 0)
    for start, end in [*stable_ranges(*sides), (ends, ends)]:
        between = (side[i:j] for side, i, j in zip(sides, at, start, strict=True))
        chunks += merge_range(*between)
        chunks.append(Chunk(base[start[0] : end[0]]))
        at = end
    return [chunk for chunk in chunks if chunk.shown or chunk.conflict]


def stable_ranges(base, theirs, mine):
    """Yield (start, end) of the runs of blocks that all three have, as triples of indexes."""
    in_theirs, in_mine = matches(base, theirs), matches(base, mine)
    i = 0
    while i < len(base):
        if i not in in_theirs or i not in in_mine:
            i += 1
            continue
        start, n = i, 1
        while all(
            side.get(start + n) == side[start] + n for side in (in_theirs, in_mine)
        ) and start + n < len(base):
            n += 1
        first = (start, in_theirs[start], in_mine[start])
        yield first, tuple(index + n for index in first)
        i = start + n


def matches(base, side):
    """Return {index in *base*: index in *side*} of the blocks that stayed."""
    matcher = SequenceMatcher(None, base, side, autojunk=False)
    return {
        block.a + n: block.b + n
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    }


def merge_range(base, theirs, mine):
    """Return the Chunks of blocks between two that all three have."""
    if mine == theirs or mine == base:
        return [Chunk(theirs)]
    if theirs == base:
        return [Chunk(mine)]
    if not base:
        # Both added at the same place: theirs, then mine.
        return [Chunk(theirs + [block for block in mine if block not in theirs])]
    if len(base) > 1 and len(base) == len(theirs) == len(mine):
        # Neighbours that each side changed in its own way: one by one.
        rows = zip(base, theirs, mine, strict=True)
        return [chunk for row in rows for chunk in merge_range(*([block] for block in row))]
    return [Chunk(theirs, (base, theirs, mine))]
