"""The only code that changes what readers see: it makes, closes and indexes editions."""

import logging
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import (
    Article,
    Author,
    Edition,
    EditionAuthor,
    EditionTopic,
    Meaning,
    Revision,
    SiteState,
    Topic,
)
from .models.edition import DATED, NOTED
from .models.revision import digest

logger = logging.getLogger(__name__)


class PublishingError(Exception):
    """An act was refused; `faults` lists every reason as a sentence for a person."""

    def __init__(self, faults):
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = list(faults)


@transaction.atomic
def publish(article, *, revision, by, at=None, meaning=None, note=""):
    """Freeze *revision* (its number) of *article* and show it to readers from *at* (now if None).

    *at* is an aware datetime. *meaning* defaults to the first publication or an update. Return
    the Edition. Raise PublishingError listing every fault at once.
    """
    # The lock makes two editors publishing at once take turns.
    article = (
        Article.objects.select_for_update(of=["self"]).select_related("section").get(pk=article.pk)
    )
    now = timezone.now()
    start = at or now
    editions = Edition.objects.filter(article=article)
    previous = editions.went_live(start).order_by("-live_from").first()
    if meaning is None:
        meaning = Meaning.UPDATE if previous else Meaning.FIRST
    if not by.has_perm("articles.publish_article"):
        raise PublishingError([_("Vous n’avez pas le droit de publier.")])
    bylines = article.load_bylines()
    latest = article.revisions.select_related("created_by").first()
    faults = [
        *faults_of_revision(article, latest, revision, bylines),
        *faults_of_article(article, start),
    ]
    if at and at < now:
        faults.append(_("L’heure de publication est passée : choisissez une heure à venir."))
    if editions.planned(now).exists():
        faults.append(_("Une publication est déjà prévue : annulez-la d’abord."))
    if meaning in NOTED and not note.strip():
        faults.append(_("Dites aux lecteurs ce qui était inexact."))
    if faults:
        raise PublishingError(faults)
    edition = article.freeze(bylines)
    edition.revision = latest
    edition.meaning, edition.note = meaning, note.strip()
    edition.published_by, edition.published_by_name = by, str(by)
    put_on_timeline(edition, start, previous)
    index([edition])
    SiteState.objects.bump(now, edition.live_from, edition.live_until)
    transaction.on_commit(partial(announce, edition, by))
    return edition


def faults_of_revision(article, latest, number, bylines):
    """Return why revision *number* can't be what readers get: nobody publishes unread text."""
    if latest is None:
        return [_("Enregistrez l’article avant de le publier.")]
    if latest.number != number:
        return [
            _("%(who)s a enregistré une version plus récente à %(time)s : relisez-la d’abord.")
            % {
                "who": latest.created_by_name or _("Un import"),
                "time": timezone.localtime(latest.created_at).strftime("%Hh%M"),
            }
        ]
    if digest(article.snapshot(bylines=bylines)) != latest.digest:
        return [_("L’article a changé sans être enregistré : enregistrez-le d’abord.")]
    return []


def faults_of_article(article, start):
    """Return what the text lacks to be shown from *start*."""
    faults = []
    if article.status == Article.Status.DROPPED:
        faults.append(_("Cet article est abandonné."))
    if not article.headline.strip():
        faults.append(_("Il manque le titre."))
    if not article.section:
        faults.append(_("Il manque la rubrique."))
    if article.embargo_until and start < article.embargo_until:
        faults.append(
            _("L’article est sous embargo jusqu’au %(time)s.")
            % {"time": timezone.localtime(article.embargo_until).strftime("%d/%m/%Y à %Hh%M")}
        )
    return faults


def put_on_timeline(edition, start, previous):
    """Save *edition* from *start* on, in place of *previous*, whose dates it takes along."""
    numbers = Edition.objects.filter(article_id=edition.article_id)
    edition.number = (numbers.aggregate(last=Max("number"))["last"] or 0) + 1
    edition.live_from = start
    edition.published_at = previous.published_at if previous else start
    edition.modified_at = previous.modified_at if previous else None
    edition.listed_at = previous.listed_at if previous else start
    if edition.meaning in DATED:
        edition.modified_at = start
    if previous and (previous.live_until is None or previous.live_until > start):
        close(previous, start)
    edition.save(force_insert=True)


def close(edition, at):
    """Let *edition* end at *at*, in every row that says so."""
    edition.live_until = at
    edition.save(update_fields=["live_until"])
    for rows in (EditionTopic, EditionAuthor):
        rows.objects.filter(edition=edition).update(live_until=at)


def index(editions):
    """Write the derived rows of *editions* anew: topics with their ancestors, and authors.

    The editions have `revision` loaded; whatever door they came in by, this makes their lists.
    """
    EditionTopic.objects.filter(edition__in=editions).delete()
    EditionAuthor.objects.filter(edition__in=editions).delete()
    shown = [edition for edition in editions if edition.meaning != Meaning.WITHDRAWAL]
    EditionTopic.objects.bulk_create(topic_rows(shown), batch_size=1000)
    EditionAuthor.objects.bulk_create(author_rows(shown), batch_size=1000)


def topic_rows(editions):
    """Return unsaved EditionTopic rows: each edition's section and topics, and all above them."""
    keys = {key for edition in editions for key in edition.revision.snapshot["topics"]}
    ids = dict(Topic.objects.filter(uuid__in=keys).values_list("uuid", "pk"))
    ids = {str(key): pk for key, pk in ids.items()}
    sections = {edition.section_id for edition in editions}
    parents = {
        topic.pk: topic.merged_into_id or topic.parent_id
        for topic in Topic.objects.with_ancestors({*ids.values(), *sections})
    }
    rows = []
    for edition in editions:
        direct = {ids[key] for key in edition.revision.snapshot["topics"] if key in ids}
        direct.add(edition.section_id)
        above = {pk for topic in direct for pk in line_above(topic, parents)} - direct
        rows += [EditionTopic.of(edition, topic_id=pk) for pk in sorted(direct)]
        rows += [EditionTopic.of(edition, topic_id=pk, is_direct=False) for pk in sorted(above)]
    return rows


def line_above(topic, parents):
    """Return the ids above *topic*, given each one's parent."""
    line = []
    while (topic := parents.get(topic)) and topic not in line:
        line.append(topic)
    return line


def author_rows(editions):
    """Return unsaved EditionAuthor rows, from the bylines as frozen."""
    slugs = {part["author"] for edition in editions for part in edition.byline if part["author"]}
    ids = dict(Author.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    return [
        EditionAuthor.of(edition, author_id=ids[slug])
        for edition in editions
        for slug in dict.fromkeys(part["author"] for part in edition.byline)
        if slug in ids
    ]


def announce(edition, by):
    logger.info(
        "published article=%s edition=%s revision=%s from=%s by=%s",
        edition.article_id,
        edition.number,
        edition.revision.number,
        edition.live_from.isoformat(),
        by.pk,
    )


def record_and_publish(article, *, by, reason=""):
    """Store a revision of *article* and publish it at once, for an urgent headline."""
    with transaction.atomic():
        revision = Revision.objects.record(article, by=by, reason=reason)
        return publish(article, revision=revision.number, by=by)
