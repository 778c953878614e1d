"""Who added, removed or gave an end to a photo; written in the act."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PhotoAct(models.Model):
    class Name(models.TextChoices):
        ADD = "add", _("Ajout")
        RIGHTS = "rights", _("Fin des droits")
        REMOVE = "remove", _("Retrait du site")
        RESTORE = "restore", _("Remise sur le site")

    name = models.CharField(_("acte"), max_length=7, choices=Name)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="photo_acts",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    photo = models.ForeignKey(
        "Photo", verbose_name=_("photo"), related_name="acts", on_delete=models.PROTECT
    )
    # Of the rights: the ends before and after, None where there is none.
    until_before = models.DateTimeField(_("avant"), null=True)
    until = models.DateTimeField(_("après"), null=True)
    reason = models.TextField(_("motif"), blank=True)

    class Meta:
        verbose_name = _("acte sur une photo")
        verbose_name_plural = _("actes sur les photos")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["photo", "-at"], name="photo_act_photo")]

    def __str__(self):
        return f"{self.get_name_display()} ({self.by_name})"
