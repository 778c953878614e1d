"""The texts that a paper types itself: legal notice, contact, right of reply, charter."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SiteText(models.Model):
    # The key is the address, in the order of the foot.
    class Key(models.TextChoices):
        LEGAL = "mentions-legales", _("Mentions légales")
        CONTACT = "contact", _("Contact")
        REPLY = "droit-de-reponse", _("Droit de réponse")
        CHARTER = "charte", _("Charte")
        ACCESSIBILITY = "accessibilite", _("Accessibilité")

    key = models.CharField(_("page"), max_length=20, choices=Key, unique=True)
    title = models.CharField(_("titre"), max_length=120)
    body_html = models.TextField(_("texte"), blank=True)
    changed_at = models.DateTimeField(_("modifié le"), null=True)

    class Meta:
        verbose_name = _("texte du site")
        verbose_name_plural = _("textes du site")
        ordering = ["pk"]
        default_permissions = ["view", "change"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:site-text", args=[self.key])


class SiteTextVersion(models.Model):
    """What a text was from one change to the next. Never changed."""

    text = models.ForeignKey(SiteText, related_name="versions", on_delete=models.PROTECT)
    title = models.CharField(_("titre"), max_length=120)
    body_html = models.TextField(_("texte"), blank=True)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)

    class Meta:
        verbose_name = _("version d’un texte du site")
        verbose_name_plural = _("versions des textes du site")
        ordering = ["-at", "-pk"]
        default_permissions = []

    def __str__(self):
        return f"{self.text_id}: {self.at:%Y-%m-%d %H:%M}"
