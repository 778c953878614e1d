"""What readers are told of corrections: those of stories and of live blogs' entries, in one list.

Both are read from indexes, each half as far as it is shown.
"""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, CharField, DateTimeField, F, OuterRef, Subquery, Value

from .models import Edition, LiveEntryEdition, Meaning

# At one instant entries come first: their places in the list follow those of all stories, whose
# own are their ids, as they always were in the addresses of pages.
ENTRIES = 10**15


class Correction(NamedTuple):
    """An edition that is a correction; of an entry if entry_id isn't None.

    key: the lasting uuid of the story or of the entry, in any shape. Of an entry also when it was
    first shown, and since when it is what readers now see of it, a withdrawal perhaps.
    """

    live_from: datetime
    article_id: int
    number: int
    note: str
    is_sealed: bool
    key: str
    entry_id: int | None
    shown_at: datetime | None
    now_from: datetime | None
    now_means: str | None

    @property
    def place(self):
        return self.article_id if self.entry_id is None else ENTRIES + self.entry_id

    @property
    def is_readable(self):
        """Whether readers see it while they see its story."""
        return not self.is_sealed and self.now_means != Meaning.WITHDRAWAL

    @property
    def urn(self):
        """What names it for good, in feeds."""
        return uuid.uuid5(uuid.UUID(str(self.key)), str(self.number)).urn

    def gone_since(self, story, at):
        """Return when readers lost it; *story* is the edition in force of its story at *at*."""
        is_own = self.now_from and story.is_live(at)
        return self.now_from if is_own else story.live_from


class Corrections:
    """The corrections that readers see at the aware datetime *at*, as keyset_page() reads rows."""

    tie = "place"

    def __init__(self, at):
        self.at = at

    def page(self, count, start, by):
        """Return the newest *count* after the place *start*; by="live_from" is their one order."""
        stories = Edition.objects.corrections(self.at)
        entries = LiveEntryEdition.objects.corrections(self.at)
        if start:
            instant, place = start
            stories = stories.before(instant, place, by)
            entries = entries.before(instant, place - ENTRIES, by)
        return read(self.at, [newest(entries, count)], [newest(stories, count)])[:count]


def newest_and_gone(at, count):
    """Return the newest *count* Corrections, and the newest of those that are gone, in one query.

    What is gone of an entry or a story that isn't in force any more isn't among them.
    """
    rows, entries = Edition.objects, LiveEntryEdition.objects
    return read(
        at,
        [newest(entries.corrections(at), count), newest(entries.corrections_gone(at), count)],
        [newest(rows.corrections(at), count), newest(rows.corrections_gone(at), count)],
    )


def newest(rows, count):
    return rows.newest_first("live_from").values("pk")[:count]


def read(at, entries, stories):
    """Return the Corrections among *entries* and *stories*, lists of queries for ids, by place."""
    in_force = LiveEntryEdition.objects.in_force(at).filter(entry=OuterRef("entry"))
    of_entries = LiveEntryEdition.objects.annotate(
        key=F("entry__uuid"),
        now_from=Subquery(in_force.values("live_from")[:1]),
        now_means=Subquery(in_force.values("meaning")[:1]),
    )
    of_stories = Edition.objects.annotate(
        key=F("article__uuid"),
        entry_id=Value(None, BigIntegerField()),
        shown_at=Value(None, DateTimeField()),
        now_from=Value(None, DateTimeField()),
        now_means=Value(None, CharField()),
    )
    # Those of entries first: they give every column its type.
    first, *others = [
        rows.filter(pk__in=keys).order_by().values_list(*Correction._fields)
        for rows, parts in ((of_entries, entries), (of_stories, stories))
        for keys in parts
    ]
    found = map(Correction._make, first.union(*others, all=True))
    return sorted(found, key=lambda c: (c.live_from, c.place), reverse=True)
