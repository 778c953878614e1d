"""What readers see: published versions of stories, frozen, each with its place in time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, Func, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from ..addresses import address_of
from ..analysis import analyse, analyse_markup
from ..typography import AsSent


class Meaning(models.TextChoices):
    """What a publication says to readers."""

    FIRST = "first", _("Première publication")
    SILENT = "silent", _("Retouche sans mention")
    UPDATE = "update", _("Mise à jour")
    CORRECTION = "correction", _("Rectificatif")
    WITHDRAWAL = "withdrawal", _("Retrait")
    REINSTATEMENT = "reinstatement", _("Remise en ligne")


# Those that move the "Mis à jour" of a story, and those that must say why to readers.
DATED = (Meaning.UPDATE, Meaning.CORRECTION)
NOTED = (Meaning.CORRECTION, Meaning.WITHDRAWAL)
# Those of which readers are told: a silent fix stays in the desk.
TOLD = (Meaning.FIRST, Meaning.UPDATE, Meaning.CORRECTION, Meaning.REINSTATEMENT)
# How many notices of withdrawal are looked through for those of one list.
MOST_NOTICES = 100
# What readers see of an edition, as its revision had it.
FROZEN = (
    "slug",
    "kicker",
    "headline",
    "standfirst",
    "body_html",
    "dateline",
    "credit",
    "byline",
    "is_verbatim",
    "embargo_until",
    "sign_count",
    "word_count",
    "lead_photo",
    "photos",
)
# What search finds it by, and what no list prints.
SEARCH = ("search_a", "search_b", "search_c")
NO_TEXT = Value("", models.TextField())
HEAVY = ("body_html", "photos", *SEARCH)
# What no list prints of a story: its text, what its page alone tells, and what the desk is told.
UNLISTED = (
    *HEAVY,
    *("dateline", "credit", "note", "corrections"),
    *("revision", "ends_at", "embargo_until", "created_at", "published_by", "published_by_name"),
)
# What pages set in French typography, unless it is verbatim.
TYPESET = ("kicker", "headline", "standfirst", "dateline", "body_html")


class IsNoted(Func):
    """The condition of the index of notes, word for word: SQLite takes it for nothing else.

    PostgreSQL finds that out, and would take two conditions for fewer rows than there are.
    """

    template = "%(expressions)s IN ({})".format(", ".join(f"'{value}'" for value in NOTED))
    output_field = models.BooleanField()

    def as_postgresql(self, compiler, connection):
        return "TRUE", []


def noted(meaning):
    """Return the condition that an edition has *meaning*, one of NOTED, as a Q."""
    return Q(IsNoted("meaning"), meaning=meaning)


class TimelineQuerySet(models.QuerySet):
    """Rows with a place in time: live_from <= at < live_until (None: open)."""

    def in_force(self, at):
        """The one row of each article on the timeline at the aware datetime *at*."""
        return self.filter(Q(live_until=None) | Q(live_until__gt=at), live_from__lte=at)

    def planned(self, at):
        """Those that start after *at*, without cancelled plans."""
        return self.filter(Q(live_until=None) | Q(live_until__gt=F("live_from")), live_from__gt=at)

    def went_live(self, at):
        """Those that were shown for some time before *at*, or are now."""
        return self.filter(Q(live_until=None) | Q(live_until__gt=F("live_from")), live_from__lte=at)


class ListQuerySet(TimelineQuerySet):
    """Rows that stand in lists by one of their datetimes; at equal times the newer story is first.

    by="listed_at" is the order of most lists: an update doesn't move a story.
    """

    # The column that parts what stands at one instant.
    tie = "article_id"

    def newest_first(self, by="listed_at"):
        return self.order_by(f"-{by}", f"-{self.tie}")

    def before(self, instant, key, by="listed_at"):
        """Those that newest_first(by) puts after the one with the id *key* at *instant*."""
        # The second condition is the one that the index can start from.
        return self.filter(
            Q(**{f"{by}__lt": instant}) | Q(**{f"{self.tie}__lt": key}), **{f"{by}__lte": instant}
        )

    def page(self, count, start=(), by="listed_at"):
        """Return the first *count* after *start*, an instant and a key (empty: from the newest)."""
        rows = self.before(*start, by) if start else self
        return list(rows.newest_first(by).for_listing()[:count])


class EditionQuerySet(ListQuerySet):
    def get_by_natural_key(self, article, number):
        return self.get(article__uuid=article, number=number)

    def live(self, at):
        """Editions that readers see at the aware datetime *at*.

        Notices of withdrawal and sealed texts aren't among them.
        """
        return self.in_force(at).exclude(meaning=Meaning.WITHDRAWAL).exclude(is_sealed=True)

    def withdrawn(self, at):
        """The notices that stand at *at* in place of stories, the newest first."""
        notices = self.in_force(at).filter(noted(Meaning.WITHDRAWAL))
        return notices.order_by("-live_from", "-article_id")

    def withdrawn_from(self, rows, at):
        """The notices of stories that *rows* held when they were shown: any edition's, or derived.

        Of a story with a sealed text nobody knows any more where it was: it counts everywhere.
        The newest notices alone are looked at, so that a list with few of them costs no more.
        """
        if rows.model is Edition:
            return self.withdrawn(at)
        were_there = rows.went_live(at).filter(article=OuterRef("article"))
        sealed = Edition.objects.filter(article=OuterRef("article"), is_sealed=True)
        newest = self.withdrawn(at).filter(pk__in=self.withdrawn(at).values("pk")[:MOST_NOTICES])
        return newest.filter(Exists(were_there) | Exists(sealed))

    def of_story(self, article, at):
        """All that was shown of the story with the id *article* by *at*, the newest first."""
        shown = self.went_live(at).filter(article=article).select_related("section")
        return shown.defer(*SEARCH).order_by("-live_from", "-pk")

    def corrections(self, at):
        """The corrections of the stories that readers see at *at*."""
        live = Edition.objects.live(at).filter(article=OuterRef("article"))
        made = self.went_live(at).filter(noted(Meaning.CORRECTION), is_sealed=False)
        return made.filter(Exists(live))

    def corrections_gone(self, at):
        """The corrections that readers see no more: of stories withdrawn, or sealed themselves.

        Of the newest notices and sealed texts, so that it costs the same in any archive.
        """
        made = Edition.objects.went_live(at).filter(noted(Meaning.CORRECTION))
        notices = Edition.objects.withdrawn(at).values("article")[:MOST_NOTICES]
        there = Edition.objects.in_force(at).filter(article=OuterRef("article"))
        sealed = Edition.objects.filter(is_sealed=True).newest_first("live_from")
        sealed = made.filter(Exists(there), pk__in=sealed.values("pk")[:MOST_NOTICES])
        # Each half goes by its own index; with OR all corrections would be read.
        halves = [made.filter(article__in=notices), sealed]
        first, second = (half.order_by().values("pk") for half in halves)
        return self.filter(pk__in=first.union(second))

    def stories(self, editions):
        """Return those of the same stories as *editions*, for a listing, by the article's id."""
        found = self.filter(article__in=[edition.article_id for edition in editions])
        return {edition.article_id: edition for edition in found.for_listing()}

    def chosen(self, keys):
        """Return those of the articles with the uuids *keys*, for a listing, in that order."""
        if not keys:
            return []
        found = self.filter(article__uuid__in=keys).annotate(story_key=F("article__uuid"))
        by_key = {str(edition.story_key): edition for edition in found.for_listing()}
        return [by_key[key] for key in keys if key in by_key]

    def published_in(self, period):
        """Those of stories first published in *period*, with an aware `start` and `end`."""
        return self.filter(published_at__gte=period.start, published_at__lt=period.end)

    def counted_in_each(self, periods):
        """Return (place in *periods*, how many stories, last change) where there are any."""
        last_change = Max(Coalesce("modified_at", "published_at"))
        counts = [
            self.published_in(period)
            .order_by()
            .annotate(place=Value(place))
            .values("place")
            .annotate(count=Count("*"), last_change=last_change)
            .values_list("place", "count", "last_change")
            for place, period in enumerate(periods)
        ]
        found = counts[0].union(*counts[1:], all=True) if counts else []
        return sorted(row for row in found if row[1])

    def with_oldest(self):
        """Annotate oldest: no story was first published before it."""
        # Of all editions, live or not: SQLite would sort the live ones, 300 ms for 200,000.
        oldest = self.model.objects.order_by("published_at").values("published_at")[:1]
        return self.annotate(oldest=Subquery(oldest))

    def with_text(self):
        """Whole stories: no briefs."""
        return self.filter(word_count__gt=0)

    def for_listing(self):
        """Load what _card.html prints, without the body."""
        return self.select_related("section").defer(*UNLISTED)

    def for_lead(self):
        """Load what _lead.html prints, with the body."""
        return self.select_related("section").defer(*SEARCH)

    def for_feed(self, *, whole=False):
        """Annotate what a feed tells of a story beside its columns.

        text: its body if *whole*, or if nothing stands before it that the feed can open with;
        byline_json, photo_json: as they are stored; key: its lasting one.
        """
        opening = Case(When(standfirst="", then="body_html"), default=NO_TEXT)
        return self.annotate(
            text=F("body_html") if whole else opening,
            byline_json=Cast("byline", models.TextField()),
            photo_json=Cast("lead_photo", models.TextField()),
            key=F("article__uuid"),
        )


class ShowsPhotos:
    """A version for readers that shows photos, each as Photo.freeze() has it.

    PHOTO_FIELDS are the columns that hold them: the one place that says so.
    """

    PHOTO_FIELDS = ("lead_photo",)

    def frozen_photos(self):
        """Return all photos that it shows."""
        return [self.lead_photo] if self.lead_photo else []

    def photo_keys(self):
        """Return the uuids, as text, of the photos that it shows."""
        return {photo["key"] for photo in self.frozen_photos()}

    def photo_ends(self):
        """Return the aware datetimes at which a photo that it shows goes."""
        ends = (photo.get("until") for photo in self.frozen_photos())
        return [datetime.fromisoformat(end) for end in ends if end]

    def stamp_photos(self, photos):
        """Take anew from *photos*, {key: Photo}, what isn't frozen: their sizes and their end."""
        self.lead_photo = restamp(self.lead_photo, photos)


def restamp(frozen, photos):
    """Return the photo *frozen* ({}: none) stamped with that of *photos*, {key: Photo}, if any."""
    photo = photos.get(frozen.get("key"))
    return photo.stamp(frozen) if photo else frozen


class Edition(ShowsPhotos, models.Model):
    PHOTO_FIELDS = ("lead_photo", "photos")

    # Its own index would be the third that begins with it.
    article = models.ForeignKey(
        "Article", related_name="editions", on_delete=models.PROTECT, db_index=False
    )
    number = models.PositiveIntegerField(_("numéro"), default=1)
    revision = models.ForeignKey("Revision", related_name="editions", on_delete=models.PROTECT)
    meaning = models.CharField(_("nature"), max_length=13, choices=Meaning, default=Meaning.FIRST)
    note = models.TextField(_("note aux lecteurs"), blank=True)

    # Its place in time
    live_from = models.DateTimeField(_("en ligne dès"))
    live_until = models.DateTimeField(_("en ligne jusqu’à"), null=True, blank=True)
    ends_at = models.DateTimeField(_("fin demandée"), null=True, blank=True)
    embargo_until = models.DateTimeField(_("embargo jusqu’au"), null=True, blank=True)
    # Copied along from edition to edition: the first publication, the last update or correction,
    # and the place in lists, which only "Remonter" moves.
    published_at = models.DateTimeField(_("publié le"))
    modified_at = models.DateTimeField(_("mis à jour le"), null=True, blank=True)
    listed_at = models.DateTimeField(_("rang dans les listes"))
    # Also copied along: [{"at": ISO 8601 in UTC, "note": text}], the oldest first. So a
    # correction stays on the page whatever is published later (E4), without a query.
    corrections = models.JSONField(_("rectificatifs"), default=list)

    # What readers see
    section = models.ForeignKey(
        "Topic",
        verbose_name=_("rubrique"),
        related_name="section_editions",
        on_delete=models.PROTECT,
    )
    slug = models.SlugField(_("adresse"), max_length=120, blank=True)
    kicker = models.CharField(_("surtitre"), max_length=120, blank=True)
    headline = models.CharField(_("titre"), max_length=250, blank=True)
    standfirst = models.TextField(_("chapô"), blank=True)
    body_html = models.TextField(_("texte"), blank=True)
    dateline = models.CharField(_("lieu"), max_length=80, blank=True)
    credit = models.CharField(_("crédit"), max_length=120, blank=True)
    byline = models.JSONField(_("signature"), default=list)
    sign_count = models.PositiveIntegerField(_("signes"), default=0)
    word_count = models.PositiveIntegerField(_("mots"), default=0)
    is_verbatim = models.BooleanField(_("typographie d’origine"), default=False)
    # Its photos as Photo.freeze() has them: the one that lists show too ({} if there is none), and
    # those of the gallery and the text.
    lead_photo = models.JSONField(_("photo principale"), default=dict, blank=True)
    photos = models.JSONField(_("photos"), default=list, blank=True)
    is_sealed = models.BooleanField(_("sous scellés"), default=False)

    # What search finds it by, as fill_search() makes it: the headline; what stands beside it, its
    # topics and authors; the text. Each database derives its own index from these columns.
    search_a = models.TextField(editable=False, blank=True)
    search_b = models.TextField(editable=False, blank=True)
    search_c = models.TextField(editable=False, blank=True)

    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="editions",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    published_by_name = models.CharField(_("publiée par"), max_length=150, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("édition")
        verbose_name_plural = _("éditions")
        ordering = ["-listed_at", "-article_id", "-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="edition_number_unique"),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="edition_live_until_after_live_from",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("live_from")),
                name="edition_ends_at_after_live_from",
            ),
            models.CheckConstraint(
                condition=Q(embargo_until=None) | Q(live_from__gte=F("embargo_until")),
                name="edition_live_from_after_embargo",
            ),
            models.CheckConstraint(
                condition=Q(published_at__lte=F("live_from")),
                name="edition_published_at_before_live_from",
            ),
            models.CheckConstraint(
                condition=Q(modified_at=None) | Q(modified_at__gte=F("published_at")),
                name="edition_modified_at_after_published_at",
            ),
            models.CheckConstraint(
                condition=~Q(meaning__in=NOTED) | ~Q(note=""), name="edition_note_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(headline="") | Q(meaning=Meaning.WITHDRAWAL),
                name="edition_headline_not_blank",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-listed_at", "-article"],
                include=["live_from", "live_until", "meaning"],
                name="edition_stream",
            ),
            models.Index(
                fields=["-listed_at", "-article"],
                include=["live_from", "live_until", "meaning"],
                condition=Q(word_count__gt=0),
                name="edition_stories",
            ),
            models.Index(fields=["article", "-live_from"], name="edition_timeline"),
            models.Index(fields=["live_from"], name="edition_live_from"),
            models.Index(
                fields=["live_until"],
                condition=Q(live_until__isnull=False),
                name="edition_live_until",
            ),
            models.Index(
                fields=["ends_at"], condition=Q(ends_at__isnull=False), name="edition_ends_at"
            ),
            models.Index(
                fields=["-published_at", "-article"],
                include=[
                    "live_from",
                    "live_until",
                    "meaning",
                    "is_sealed",
                    "word_count",
                    "modified_at",
                ],
                name="edition_archive",
            ),
            models.Index(
                fields=["meaning", "-live_from", "-article"],
                condition=Q(meaning__in=NOTED),
                name="edition_notes",
            ),
            models.Index(
                fields=["-live_from", "-article"],
                condition=Q(is_sealed=True),
                name="edition_sealed",
            ),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whoever prints a text then leaves it alone, in whatever page, feed or picture.
        if self.__dict__.get("is_verbatim"):
            for name in TYPESET:
                if name in self.__dict__:
                    self.__dict__[name] = AsSent(self.__dict__[name])

    def __str__(self):
        return self.headline

    def natural_key(self):
        return (*self.article.natural_key(), self.number)

    natural_key.dependencies = ["articles.article", "articles.revision", "articles.topic"]

    def get_absolute_url(self):
        return address_of("edition-detail", self.article_id, self.slug)

    def fill_search(self, topics):
        """Fill the columns of search from what is frozen and the names of its *topics*."""
        is_shown = self.meaning != Meaning.WITHDRAWAL and not self.is_sealed
        self.search_a = analyse(self.headline) if is_shown else ""
        self.search_b = self.words_beside(topics) if is_shown else ""
        self.search_c = analyse_markup(self.body_html) if is_shown else ""

    def words_beside(self, topics):
        """Return the stems of what stands beside the story, the names of its *topics* among it."""
        beside = [self.kicker, self.standfirst, self.dateline, self.credit]
        beside += [word for part in self.byline for word in (part["name"], part["text"])]
        beside += [topic.name for topic in topics]
        return analyse(" ".join(beside))

    def frozen_photos(self):
        return [photo for photo in (self.lead_photo, *self.photos) if photo]

    def stamp_photos(self, photos):
        stamped = [restamp(frozen, photos) for frozen in self.frozen_photos()]
        self.lead_photo = next((p for p in stamped if p["role"] == "lead"), {})
        self.photos = [p for p in stamped if p is not self.lead_photo]

    def again(self):
        """Return an unsaved Edition with the same frozen content and no place in time."""
        names = ("article_id", "revision_id", "section_id", *FROZEN, *SEARCH, "meaning", "note")
        return Edition(**{name: getattr(self, name) for name in names})

    def is_live(self, at):
        """Whether readers see it at the aware datetime *at*; what live() asks, for one row."""
        return (
            self.live_from <= at
            and (self.live_until is None or at < self.live_until)
            and self.meaning != Meaning.WITHDRAWAL
            and not self.is_sealed
        )

    @property
    def changed_at(self):
        """The one date that readers are told of its last change (E1)."""
        return self.modified_at or self.published_at

    @property
    def dated_corrections(self):
        """Its corrections, the oldest first, as {"at": aware datetime, "note": text}."""
        return [{**c, "at": datetime.fromisoformat(c["at"])} for c in self.corrections]

    @property
    def is_brief(self):
        """Whether it is a headline of agency copy without a story."""
        return not self.word_count


# What lists load of it, and what _lead.html does.
IN_LISTS = tuple(f.name for f in Edition._meta.concrete_fields if f.name not in UNLISTED)
WITH_TEXT = tuple(f.name for f in Edition._meta.concrete_fields if f.name not in SEARCH)
