"""New stories, one or many: working copy, topics, byline, photos, first revision.

Many take no more statements than one. Readers see none of it: that is publishing.py's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import body, bulk
from .models import (
    Article,
    ArticleAuthor,
    ArticlePhoto,
    ArticleTopic,
    Revision,
    Topic,
)

# Keys of other rows, which the database checks without a query for each.
UNCHECKED = {"article", "author", "owner", "photo", "section"}


class DraftError(Exception):
    """Stories can't be stored: a line for each, with its headline and all its faults."""


@dataclass
class Draft:
    """A story that is stored nowhere yet: an unsaved Article, and what belongs to it, in order.

    topics: Topics; bylines and photos: unsaved rows, whose article and position store() fills in.
    """

    article: Article
    topics: Sequence[Topic] = ()
    bylines: Sequence[ArticleAuthor] = ()
    photos: Sequence[ArticlePhoto] = ()

    def settle(self, topics):
        """Make of what was given what is stored; *topics* are those of today, by their key."""
        self.article.body = body.clean(self.article.body)
        found = (topics.get(str(topic.uuid)) for topic in self.topics)
        self.topics = list(dict.fromkeys(topic for topic in found if topic))
        if self.article.section:
            self.article.section = topics.get(str(self.article.section.uuid))

    def topic_rows(self):
        return [ArticleTopic(content_object=self.article, tag=topic) for topic in self.topics]

    def placed(self, name):
        """Return its *name*, "bylines" or "photos", as rows of its article, which is stored."""
        for position, row in enumerate(getattr(self, name)):
            row.article, row.position = self.article, position
            yield row

    def faults(self):
        """Return what no database should hold, as sentences for a person."""
        found = []
        for row in (self.article, *self.bylines, *self.photos):
            try:
                row.clean_fields(exclude=UNCHECKED)
            except ValidationError as error:
                found += [
                    f"{row._meta.get_field(name).verbose_name} : {' '.join(messages)}"
                    for name, messages in error.message_dict.items()
                ]
        if self.article.section and not self.article.section.is_section:
            found.append(
                _("« %(topic)s » n’est pas une rubrique.") % {"topic": self.article.section}
            )
        if any(not (byline.author_id or byline.text) for byline in self.bylines):
            found.append(_("Une signature est vide."))
        return found

    def revision(self, *, by, reason, kind):
        """Return its first Revision, unsaved."""
        photos = [use.snapshot() for use in self.photos]
        snapshot = self.article.snapshot(self.topics, self.bylines, photos)
        revision = Revision.take(self.article, by=by, reason=reason, snapshot=snapshot)
        revision.kind = kind
        return revision


@transaction.atomic
def store(drafts, *, by, reason="", kind=Revision.Kind.SAVE):
    """Store *drafts*, all or none, each with its first revision; return these in that order.

    *by* is a User, or None for an import. HTML is cleaned; topics that were merged lead on, those
    that are gone are left out. Raise DraftError, which names the stories that can't be stored.
    """
    drafts = list(drafts)
    keys = {str(topic.uuid) for draft in drafts for topic in topics_of(draft)}
    topics = Topic.objects.by_key(keys)
    for draft in drafts:
        draft.settle(topics)
    refuse_faulty(drafts)
    bulk.create(draft.article for draft in drafts)
    bulk.create(row for draft in drafts for row in draft.topic_rows())
    for rows in ("bylines", "photos"):
        bulk.create(row for draft in drafts for row in draft.placed(rows))
    return Revision.objects.begin(
        [draft.revision(by=by, reason=reason, kind=kind) for draft in drafts]
    )


def topics_of(draft):
    section = draft.article.section
    return [*draft.topics, *([section] if section else [])]


def refuse_faulty(drafts):
    """Raise DraftError if one of *drafts* can't be stored, or is there already."""
    keys = Counter(draft.article.uuid for draft in drafts)
    there = set(Article.objects.filter(uuid__in=keys).values_list("uuid", flat=True))
    lines = []
    for draft in drafts:
        faults = draft.faults()
        if draft.article.uuid in there or keys[draft.article.uuid] > 1:
            faults.append(_("Cet article existe déjà."))
        if faults:
            name = _("« %(headline)s » :") % {"headline": draft.article}
            lines.append(" ".join([name, *faults]))
    if lines:
        raise DraftError("\n".join(lines))
