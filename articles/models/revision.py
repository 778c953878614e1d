"""An immutable snapshot of an article, made at every save of the desk."""

import hashlib
import json

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from .. import body, bulk
from ..slug import make_slug
from .article_words import ArticleWords, rows_of
from .edition import Edition


class RevisionQuerySet(models.QuerySet):
    def get_by_natural_key(self, article, number):
        return self.get(article__uuid=article, number=number)

    def current(self):
        """Those that are or were an article's text: not what a conflict kept beside it."""
        return self.exclude(kind=Revision.Kind.CONFLICT)

    def unsettled(self):
        """What a conflict kept and nobody has decided on."""
        return self.filter(kind=Revision.Kind.CONFLICT, settlement=None)

    def newest_of(self, articles):
        """The newest one of each of *articles* (objects or ids) that is its text."""
        newest = Revision.objects.current().filter(article=OuterRef("article"))
        number = Subquery(newest.order_by("-number").values("number")[:1])
        return self.current().filter(article__in=articles, number=number)

    @transaction.atomic
    def record(self, article, *, by, reason="", based_on=None, kind=None):
        """Store what *article* holds now and return the Revision.

        If nothing changed since the newest one, that one is returned. *by* is a User, or None
        for an import; *based_on* is the revision that the text was typed over.
        """
        # The lock gives gapless numbers to people who save at once.
        article = type(article).objects.select_for_update().get(pk=article.pk)
        revision = Revision.take(article, by=by, reason=reason, based_on=based_on)
        latest = self.current().filter(article=article).order_by("-number").first()
        if latest and latest.digest == revision.digest:
            return latest
        revision.kind = kind or Revision.Kind.SAVE
        revision.based_on = based_on or latest
        self.add(revision)
        ArticleWords.objects.index([revision])
        return revision

    def begin(self, revisions):
        """Store *revisions*, each the first one of an article that has just been made.

        Return them. Call it in the transaction that makes the articles.
        """
        bulk.create(revisions)
        bulk.create(rows_of(revisions))
        return revisions

    @transaction.atomic
    def keep_aside(self, article, snapshot, *, by, reason="", based_on=None):
        """Store *snapshot*, which is not the article's text, for a conflict; return the Revision.

        The same text sent twice is stored once.
        """
        article = type(article).objects.select_for_update().get(pk=article.pk)
        revision = Revision.take(
            article, by=by, reason=reason, based_on=based_on, snapshot=snapshot
        )
        revision.kind = Revision.Kind.CONFLICT
        same = self.filter(article=article, kind=revision.kind, digest=revision.digest)
        return same.filter(based_on=based_on).first() or self.add(revision)

    def add(self, revision):
        """Save *revision* under the next number of its article, which is locked."""
        numbers = self.filter(article=revision.article)
        revision.number = (numbers.aggregate(Max("number"))["number__max"] or 0) + 1
        revision.save()
        return revision


class Revision(models.Model):
    # The number of the snapshot's shape; Article.snapshot() makes it. A key that may be absent,
    # as "photos", doesn't change it: a story without any has the text and digest that it had.
    SCHEMA = 1

    class Kind(models.TextChoices):
        SAVE = "save", _("Enregistrement")
        IMPORT = "import", _("Import")
        RESTORE = "restore", _("Restauration")
        CONFLICT = "conflict", _("Conflit")

    article = models.ForeignKey("Article", related_name="revisions", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("numéro"), default=1)
    kind = models.CharField(_("genre"), max_length=8, choices=Kind, default=Kind.SAVE)
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    snapshot = models.JSONField(_("contenu"))
    digest = models.CharField(max_length=64, editable=False)
    sign_count = models.PositiveIntegerField(_("signes"), default=0, editable=False)
    # RESTRICT lets a never published draft go with all its revisions.
    based_on = models.ForeignKey(
        "self",
        verbose_name=_("d’après"),
        related_name="followers",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
    )
    reason = models.CharField(_("motif"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("le"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="revisions",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    created_by_name = models.CharField(max_length=150, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique")
        ]

    def __str__(self):
        return f"{self.article_id}/{self.number}"

    def natural_key(self):
        return (*self.article.natural_key(), self.number)

    natural_key.dependencies = ["articles.article"]

    @classmethod
    def take(cls, article, *, by=None, reason="", based_on=None, snapshot=None):
        """Return an unsaved Revision of *article*, numbered 1."""
        snapshot = article.snapshot() if snapshot is None else snapshot
        return cls(
            article=article,
            snapshot=snapshot,
            digest=digest(snapshot),
            sign_count=body.count_signs(snapshot["body"]),
            reason=reason,
            based_on=based_on,
            created_by=by,
            created_by_name=str(by or ""),
        )

    def topic_keys(self):
        """Return the uuids, as text, of the section and the topics."""
        return {key for key in (self.snapshot["section"], *self.snapshot["topics"]) if key}

    def photo_keys(self):
        """Return the uuids, as text, of the photos beside the text and in it."""
        return {use["photo"] for use in photo_uses(self.snapshot)}

    def author_slugs(self):
        """Return the slugs of the authors in the order of the byline, each once."""
        return list(
            dict.fromkeys(part["author"] for part in self.snapshot["bylines"] if part["author"])
        )

    def freeze(self, *, section, authors, photos=None, embargo_until=None):
        """Return an unsaved Edition with everything that readers see, and no place in time.

        Pure. *section* is the snapshot's Topic; *authors* are the Author objects that it names,
        by slug, and *photos* the Photos, by key: one that isn't there is left out.
        """
        typed = self.snapshot
        body_html = body.clean(typed["body"])
        sign_count, word_count = body.measure(body_html)
        names = ("kicker", "headline", "standfirst", "dateline", "credit")
        byline = [
            {**part, **named(authors[part["author"]] if part["author"] else None)}
            for part in typed["bylines"]
        ]
        shown = [
            photos[use["photo"]].freeze(role=use["role"], alt=use["alt"], caption=use["caption"])
            for use in photo_uses(typed)
            if photos and use["photo"] in photos
        ]
        lead = next((photo for photo in shown if photo["role"] == "lead"), {})
        return Edition(
            article=self.article,
            revision=self,
            section=section,
            slug=typed["slug"] or make_slug(typed["headline"]),
            body_html=body_html,
            byline=byline,
            is_verbatim=typed.get("is_verbatim", False),
            lead_photo=lead,
            photos=[photo for photo in shown if photo is not lead],
            embargo_until=embargo_until,
            sign_count=sign_count,
            word_count=word_count,
            **{name: typed[name] for name in names},
        )


def photo_uses(snapshot):
    """Return each use of a photo in *snapshot*: {"photo": its uuid, "role", "alt", "caption"}.

    Those beside the text in the desk's order, then those in it, whose caption is in the text.
    """
    in_text = [
        {"photo": key, "role": "body", "alt": "", "caption": ""}
        for key in body.photo_keys(snapshot["body"])
    ]
    return snapshot.get("photos", []) + in_text


def named(author):
    """Return what a byline keeps of an Author, or of none."""
    return {"name": author.name, "kind": author.kind} if author else {"name": "", "kind": ""}


def digest(snapshot):
    """Return the sha256 of a snapshot, the same for the same content."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
