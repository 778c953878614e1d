"""A story's way through the desk before publication: who handed it on, when and why."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.Model):
    class Name(models.TextChoices):
        SUBMIT = "submit", _("Soumission")
        APPROVE = "approve", _("Approbation")
        SEND_BACK = "send-back", _("Renvoi")
        DROP = "drop", _("Abandon")
        RESUME = "resume", _("Reprise")
        TRASH = "trash", _("Mise à la corbeille")
        RESTORE = "restore", _("Sortie de la corbeille")

    # Readers never saw what a step is about: it goes with its draft, unlike an Act.
    article = models.ForeignKey(
        "Article", verbose_name=_("article"), related_name="steps", on_delete=models.CASCADE
    )
    name = models.CharField(_("étape"), max_length=9, choices=Name)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="steps",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    reason = models.TextField(_("motif"), blank=True)

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ["-at", "-pk"]
        default_permissions = []
        indexes = [models.Index(fields=["article", "-at"], name="step_article")]

    def __str__(self):
        return f"{self.get_name_display()} ({self.by_name})"
