"""Who did what, when and why: one row for each act, written in the act, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ActQuerySet(models.QuerySet):
    def for_journal(self):
        """Load what a line of the journal prints, without the texts."""
        texts = (
            "article__body",
            "article__standfirst",
            "edition__body_html",
            "revision__snapshot",
            "entry__body_html",
        )
        return self.select_related("article", "edition", "revision", "entry").defer(*texts)


class Act(models.Model):
    class Name(models.TextChoices):
        PUBLISH = "publish", _("Publication")
        PLAN = "plan", _("Publication prévue")
        WITHDRAW = "withdraw", _("Retrait")
        REINSTATE = "reinstate", _("Remise en ligne")
        CANCEL = "cancel", _("Annulation d’une publication prévue")
        BUMP = "bump", _("Remontée")
        EMBARGO = "embargo", _("Embargo")
        LIFT_EMBARGO = "lift-embargo", _("Levée d’embargo")
        PIN = "pin", _("Tête de une")
        UNPIN = "unpin", _("Fin de tête de une")
        SEAL = "seal", _("Mise sous scellés")
        LINK = "link", _("Lien d’aperçu")
        REVOKE_LINK = "revoke-link", _("Lien d’aperçu révoqué")
        LIVE_START = "live-start", _("Début du direct")
        LIVE_END = "live-end", _("Fin du direct")
        ENTRY = "entry", _("Message de direct")
        ENTRY_FIX = "entry-fix", _("Rectificatif d’un message")
        ENTRY_GONE = "entry-gone", _("Retrait d’un message")
        ENTRY_SEAL = "entry-seal", _("Mise sous scellés d’un message")

    name = models.CharField(_("acte"), max_length=12, choices=Name)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="acts",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    article = models.ForeignKey(
        "Article", verbose_name=_("article"), related_name="acts", on_delete=models.PROTECT
    )
    revision = models.ForeignKey(
        "Revision",
        verbose_name=_("version"),
        related_name="acts",
        on_delete=models.PROTECT,
        null=True,
    )
    edition = models.ForeignKey(
        "Edition",
        verbose_name=_("édition"),
        related_name="acts",
        on_delete=models.PROTECT,
        null=True,
    )
    # Of a live blog, what readers saw of the entry.
    entry = models.ForeignKey(
        "LiveEntryEdition",
        verbose_name=_("message de direct"),
        related_name="acts",
        on_delete=models.PROTECT,
        null=True,
    )
    starts_at = models.DateTimeField(_("à partir de"), null=True)
    ends_at = models.DateTimeField(_("jusqu’à"), null=True)
    reason = models.TextField(_("motif"), blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("acte")
        verbose_name_plural = _("entrées du journal")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="act_at"),
            models.Index(fields=["article", "-at"], name="act_article"),
        ]

    def __str__(self):
        return f"{self.get_name_display()} ({self.by_name})"

    @property
    def versions(self):
        """From which revision to which edition, as text. Needs for_journal()."""
        if self.entry:
            return _("message de direct %(entry)d → édition %(edition)d") % {
                "entry": self.entry.entry_id,
                "edition": self.entry.number,
            }
        if self.edition is None:
            return ""
        return _("version %(revision)d → édition %(edition)d") % {
            "revision": self.revision.number,
            "edition": self.edition.number,
        }
