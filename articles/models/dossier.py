"""A dossier: what the newsroom puts at the head of a topic's page, and what readers see of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .edition import ShowsPhotos, TimelineQuerySet


class DossierQuerySet(models.QuerySet):
    def get_by_natural_key(self, topic):
        return self.get(topic__uuid=topic)

    def written(self):
        """Those in which someone saved something."""
        return self.filter(number__gt=0)


class Dossier(models.Model):
    """The desk's working copy: editing it never changes what readers see."""

    topic = models.OneToOneField("Topic", related_name="dossier", on_delete=models.PROTECT)
    introduction_html = models.TextField(_("introduction"), blank=True)
    # The uuids of the chosen articles, as text, in their order.
    stories = models.JSONField(_("articles choisis"), default=list)
    # {"photo": its uuid as text, "caption", "alt"}, {} if there is none.
    photo = models.JSONField(_("photo"), default=dict, blank=True)
    # That of the revision it is: who types over an older one is told.
    number = models.PositiveIntegerField(_("version"), default=0)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    updated_by_name = models.CharField(_("par"), max_length=150, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ["pk"]
        default_permissions = ["change"]

    def __str__(self):
        return str(self.topic)

    def natural_key(self):
        return self.topic.natural_key()

    natural_key.dependencies = ["articles.topic"]


class DossierRevisionQuerySet(models.QuerySet):
    def get_by_natural_key(self, topic, number):
        return self.get(dossier__topic__uuid=topic, number=number)


class DossierRevision(models.Model):
    """What a dossier held after one save, or what a refused one held. Never changed."""

    dossier = models.ForeignKey(Dossier, related_name="revisions", on_delete=models.CASCADE)
    number = models.PositiveIntegerField(_("numéro"), default=1)
    introduction_html = models.TextField(_("introduction"), blank=True)
    stories = models.JSONField(_("articles choisis"), default=list)
    photo = models.JSONField(_("photo"), default=dict, blank=True)
    # Typed over an older one than the newest: it never was the working copy.
    is_refused = models.BooleanField(_("gardée à part"), default=False)
    at = models.DateTimeField(_("le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="dossier_revisions",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150, blank=True)

    objects = DossierRevisionQuerySet.as_manager()

    # What someone types; the rest says when and who.
    TYPED = ("introduction_html", "stories", "photo")

    class Meta:
        verbose_name = _("version d’un dossier")
        verbose_name_plural = _("versions des dossiers")
        ordering = ["-number", "-pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "number"], name="dossier_revision_number_unique"
            )
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.number}"

    def natural_key(self):
        return (*self.dossier.natural_key(), self.number)

    natural_key.dependencies = ["articles.dossier"]


class DossierEditionQuerySet(TimelineQuerySet):
    def get_by_natural_key(self, topic, number):
        return self.get(dossier__topic__uuid=topic, number=number)


class DossierEdition(ShowsPhotos, models.Model):
    """A published version, never changed but for its end. An empty one shows nothing."""

    dossier = models.ForeignKey(Dossier, related_name="editions", on_delete=models.PROTECT)
    number = models.PositiveIntegerField(_("numéro"), default=1)
    introduction_html = models.TextField(_("introduction"), blank=True)
    stories = models.JSONField(_("articles choisis"), default=list)
    # As the desk chose it, and as readers see it: as Photo.freeze() has it.
    photo = models.JSONField(_("photo"), default=dict, blank=True)
    lead_photo = models.JSONField(_("photo principale"), default=dict, blank=True)
    used_photos = models.ManyToManyField("Photo", related_name="dossier_editions", editable=False)
    live_from = models.DateTimeField(_("en ligne dès"))
    live_until = models.DateTimeField(_("en ligne jusqu’à"), null=True)
    reason = models.CharField(_("motif"), max_length=250, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="dossier_editions",
        on_delete=models.SET_NULL,
        null=True,
    )
    published_by_name = models.CharField(_("par"), max_length=150, blank=True)

    objects = DossierEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("édition d’un dossier")
        verbose_name_plural = _("éditions des dossiers")
        ordering = ["-number", "-pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "number"], name="dossier_edition_number_unique"
            ),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(live_until=None), name="dossier_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="dossier_live_until_after_live_from",
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.number}"

    def natural_key(self):
        return (*self.dossier.natural_key(), self.number)

    natural_key.dependencies = ["articles.dossier"]
