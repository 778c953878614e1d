"""A banner over every public page, for what can't wait."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .edition import TimelineQuerySet


class AlertQuerySet(TimelineQuerySet):
    def for_banner(self):
        """The most urgent first, then the newest."""
        urgent_first = models.Case(models.When(level=Alert.Level.URGENT, then=0), default=1)
        return self.order_by(urgent_first, "-live_from", "-pk")


class Alert(models.Model):
    class Level(models.TextChoices):
        INFO = "info", _("Info")
        URGENT = "urgent", _("Urgent")

    text = models.CharField(_("texte"), max_length=200)
    link = models.CharField(_("lien"), max_length=300, blank=True)
    level = models.CharField(_("niveau"), max_length=6, choices=Level, default=Level.URGENT)
    live_from = models.DateTimeField(_("en ligne dès"))
    live_until = models.DateTimeField(_("en ligne jusqu’à"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
    )
    created_by_name = models.CharField(max_length=150, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        ordering = ["-live_from", "-pk"]
        default_permissions = ["view"]
        permissions = [("publish_alert", _("Peut publier une alerte"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gte=F("live_from")),
                name="alert_live_until_after_live_from",
            )
        ]
        indexes = [models.Index(fields=["-live_from"], name="alert_live_from")]

    def __str__(self):
        return self.text
