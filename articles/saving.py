"""Saving at the desk: what several people typed over the same revision is merged, none is lost.

Never changes what readers see: that is publishing.py's.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .merging import FLAGS, TEXTS, Merge, merge
from .models import (
    Article,
    ArticleAuthor,
    ArticlePhoto,
    Author,
    Photo,
    Revision,
    Settlement,
    Topic,
)

# The fields of a snapshot that are columns of the article.
COLUMNS = (*(name for name in TEXTS if name != "section"), "body")
LONGEST_REASON = Revision._meta.get_field("reason").max_length


@dataclass
class Saved:
    """How a save went.

    revision: the article's text from now on; is_new: whether this save made it; conflict: the
    Revision that holds what could not be merged, or None; theirs: the Revisions that others
    saved meanwhile, the oldest first; merge: with them, or None.
    """

    revision: Revision
    is_new: bool = True
    conflict: Revision | None = None
    theirs: list = field(default_factory=list)
    merge: Merge | None = None


@transaction.atomic
def save(article, snapshot, *, based_on, by, reason="", kind=None, follows=None):
    """Store *snapshot*, typed over the revision *based_on* (or None), merged with newer ones.

    *follows* is the revision that the new one names as its base, if it isn't *based_on*. What
    can't be merged is kept as a revision of kind "conflict", and the article stays as it is.
    Return a Saved.
    """
    # The lock makes people who save at once take turns.
    article = Article.objects.select_for_update().get(pk=article.pk)
    theirs = revisions_since(article, based_on)
    options = {"by": by, "kind": kind, "based_on": follows or based_on}
    if not theirs:
        return write(article, snapshot, reason=reason, **options)
    newest, base = theirs[-1], based_on.snapshot if based_on else empty_snapshot()
    merged = merge(base, newest.snapshot, snapshot)
    if snapshot in (base, newest.snapshot):
        return Saved(newest, is_new=False, theirs=theirs, merge=merged)
    if merged.conflicts:
        kept = Revision.objects.keep_aside(
            article, snapshot, by=by, reason=reason, based_on=based_on
        )
        return Saved(newest, is_new=False, conflict=kept, theirs=theirs, merge=merged)
    saved = write(article, merged.snapshot, reason=reason_of(reason, newest), **options)
    saved.theirs, saved.merge = theirs, merged
    return saved


@transaction.atomic
def settle(conflict, snapshot, *, based_on, by, **options):
    """Save *snapshot*, decided on over *based_on*, as what becomes of the revision *conflict*.

    Return a Saved: what someone saved meanwhile may stand against it again.
    """
    saved = save(conflict.article, snapshot, based_on=based_on, by=by, follows=conflict, **options)
    settled = {"revision": saved.conflict or saved.revision, "at": timezone.now()}
    settled |= {"by": by, "by_name": str(by)}
    Settlement.objects.get_or_create(conflict=conflict, defaults=settled)
    return saved


def revisions_since(article, based_on):
    """Return what was saved of *article* after its revision *based_on*, the oldest first."""
    revisions = article.revisions.current().order_by("number")
    if based_on is None:
        return list(revisions)
    newest = article.revisions.current().first()
    if newest == based_on:
        return []
    since = list(revisions.filter(number__gt=based_on.number))
    # What was kept from a conflict is numbered after the text that it stood against.
    return since or [newest]


def reason_of(reason, newest):
    """Return *reason* with what the save was merged with."""
    merged = _("réunie avec la version %(number)d de %(who)s") % {
        "number": newest.number,
        "who": newest.created_by_name or _("l’import"),
    }
    text = f"{reason} ({merged})" if reason else merged[0].upper() + merged[1:]
    return text[:LONGEST_REASON]


def write(article, snapshot, *, by, reason, kind, based_on):
    """Make *article*, which is locked, hold *snapshot*, and record it; return the Saved."""
    before = article.revisions.current().first()
    put(article, snapshot)
    revision = Revision.objects.record(article, by=by, reason=reason, kind=kind, based_on=based_on)
    return Saved(revision, is_new=revision != before)


def put(article, snapshot):
    """Store *snapshot* in the rows of *article*; topics that are gone are left out."""
    topics = topics_by_key(snapshot)
    for name in COLUMNS:
        setattr(article, name, snapshot[name])
    for name in FLAGS:
        setattr(article, name, snapshot.get(name, False))
    article.section = topics.get(snapshot["section"])
    article.save(update_fields=[*COLUMNS, *FLAGS, "section", "updated_at"])
    article.topics.set([topics[key] for key in snapshot["topics"] if key in topics])
    if snapshot["bylines"] != [byline.snapshot() for byline in article.load_bylines()]:
        article.bylines.all().delete()
        ArticleAuthor.objects.bulk_create(bylines_of(article, snapshot))
    put_photos(article, snapshot.get("photos", []))


def put_photos(article, uses):
    """Make *uses*, as ArticlePhoto.snapshot() has them, the photos beside the text of *article*."""
    if uses == article.load_photos():
        return
    photos = Photo.objects.named({use["photo"] for use in uses})
    article.article_photos.all().delete()
    ArticlePhoto.objects.bulk_create(
        ArticlePhoto(
            article=article,
            photo=photos[use["photo"]],
            position=position,
            role=use["role"],
            caption=use["caption"],
            alt=use["alt"],
        )
        for position, use in enumerate(uses)
        if use["photo"] in photos
    )


def topics_by_key(snapshot):
    """Return the Topics that *snapshot* names, by uuid as text; for a merged one, its successor."""
    keys = {key for key in (snapshot["section"], *snapshot["topics"]) if key}
    topics = Topic.objects.filter(uuid__in=keys).select_related("merged_into")
    return {str(topic.uuid): topic.merged_into or topic for topic in topics}


def bylines_of(article, snapshot):
    """Return the unsaved bylines that *snapshot* names; an author who is gone leaves the name."""
    parts = snapshot["bylines"]
    authors = {
        author.slug: author
        for author in Author.objects.filter(slug__in=[part["author"] for part in parts])
    }
    return [
        ArticleAuthor(
            article=article,
            position=position,
            author=authors.get(part["author"]),
            role=part["role"],
            text=part["text"] or ("" if part["author"] in authors else part["author"]),
        )
        for position, part in enumerate(parts)
    ]


def empty_snapshot():
    return Article().snapshot(topics=[], bylines=[], photos=[])
