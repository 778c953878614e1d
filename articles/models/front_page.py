"""What an editor put at the head of the front page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .edition import TimelineQuerySet


class PinQuerySet(TimelineQuerySet):
    def lead(self, at):
        """Return the article id at the head of the front page at *at*, or None."""
        pins = self.in_force(at).order_by("-live_from", "-pk")
        return pins.values_list("article_id", flat=True).first()


class Pin(models.Model):
    article = models.ForeignKey("Article", related_name="pins", on_delete=models.PROTECT)
    live_from = models.DateTimeField(_("en tête dès"))
    live_until = models.DateTimeField(_("en tête jusqu’à"))

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("tête de une")
        verbose_name_plural = _("têtes de une")
        ordering = ["-live_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(live_until__gte=models.F("live_from")),
                name="pin_live_until_after_live_from",
            )
        ]
        indexes = [models.Index(fields=["-live_from"], name="pin_live_from")]

    def __str__(self):
        return f"{self.article_id}: {self.live_from} – {self.live_until}"
