"""What happened to a story: its versions and the acts on it, in one line of time."""

from types import SimpleNamespace

from django.db.models import Subquery
from django.utils import timezone

from .. import body
from ..differences import compare, count_signs
from ..models import Act, Edition, Meaning, Revision, Step

SHOWN = 200
# Each is compared with the one before it.
SHOWN_VERSIONS = 50


def history_of(article, editions, before=""):
    """Return the newest entries of *article*, the newest first, and how to ask for older ones.

    *editions* are rows of editions_of(); *before* is the number, as text, of the version that
    ended the entries shown last, and what is returned second is the next, or None. Each entry has
    `at`, and either `act` (a Step of the desk too) or what row_of() returns.
    """
    revisions = Revision.objects.filter(article=article).select_related("settlement__revision")
    revisions = revisions.defer("settlement__revision__snapshot")
    # Those on the entries of a live blog stand on the pages of these.
    acts = Act.objects.filter(article=article, entry=None).for_journal()
    steps = Step.objects.filter(article=article)
    if before.isdecimal():
        last = revisions.filter(number=before).defer("snapshot")
        revisions = revisions.filter(number__lt=before)
        end = Subquery(last.values("created_at")[:1])
        acts, steps = acts.filter(at__lt=end), steps.filter(at__lt=end)
    found = list(revisions[: SHOWN_VERSIONS + 1])
    shown, has_more = found[:SHOWN_VERSIONS], len(found) > SHOWN_VERSIONS
    states = {row["edition"].revision_id: row["state"] for row in reversed(editions) if shows(row)}
    texts = {revision.pk: text_of(revision.snapshot) for revision in found}
    entries = [row_of(revision, found, texts, states) for revision in shown]
    entries += [
        {"at": act.at, "act": act}
        for act in (*acts[:SHOWN], *steps[:SHOWN])
        if not has_more or act.at >= shown[-1].created_at
    ]
    # At one instant the save comes before the act on it.
    entries.sort(key=lambda entry: (entry["at"], "act" in entry), reverse=True)
    return entries, shown[-1].number if has_more else None


def row_of(revision, found, texts, states):
    """Return what the versions' page shows of *revision*; signs are None if not known."""
    added, removed = count_change(revision, found, texts)
    return {
        "at": revision.created_at,
        "revision": revision,
        "added": added,
        "removed": removed,
        "state": states.get(revision.pk),
        "headline": revision.snapshot["headline"],
        "is_conflict": revision.kind == Revision.Kind.CONFLICT,
        "settlement": getattr(revision, "settlement", None),
        "is_newest": revision == found[0],
        "is_second": revision in found[1:2],
    }


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


def editions_of(article):
    """Return the newest editions of *article*, each with its state."""
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
