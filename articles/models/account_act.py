"""Who opened, changed or closed an account, and when; written with the change, never changed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountActManager(models.Manager):
    def note(self, name, account, *, by, told=""):
        return self.create(
            name=name,
            at=timezone.now(),
            by=by,
            by_name=str(by),
            account=account if account.pk else None,
            account_name=str(account),
            told=told,
        )


class AccountAct(models.Model):
    class Name(models.TextChoices):
        INVITE = "invite", _("Invitation")
        ROLES = "roles", _("Rôles")
        CHANGE = "change", _("Compte modifié")
        PASSWORD = "password", _("Mot de passe changé")  # noqa: S105 - a label
        DISABLE = "disable", _("Compte désactivé")
        ENABLE = "enable", _("Compte réactivé")
        DELETE = "delete", _("Compte supprimé")
        PROFILE = "profile", _("Profil modifié")

    name = models.CharField(_("acte"), max_length=8, choices=Name)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="account_acts",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    # An account goes when it is deleted; its name stays here.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("compte"),
        related_name="acts_on_it",
        on_delete=models.SET_NULL,
        null=True,
    )
    account_name = models.CharField(_("compte"), max_length=150)
    # What changed, in words: of secrets only that they changed.
    told = models.TextField(_("ce qui a changé"), blank=True)

    objects = AccountActManager()

    class Meta:
        verbose_name = _("acte sur un compte")
        verbose_name_plural = _("actes sur les comptes")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["-at", "-id"], name="account_act_at")]

    def __str__(self):
        return f"{self.get_name_display()} ({self.by_name})"
