"""Who has which article open at the desk. It tells, and locks nothing."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# The form says every 20 s that it is open; a browser lets a hidden tab speak once a minute.
GONE_AFTER = timedelta(seconds=65)


class PresenceQuerySet(models.QuerySet):
    def current(self):
        return self.filter(seen_at__gt=timezone.now() - GONE_AFTER)

    def names(self):
        """Return the people's names, as a User's text has them, for a subquery."""
        full = Trim(Concat("user__first_name", Value(" "), "user__last_name"))
        return self.values_list(Coalesce(NullIf(full, Value("")), "user__username"), flat=True)

    def gone(self):
        return self.filter(seen_at__lte=timezone.now() - GONE_AFTER)

    def beat(self, *, by, article, form):
        """Note that *by* still has *article* open in *form*, a uuid."""
        now = timezone.now()
        if self.filter(user=by, form=form).update(seen_at=now):
            return
        self.gone().delete()
        fields = {"article": article, "since": now, "seen_at": now}
        self.update_or_create(user=by, form=form, defaults=fields)


class Presence(models.Model):
    # A table, because the cache may be each process's own. A row is a few bytes, written in a
    # fraction of a millisecond, and given up at once where the database is busy.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        related_name="presences",
        on_delete=models.CASCADE,
    )
    article = models.ForeignKey(
        "Article",
        verbose_name=_("article"),
        related_name="presences",
        on_delete=models.CASCADE,
    )
    form = models.UUIDField()
    since = models.DateTimeField(_("depuis"))
    seen_at = models.DateTimeField(_("vu le"))

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "form"], name="presence_once_a_form")
        ]

    def __str__(self):
        return f"{self.article_id}: {self.user_id}"
