"""Who settled a conflict, when, and in which version: beside the revisions, which never change."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .revision import Revision


class Settlement(models.Model):
    conflict = models.OneToOneField(Revision, related_name="settlement", on_delete=models.CASCADE)
    # The version that has what was chosen; another conflict, if someone had saved meanwhile.
    revision = models.ForeignKey(
        Revision, verbose_name=_("version"), related_name="settlements", on_delete=models.CASCADE
    )
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="settlements",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("conflit réglé")
        verbose_name_plural = _("conflits réglés")
        default_permissions = []

    def __str__(self):
        return f"{self.conflict_id} → {self.revision_id}"
