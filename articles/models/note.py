"""What the newsroom says to itself about a story; readers never see it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoteQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)

    def add(self, article, *, text, by):
        return self.create(article=article, text=text, by=by, by_name=str(by))

    def resolve(self, *, by):
        """Resolve those that are open; return how many were."""
        return self.open().update(
            resolved_at=timezone.now(), resolved_by=by, resolved_by_name=str(by)
        )


class Note(models.Model):
    article = models.ForeignKey(
        "Article", verbose_name=_("article"), related_name="notes", on_delete=models.CASCADE
    )
    text = models.TextField(_("note"))
    at = models.DateTimeField(_("le"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="notes",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    resolved_at = models.DateTimeField(_("résolue le"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("résolue par"),
        related_name="resolved_notes",
        on_delete=models.SET_NULL,
        null=True,
    )
    resolved_by_name = models.CharField(_("résolue par"), max_length=150, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note interne")
        verbose_name_plural = _("notes internes")
        ordering = ["at", "pk"]
        default_permissions = []

    def __str__(self):
        return self.text[:60]
