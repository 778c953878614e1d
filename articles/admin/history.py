"""What happened to a story: its versions and the acts on it, in one line of time."""

from django.db.models.fields.json import KT
from django.utils import timezone

from ..models import Act, Edition, Revision

SHOWN = 200


def history_of(article):
    """Return the newest entries of *article*, the newest first.

    Each has `at`, and either `revision` (a save) or `act`.
    """
    revisions = (
        Revision.objects.filter(article=article)
        .annotate(headline=KT("snapshot__headline"))
        .defer("snapshot")[:SHOWN]
    )
    acts = Act.objects.filter(article=article).for_journal()[:SHOWN]
    entries = [{"at": revision.created_at, "revision": revision} for revision in revisions]
    entries += [{"at": act.at, "act": act} for act in acts]
    # At one instant the save comes before the act on it.
    entries.sort(key=lambda entry: (entry["at"], "act" in entry), reverse=True)
    return entries[:SHOWN]


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
