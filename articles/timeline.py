"""Where editions stand in time, of a story or a front page: placing, ending; no permissions."""

from datetime import UTC
from itertools import groupby

from . import bulk
from .models import Edition, EditionAuthor, EditionPhoto, EditionTopic, Meaning
from .models.edition import DATED, HEAVY

# "Keep the end that the edition before had."
INHERIT = object()
# What to do with a plan made from older text, when newer text is published.
CANCEL, REBUILD = "cancel", "rebuild"


class Line:
    """The editions of one thing, in memory; what moved and was added is stored later.

    At most one edition is in force at any instant.
    """

    def __init__(self, editions, now):
        self.now = now
        self.editions = sorted(editions, key=lambda edition: edition.number)
        self.added = []
        # Those that were moved, each with the end that its row still has.
        self.stored_ends = {}

    def in_force(self, at):
        """Return the edition in force at the aware datetime *at*, or None."""
        for edition in self.editions:
            if edition.live_from <= at and (edition.live_until is None or at < edition.live_until):
                return edition
        return None

    @property
    def plans(self):
        """The editions that are to start after now, the first one first."""
        plans = [e for e in self.editions if e.live_from > self.now and not is_empty(e)]
        return sorted(plans, key=lambda edition: edition.live_from)

    @property
    def plan(self):
        """The first edition that is to start after now, or None."""
        return next(iter(self.plans), None)

    def cancel(self, plan):
        """Empty the range of *plan*; what it would have ended goes on to the end asked for it."""
        before = self.ended_by(plan)
        self.end(plan, plan.live_from)
        if before:
            self.end(before, self.room_after(plan.live_from, before.ends_at))

    def ended_by(self, plan):
        """Return the edition that ends only because *plan* starts, or None."""
        for edition in self.editions:
            if edition.live_until == plan.live_from and edition.ends_at != plan.live_from:
                if not is_empty(edition) and edition is not plan:
                    return edition
        return None

    def room_after(self, start, until):
        """Return *until* (None: open), or when the first edition planned after *start* starts."""
        starts = [plan.live_from for plan in self.plans if plan.live_from > start]
        return min([*starts, *([until] if until else [])], default=None)

    def put(self, edition, start, until=INHERIT):
        """Add the unsaved *edition* from *start* on, in place of the one in force then.

        Return it. *until* is the end asked for, or None; it ends sooner where another is planned.
        """
        before = self.in_force(start)
        if until is INHERIT:
            until = before.ends_at if before else None
        edition.number = max((e.number for e in self.editions), default=0) + 1
        edition.live_from, edition.ends_at = start, until
        edition.live_until = self.room_after(start, until)
        if before:
            self.end(before, start)
        self.editions.append(edition)
        self.added.append(edition)
        return edition

    def end(self, edition, until):
        """Let *edition* end at *until* (None: open)."""
        if edition not in self.added:
            self.stored_ends.setdefault(edition, edition.live_until)
        edition.live_until = until


class Timeline(Line):
    """The editions of one article; at most one of them is planned."""

    def __init__(self, article, editions, now):
        super().__init__(editions, now)
        self.article = article

    def live(self, at):
        """Return the Edition that readers see at *at*, or None."""
        edition = self.in_force(at)
        return None if edition is None or edition.meaning == Meaning.WITHDRAWAL else edition

    def last_live(self, at):
        """Return the newest Edition whose text readers saw by *at*, or None."""
        shown = [
            edition
            for edition in self.editions
            if edition.meaning != Meaning.WITHDRAWAL
            and edition.live_from <= at
            and not is_empty(edition)
        ]
        return max(shown, key=lambda edition: edition.live_from, default=None)

    def place(self, edition, start, until=INHERIT):
        """Put the unsaved *edition* where put() does, with what the story had before; return it.

        No edition is planned after *start*: cancel it first, and place it anew if need be.
        It takes along what the article's last live edition had: the first publication, the last
        change, the place in lists and the corrections.
        """
        last = self.last_live(start)
        edition.published_at = last.published_at if last else start
        edition.modified_at = last.modified_at if last else None
        edition.listed_at = last.listed_at if last else start
        edition.corrections = list(last.corrections) if last else []
        if edition.meaning in DATED:
            edition.modified_at = start
        if edition.meaning == Meaning.CORRECTION:
            when = start.astimezone(UTC).isoformat()
            edition.corrections.append({"at": when, "note": edition.note})
        return self.put(edition, start, until)


def is_empty(edition):
    """Whether *edition* is a cancelled plan: shown at no instant."""
    return edition.live_until == edition.live_from


def load(articles, now):
    """Return the Timeline of each of *articles*, by their id, in one query, without the bodies."""
    editions = Edition.objects.filter(article__in=articles).defer(*HEAVY).order_by("article")
    by_article = {key: list(group) for key, group in groupby(editions, key=lambda e: e.article_id)}
    return {
        article.pk: Timeline(article, by_article.get(article.pk, []), now) for article in articles
    }


def write(lines, model=Edition):
    """Store what was ended and added in *lines* of rows of *model*; return what was added.

    What gives room goes before what takes it: the database refuses two editions in force at
    any moment, also within a transaction.
    """
    moves = {}
    for line in lines:
        for edition, stored in line.stored_ends.items():
            grows = stored is not None and (
                edition.live_until is None or edition.live_until > stored
            )
            moves.setdefault((grows, edition.live_until), []).append(edition)
    for (_grows, until), editions in sorted(moves.items(), key=lambda move: move[0][0]):
        move(editions, until, model)
    return bulk.create(edition for line in lines for edition in line.added)


def move(editions, until, model=Edition):
    """Let *editions*, rows of *model*, end at *until*, in every row that says so."""
    model.objects.filter(pk__in=[edition.pk for edition in editions]).update(live_until=until)
    for rows in (EditionTopic, EditionAuthor, EditionPhoto) if model is Edition else ():
        rows.objects.filter(edition__in=editions).update(live_until=until)
