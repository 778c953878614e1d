"""The outbox: what caches in front of the site are to be told, written in the act itself."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

# The wait after the first failure; it doubles with each further one.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


class DeliveryQuerySet(models.QuerySet):
    def queue(self, now, instants):
        """Add a purge for *now* and one for each coming instant; try the first after commit."""
        if not settings.PURGE_URL:
            return
        due = {now, *(instant for instant in instants if instant > now)}
        self.bulk_create(Delivery(due_at=instant, next_try_at=instant) for instant in due)
        transaction.on_commit(partial(self.try_now, now))

    def try_now(self, now):
        from ..purging import deliver  # it imports this model

        deliver(now)

    def due(self, now):
        """Those to be tried at the aware datetime *now*."""
        return self.filter(delivered_at=None, next_try_at__lte=now)

    def failing(self):
        return self.filter(delivered_at=None, attempts__gt=0)


class Delivery(models.Model):
    """One purge of everything: any act may change any page, and the origin answers in no time."""

    due_at = models.DateTimeField(_("pour"))
    next_try_at = models.DateTimeField(_("prochain essai"), db_index=True)
    delivered_at = models.DateTimeField(_("fait le"), null=True)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    error = models.TextField(_("dernière erreur"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("purge des caches")
        verbose_name_plural = _("purges des caches")
        ordering = ["-due_at", "-pk"]

    def __str__(self):
        return f"{self.due_at:%Y-%m-%d %H:%M:%S}"

    def wait(self):
        """Return how long to wait after the failures so far."""
        return min(FIRST_WAIT * 2 ** min(self.attempts - 1, 16), LONGEST_WAIT)
