"""What an editor arranges of a front page: its versions at the desk, and what readers get when."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .edition import ShowsPhotos, TimelineQuerySet, restamp


class FrontPageQuerySet(models.QuerySet):
    def of(self, section):
        """Return the front page of *section* (None: the site's own), made if need be, locked.

        People who act on one front page at once take turns.
        """
        self.get_or_create(section=section)
        return self.select_for_update(of=["self"]).select_related("section").get(section=section)


class FrontPage(models.Model):
    """The site's front page, or that of a section; what stands on it is its newest version."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    section = models.ForeignKey(
        "Topic",
        verbose_name=_("rubrique"),
        related_name="front_pages",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )

    objects = FrontPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("une")
        verbose_name_plural = _("unes")
        ordering = ["pk"]
        default_permissions = ["view", "change"]
        permissions = [("publish_front_page", _("Peut publier une une"))]
        constraints = [
            models.UniqueConstraint(Coalesce("section", 0), name="front_page_one_of_each")
        ]

    def __str__(self):
        return self.section.short_name if self.section_id else str(_("La une"))

    def get_absolute_url(self):
        if self.section_id:
            return self.section.get_absolute_url()
        return reverse("articles:front-page")


class FrontPageRevisionQuerySet(models.QuerySet):
    def current(self):
        """Those that are or were the front page at the desk: not what a conflict kept beside."""
        return self.exclude(kind=FrontPageRevision.Kind.CONFLICT)

    def newest(self):
        """What is the front page at the desk now, one of each."""
        newer = FrontPageRevision.objects.current().filter(front_page=OuterRef("front_page"))
        return self.filter(pk=Subquery(newer.order_by("-number").values("pk")[:1]))


class FrontPageRevision(models.Model):
    """An immutable snapshot of the slots, made at every save; slots.py says their shape."""

    class Kind(models.TextChoices):
        SAVE = "save", _("Enregistrement")
        RESTORE = "restore", _("Restauration")
        PIN = "pin", _("Tête de une")
        CONFLICT = "conflict", _("Conflit")

    front_page = models.ForeignKey(FrontPage, related_name="revisions", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("numéro"))
    kind = models.CharField(_("genre"), max_length=8, choices=Kind, default=Kind.SAVE)
    slots = models.JSONField(_("places"), default=list)
    based_on = models.ForeignKey(
        "self", verbose_name=_("d’après"), related_name="+", on_delete=models.RESTRICT, null=True
    )
    reason = models.CharField(_("motif"), max_length=250, blank=True)
    created_at = models.DateTimeField(_("le"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
    )
    created_by_name = models.CharField(max_length=150, blank=True)

    objects = FrontPageRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’une une")
        verbose_name_plural = _("versions des unes")
        ordering = ["-number", "-pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["front_page", "number"], name="front_page_revision_number_unique"
            )
        ]

    def __str__(self):
        return f"{self.front_page_id}/{self.number}"


class FrontPageEditionQuerySet(TimelineQuerySet):
    def of_section(self, section):
        """Those of the front page of *section*, None for the site's own."""
        return self.filter(front_page__section=section)

    def still_to_show(self, at):
        """Of one front page those that are shown at *at* or later, and the newest of all."""
        newest = self.order_by("-number").values("pk")[:1]
        return self.filter(Q(live_until=None) | Q(live_until__gt=at) | Q(pk__in=newest))

    def shown(self, section, at):
        """Return what is in force at the aware datetime *at*, or None: the page fills itself."""
        return self.of_section(section).in_force(at).first()


class FrontPageEdition(ShowsPhotos, models.Model):
    """What readers get of a front page for some time; its slots never change."""

    PHOTO_FIELDS = ("photos",)

    front_page = models.ForeignKey(FrontPage, related_name="editions", on_delete=models.PROTECT)
    number = models.PositiveIntegerField(_("numéro"))
    # None: an act made it of what was published, as "Mettre en tête de une" does.
    revision = models.ForeignKey(
        FrontPageRevision, related_name="editions", on_delete=models.PROTECT, null=True
    )
    slots = models.JSONField(_("places"), default=list)
    # Those of its slots, by the slot's key, as Photo.freeze() has them.
    photos = models.JSONField(_("photos"), default=dict, blank=True)
    used_photos = models.ManyToManyField(
        "Photo", related_name="front_page_editions", editable=False
    )
    live_from = models.DateTimeField(_("en ligne dès"))
    live_until = models.DateTimeField(_("en ligne jusqu’à"), null=True)
    ends_at = models.DateTimeField(_("fin demandée"), null=True)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
    )
    published_by_name = models.CharField(max_length=150, blank=True)

    objects = FrontPageEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("édition d’une une")
        verbose_name_plural = _("éditions des unes")
        ordering = ["-live_from", "-pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["front_page", "number"], name="front_page_edition_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="front_page_edition_live_until_after_live_from",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("live_from")),
                name="front_page_edition_ends_at_after_live_from",
            ),
        ]
        indexes = [
            models.Index(fields=["front_page", "-live_from"], name="front_page_edition_timeline")
        ]

    def __str__(self):
        return f"{self.front_page_id}/{self.number}"

    def frozen_photos(self):
        return [*self.photos.values()]

    def stamp_photos(self, photos):
        self.photos = {key: restamp(frozen, photos) for key, frozen in self.photos.items()}
