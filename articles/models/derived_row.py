"""Editions under what lists them, each with its place in time: derived.py makes these rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .edition import UNLISTED, Edition, ListQuerySet


class DerivedRow(models.Model):
    """One edition under one heading: rebuildable, with all that a list needs to skip it."""

    article = models.ForeignKey("Article", related_name="+", on_delete=models.PROTECT)
    # That an edition has one row under a heading is an index too, and the list of each heading.
    edition = models.ForeignKey(
        Edition, related_name="%(class)s_rows", on_delete=models.CASCADE, db_index=False
    )
    listed_at = models.DateTimeField()
    live_from = models.DateTimeField()
    live_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def of(cls, edition, **columns):
        """Return an unsaved row that stands where *edition* does."""
        return cls(
            edition_id=edition.pk,
            article_id=edition.article_id,
            listed_at=edition.listed_at,
            live_from=edition.live_from,
            live_until=edition.live_until,
            **columns,
        )


class DerivedQuerySet(ListQuerySet):
    def live(self, at):
        """What readers see at *at*: withdrawals and sealed texts have no derived rows."""
        return self.in_force(at)

    def for_listing(self):
        """Load the edition of each row as EditionQuerySet.for_listing() does."""
        deferred = (f"edition__{name}" for name in UNLISTED)
        return self.select_related("edition__section").defer(*deferred)


class EditionTopicQuerySet(DerivedQuerySet):
    def in_topic(self, topic):
        """Those about *topic* or anything below it; of a section, those filed right there."""
        return self.under(topic.pk, is_section=topic.is_section)

    def under(self, key, *, is_section):
        """Those in_topic() the one with the id *key*."""
        rows = self.filter(topic=key)
        return rows.filter(is_direct=True) if is_section else rows


class EditionTopic(DerivedRow):
    """An edition under a topic, or under one that stands above it."""

    topic = models.ForeignKey(
        "Topic", related_name="edition_topics", on_delete=models.PROTECT, db_index=False
    )
    is_direct = models.BooleanField(default=True)

    objects = EditionTopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("sujet d’une édition")
        verbose_name_plural = _("sujets des éditions")
        constraints = [
            models.UniqueConstraint(fields=["edition", "topic"], name="edition_topic_once")
        ]
        indexes = [
            models.Index(
                fields=["topic", "-listed_at", "-article"],
                include=["edition", "live_from", "live_until", "is_direct"],
                name="edition_topic_list",
            ),
            # A section may have few stories of its own among all those below it.
            models.Index(
                fields=["topic", "-listed_at", "-article"],
                include=["edition", "live_from", "live_until"],
                condition=Q(is_direct=True),
                name="edition_topic_direct",
            ),
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.topic_id}"


class EditionAuthorQuerySet(DerivedQuerySet):
    def by_author(self, author):
        return self.filter(author=author)


class EditionAuthor(DerivedRow):
    """An edition under one of its authors."""

    author = models.ForeignKey(
        "Author", related_name="edition_authors", on_delete=models.PROTECT, db_index=False
    )

    objects = EditionAuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature d’une édition")
        verbose_name_plural = _("signatures des éditions")
        constraints = [
            models.UniqueConstraint(fields=["edition", "author"], name="edition_author_once")
        ]
        indexes = [
            models.Index(
                fields=["author", "-listed_at", "-article"],
                include=["edition", "live_from", "live_until"],
                name="edition_author_list",
            )
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.author_id}"
