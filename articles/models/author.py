"""Whose name readers see: a journalist, an agency, a collective."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from ..addresses import address_of
from .derived_row import EditionAuthor


class AuthorQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def with_stories(self, at):
        """Those under whose name readers find a story at the aware datetime *at*."""
        rows = EditionAuthor.objects.live(at).filter(author=OuterRef("pk"))
        return self.filter(Exists(rows))


class Author(models.Model):
    class Kind(models.TextChoices):
        PERSON = "person", _("Personne")
        AGENCY = "agency", _("Agence")
        COLLECTIVE = "collective", _("Signature collective")

    name = models.CharField(_("nom"), max_length=120)
    # The address of the author's page: chosen once, so that it stays.
    slug = models.SlugField(_("adresse"), max_length=120, unique=True)
    kind = models.CharField(_("genre"), max_length=12, choices=Kind, default=Kind.PERSON)
    job = models.CharField(_("fonction"), max_length=120, blank=True)
    biography = models.TextField(_("biographie"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("compte"),
        related_name="author",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("auteur")
        verbose_name_plural = _("auteurs")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return address_of("author-detail", self.slug)
