"""One row that says which state of the public site is the newest."""

import json
from datetime import UTC, timedelta

from django.db import connections, models

from .delivery import Delivery

# The clocks of several machines may differ by this much. An instant stays in the row as long, so
# that a page made by one that is behind isn't taken for one made after the instant.
CLOCKS_DIFFER = timedelta(minutes=1)


class SiteStateManager(models.Manager):
    def read(self):
        """Return (version, instants, texts, alerts): one raw query, the cost of a kept page."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT version, instants, texts, alerts FROM articles_sitestate WHERE id = 1"
            )
            version, *lists = cursor.fetchone() or (0, "[]", "[]", "[]")
        return version, *map(json.loads, lists)

    def lock(self):
        """Return the row, locked: acts on different articles that lock it take turns."""
        return self.select_for_update().get_or_create(pk=SiteState.ONLY)[0]

    def bump(self, now, *instants):
        """Count one change of what readers see, the last statement of an act at *now*.

        *instants* are the aware datetimes at which something starts or ends; those still to
        come are kept, sorted, as ISO strings in UTC. Caches in front are told, now and then.
        """
        coming = [instant for instant in instants if instant]
        Delivery.objects.queue(now, coming)
        state = self.lock()
        known = {*state.instants, *map(SiteState.encode, coming)}
        past = SiteState.encode(now - CLOCKS_DIFFER)
        state.instants = sorted(instant for instant in known if instant > past)
        state.version += 1
        state.save(update_fields=["version", "instants"])


class SiteState(models.Model):
    ONLY = 1

    version = models.PositiveBigIntegerField(default=1)
    instants = models.JSONField(default=list)
    # The site's own texts that aren't empty, as [key, title]: the foot of each page has them
    # without a query.
    texts = models.JSONField(default=list)
    # The alerts that are shown or will be, as [text, link, level, from, until], the first one on
    # top: the head of each page has them without a query. The times are as encode() gives them.
    alerts = models.JSONField(default=list)

    objects = SiteStateManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_state_is_one_row")
        ]

    def __str__(self):
        return f"version {self.version}"

    @staticmethod
    def encode(instant):
        """Return an aware datetime as text that sorts as time does."""
        return instant.astimezone(UTC).isoformat(timespec="microseconds")
