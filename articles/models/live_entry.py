"""A live blog ("direct"): when it runs, its entries, and what readers see of each."""

import re
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .. import body
from .edition import MOST_NOTICES, NOTED, Edition, ListQuerySet, Meaning, TimelineQuerySet, noted

# The page has the headings: the story's, the day's, and one for each entry.
CROSSHEAD = re.compile(r"<(/?)h[23]>")
OPENING_WORDS = 15
# What readers see of an entry, as its revision has it.
FROZEN = ("headline", "body_html", "is_key")


class CoverageQuerySet(TimelineQuerySet):
    def get_by_natural_key(self, article, live_from):
        return self.get(article__uuid=article, live_from=live_from)

    def running(self):
        """Those that have not ended: no end is planned."""
        return self.filter(live_until=None)


class Coverage(models.Model):
    """A stretch of time in which a story is told live; it may end and begin again."""

    article = models.ForeignKey("Article", related_name="coverages", on_delete=models.PROTECT)
    live_from = models.DateTimeField(_("en direct dès"))
    live_until = models.DateTimeField(_("en direct jusqu’à"), null=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("direct")
        verbose_name_plural = _("directs")
        ordering = ["-live_from", "-pk"]
        default_permissions = []
        constraints = [
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="coverage_live_until_after_live_from",
            ),
            models.UniqueConstraint(
                fields=["article"], condition=Q(live_until=None), name="coverage_one_runs"
            ),
        ]
        indexes = [models.Index(fields=["article", "live_from"], name="coverage_article")]

    def __str__(self):
        return f"{self.article_id}: {self.live_from} – {self.live_until or ''}"

    def natural_key(self):
        return (*self.article.natural_key(), self.live_from)

    natural_key.dependencies = ["articles.article"]


class LiveEntryQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        return self.get(uuid=key)


class LiveEntry(models.Model):
    """One entry, at the desk: what is typed are its revisions, what is shown its editions."""

    article = models.ForeignKey("Article", related_name="live_entries", on_delete=models.CASCADE)
    # Chosen by the form: one that is sent twice makes one entry.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsable"),
        related_name="live_entries",
        on_delete=models.SET_NULL,
        null=True,
    )
    is_dropped = models.BooleanField(_("écarté"), default=False)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = LiveEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message de direct")
        verbose_name_plural = _("messages de direct")
        ordering = ["-created_at", "-pk"]
        default_permissions = []
        permissions = [
            ("write_liveentry", _("Peut écrire dans le direct de ses articles")),
            ("publish_liveentry", _("Peut publier dans un direct")),
        ]
        indexes = [models.Index(fields=["article", "-created_at"], name="live_entry_article")]

    def __str__(self):
        return f"{self.article_id}: {self.uuid}"

    def natural_key(self):
        return (str(self.uuid),)

    natural_key.dependencies = ["articles.article"]


class LiveRevisionQuerySet(models.QuerySet):
    def get_by_natural_key(self, entry, number):
        return self.get(entry__uuid=entry, number=number)


class LiveRevision(models.Model):
    """What an entry held after one save of the desk. Never changed."""

    entry = models.ForeignKey(LiveEntry, related_name="revisions", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("numéro"), default=1)
    headline = models.CharField(_("titre"), max_length=250, blank=True)
    body_html = models.TextField(_("texte"), blank=True)
    is_key = models.BooleanField(_("temps fort"), default=False)
    author = models.ForeignKey(
        "Author",
        verbose_name=_("auteur"),
        related_name="live_revisions",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    signature = models.CharField(
        _("mention"),
        max_length=120,
        blank=True,
        help_text=_("Après le nom : « avec AFP », « à Marseille » ; ou une signature collective."),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="live_revisions",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150, blank=True)

    objects = LiveRevisionQuerySet.as_manager()

    # What someone types; the rest says when and who.
    TYPED = ("headline", "body_html", "is_key", "author", "signature")

    class Meta:
        verbose_name = _("version d’un message")
        verbose_name_plural = _("versions des messages")
        ordering = ["-number", "-pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="live_revision_number_unique")
        ]

    def __str__(self):
        return self.headline or self.opening

    def natural_key(self):
        return (*self.entry.natural_key(), self.number)

    natural_key.dependencies = ["articles.liveentry", "articles.author"]

    @property
    def opening(self):
        return opening_of(self.body_html)

    @property
    def typed(self):
        return {name: getattr(self, name) for name in self.TYPED}

    def freeze(self):
        """Return an unsaved LiveEntryEdition with all that readers see, and no place in time.

        The byline has the shape of an Edition's.
        """
        byline = {
            "author": self.author and self.author.slug,
            "role": "writer",
            "text": self.signature,
            "name": self.author.name if self.author else "",
            "kind": self.author.kind if self.author else "",
        }
        return LiveEntryEdition(
            entry=self.entry,
            article_id=self.entry.article_id,
            revision=self,
            byline=[byline] if self.author or self.signature else [],
            headline=self.headline,
            body_html=clean_entry(self.body_html),
            is_key=self.is_key,
        )


class LiveEntryEditionQuerySet(ListQuerySet):
    # At equal times the newer entry is first.
    tie = "entry_id"

    def get_by_natural_key(self, entry, number):
        return self.get(entry__uuid=entry, number=number)

    def shown(self, at):
        """What stands on the page at the aware datetime *at*: entries, and notices of withdrawal.

        The story itself must be live then: ask its Edition.
        """
        return self.in_force(at).filter(is_sealed=False)

    def live(self, at):
        """The entries that readers see at *at*, without notices."""
        return self.shown(at).exclude(meaning=Meaning.WITHDRAWAL)

    def corrections(self, at):
        """The corrections of entries that readers see at *at*, the story too."""
        live = Edition.objects.live(at).filter(article=OuterRef("article"))
        entry = LiveEntryEdition.objects.live(at).filter(entry=OuterRef("entry"))
        made = self.went_live(at).filter(noted(Meaning.CORRECTION), is_sealed=False)
        return made.filter(Exists(live), Exists(entry))

    def corrections_gone(self, at):
        """The corrections that readers see no more: the story or the entry withdrawn, or sealed.

        Of the newest notices and sealed texts, as those of stories.
        """
        made = LiveEntryEdition.objects.went_live(at).filter(noted(Meaning.CORRECTION))
        stories = Edition.objects.withdrawn(at).values("article")[:MOST_NOTICES]
        notices = LiveEntryEdition.objects.in_force(at).filter(noted(Meaning.WITHDRAWAL))
        notices = notices.newest_first("live_from").values("entry")[:MOST_NOTICES]
        sealed = LiveEntryEdition.objects.filter(is_sealed=True).newest_first("live_from")
        there = Edition.objects.in_force(at).filter(article=OuterRef("article"))
        parts = [
            made.filter(article__in=stories),
            made.filter(Exists(there), entry__in=notices),
            made.filter(Exists(there), pk__in=sealed.values("pk")[:MOST_NOTICES]),
        ]
        first, *others = (part.order_by().values("pk") for part in parts)
        return self.filter(pk__in=first.union(*others))

    def after(self, shown_at, entry):
        """Those newer than the one of the id *entry* that was first shown at *shown_at*."""
        newer = Q(shown_at__gt=shown_at) | Q(entry__gt=entry)
        return self.filter(newer, shown_at__gte=shown_at)

    def for_listing(self):
        return self


class LiveEntryEdition(models.Model):
    """What readers see, or saw, of an entry. Never changed but for its end."""

    # Those of a story in structured data; an entry has none.
    credit = ""

    entry = models.ForeignKey(LiveEntry, related_name="editions", on_delete=models.PROTECT)
    article = models.ForeignKey("Article", related_name="+", on_delete=models.PROTECT)
    revision = models.ForeignKey(LiveRevision, related_name="editions", on_delete=models.PROTECT)
    number = models.PositiveIntegerField(_("numéro"), default=1)
    meaning = models.CharField(_("sens"), max_length=13, choices=Meaning, default=Meaning.FIRST)
    note = models.TextField(_("note aux lecteurs"), blank=True)
    live_from = models.DateTimeField(_("en ligne dès"))
    live_until = models.DateTimeField(_("en ligne jusqu’à"), null=True)
    # Copied along: the first publication, its place on the page; the last update or correction;
    # and the corrections, as Edition has them.
    shown_at = models.DateTimeField(_("publié le"))
    modified_at = models.DateTimeField(_("mis à jour le"), null=True)
    corrections = models.JSONField(_("rectificatifs"), default=list)
    headline = models.CharField(_("titre"), max_length=250, blank=True)
    body_html = models.TextField(_("texte"), blank=True)
    is_key = models.BooleanField(_("temps fort"), default=False)
    byline = models.JSONField(_("signature"), default=list)
    is_sealed = models.BooleanField(_("sous scellés"), default=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="live_entry_editions",
        on_delete=models.SET_NULL,
        null=True,
    )
    published_by_name = models.CharField(max_length=150, blank=True)

    objects = LiveEntryEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("édition d’un message")
        verbose_name_plural = _("éditions des messages")
        ordering = ["-shown_at", "-entry_id", "-number"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="live_edition_number_unique"),
            # Nothing is planned: each edition ends where the next one starts.
            models.UniqueConstraint(
                fields=["entry"], condition=Q(live_until=None), name="live_edition_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="live_edition_live_until_after_live_from",
            ),
            models.CheckConstraint(
                condition=Q(shown_at__lte=F("live_from")),
                name="live_edition_shown_at_before_live_from",
            ),
            models.CheckConstraint(
                condition=~Q(meaning__in=NOTED) | ~Q(note=""), name="live_edition_note_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["article", "-shown_at", "-entry"], name="live_edition_page"),
            models.Index(
                fields=["article", "-shown_at", "-entry"],
                condition=Q(is_key=True),
                name="live_edition_key",
            ),
            models.Index(
                fields=["meaning", "-live_from", "-entry"],
                condition=Q(meaning__in=NOTED),
                name="live_edition_notes",
            ),
            models.Index(
                fields=["-live_from", "-entry"],
                condition=Q(is_sealed=True),
                name="live_edition_sealed",
            ),
        ]

    def __str__(self):
        return self.headline or self.opening

    def natural_key(self):
        return (*self.entry.natural_key(), self.number)

    natural_key.dependencies = ["articles.liverevision"]

    @property
    def is_withdrawn(self):
        return self.meaning == Meaning.WITHDRAWAL

    @property
    def changed_at(self):
        return self.modified_at or self.shown_at

    @property
    def dated_corrections(self):
        """Its corrections, the oldest first, as {"at": aware datetime, "note": text}."""
        return [{**c, "at": datetime.fromisoformat(c["at"])} for c in self.corrections]

    @property
    def opening(self):
        """What names it where it has no headline: the first words."""
        return opening_of(self.body_html)


def clean_entry(markup):
    """Return *markup* as body.clean() does, its crossheads as paragraphs in bold."""
    cleaned = body.clean(markup)
    return CROSSHEAD.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", cleaned)


def opening_of(markup):
    return Truncator(body.plain_text(markup).replace("\n", " ")).words(OPENING_WORDS)
