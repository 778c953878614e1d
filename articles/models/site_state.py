"""One row that says which state of the public site is the newest."""

from datetime import UTC

from django.db import models


class SiteStateManager(models.Manager):
    def lock(self):
        """Return the row, locked: acts on different articles that lock it take turns."""
        return self.select_for_update().get_or_create(pk=SiteState.ONLY)[0]

    def bump(self, now, *instants):
        """Count one change of what readers see, the last statement of an act at *now*.

        *instants* are the aware datetimes at which something starts or ends; those still to
        come are kept, sorted, as ISO strings in UTC.
        """
        state = self.lock()
        coming = {*state.instants, *map(SiteState.encode, filter(None, instants))}
        state.instants = sorted(instant for instant in coming if instant > SiteState.encode(now))
        state.version += 1
        state.save(update_fields=["version", "instants"])


class SiteState(models.Model):
    ONLY = 1

    version = models.PositiveBigIntegerField(default=1)
    instants = models.JSONField(default=list)

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
