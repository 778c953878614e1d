"""What happened to a story: its versions, the acts on it, and the editions they made."""

from types import SimpleNamespace

from django.db.models import Prefetch
from django.utils import timezone

from .. import body
from ..differences import compare, count_signs
from ..models import Act, Edition, Meaning, Revision

SHOWN = 200
# Each is compared with the one before it.
SHOWN_VERSIONS = 50


def versions_of(article, editions, before=""):
    """Return rows of the newest versions of the story with the id *article*, the newest first.

    *before* is the number, as text, of the version that they come before; *editions* are rows
    of editions_of(). Each row has revision, added and removed (signs, None if not known), state
    and whether it is_conflict. Return also the number to ask the next rows with, or None.
    """
    followers = Prefetch("followers", Revision.objects.defer("snapshot"))
    revisions = Revision.objects.filter(article=article).prefetch_related(followers)
    if before.isdecimal():
        revisions = revisions.filter(number__lt=int(before))
    found = list(revisions[: SHOWN_VERSIONS + 1])
    states = {row["edition"].revision_id: row["state"] for row in reversed(editions) if shows(row)}
    texts = {revision.pk: text_of(revision.snapshot) for revision in found}
    rows = []
    for revision in found[:SHOWN_VERSIONS]:
        added, removed = count_change(revision, found, texts)
        rows.append(
            {
                "revision": revision,
                "added": added,
                "removed": removed,
                "state": states.get(revision.pk),
                "headline": revision.snapshot["headline"],
                "is_conflict": revision.kind == Revision.Kind.CONFLICT,
                "resolved_by": next(iter(revision.followers.all()), None),
            }
        )
    return rows, rows[-1]["revision"].number if len(found) > SHOWN_VERSIONS else None


def shows(row):
    """Whether readers see the edition of *row*, or will."""
    is_shown = row["state"] in ("live", "planned")
    return is_shown and row["edition"].meaning != Meaning.WITHDRAWAL


def count_change(revision, found, texts):
    """Return the signs that *revision* added and removed, by the one it was typed over."""
    if revision.number == 1:
        return count_signs(compare(text_of(None), texts[revision.pk]))
    if revision.kind == Revision.Kind.CONFLICT and revision.based_on_id in texts:
        before = revision.based_on_id
    else:
        before = next((r.pk for r in found if is_text_before(r, revision)), None)
    if before is None:
        return None, None
    return count_signs(compare(texts[before], texts[revision.pk]))


def is_text_before(revision, other):
    return revision.number < other.number and revision.kind != Revision.Kind.CONFLICT


def text_of(snapshot):
    """Return the text in *snapshot* (or none) as differences.compare() reads it."""
    typed = snapshot or {"kicker": "", "headline": "", "standfirst": "", "body": ""}
    return SimpleNamespace(
        kicker=typed["kicker"],
        headline=typed["headline"],
        standfirst=typed["standfirst"],
        body_html=body.clean(typed["body"]),
    )


def acts_of(article):
    """Return the newest acts on the story with the id *article*, the newest first."""
    return Act.objects.filter(article=article).for_journal()[:SHOWN]


def editions_of(article):
    """Return the newest editions of the story with the id *article*, each with its state."""
    now = timezone.now()
    editions = Edition.objects.filter(article=article).select_related("revision")
    rows = editions.defer("body_html", "revision__snapshot").order_by("-number")[:SHOWN]
    return [{"edition": edition, "state": state_of(edition, now)} for edition in rows]


def state_of(edition, at):
    """Return where *edition* stands at the aware datetime *at*, as one word."""
    if edition.is_sealed:
        return "sealed"
    if edition.live_until == edition.live_from:
        return "cancelled"
    if edition.live_from > at:
        return "planned"
    return "past" if edition.live_until and edition.live_until <= at else "live"
