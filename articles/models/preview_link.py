"""An address under which someone without an account reads a story before it is published."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .act import Act

LIFETIME = timedelta(hours=48)


class PreviewLinkQuerySet(models.QuerySet):
    def open(self, at):
        """Those that can be read at the aware datetime *at*."""
        return self.filter(revoked_at=None, expires_at__gt=at)

    def with_token(self, token):
        return self.filter(digest=digest(token))

    @transaction.atomic
    def make(self, article, *, by, **fields):
        """Store a link to *article*; return it and its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        link = self.create(
            article=article,
            digest=digest(token),
            created_by=by,
            created_by_name=str(by),
            **fields,
        )
        link.note(Act.Name.LINK, by=by)
        return link, token


class PreviewLink(models.Model):
    article = models.ForeignKey("Article", related_name="preview_links", on_delete=models.CASCADE)
    # The sha256 of the token: who reads the database can't open the links.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    revision = models.ForeignKey(
        "Revision",
        verbose_name=_("version"),
        related_name="preview_links",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        help_text=_("Vide : toujours la plus récente."),
    )
    label = models.CharField(_("pour qui"), max_length=120)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="preview_links",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
    )
    created_by_name = models.CharField(max_length=150, editable=False)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, editable=False)
    revoked_by_name = models.CharField(max_length=150, blank=True, editable=False)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien d’aperçu")
        verbose_name_plural = _("liens d’aperçu")
        ordering = ["-created_at", "-pk"]
        default_permissions = []

    def __str__(self):
        return self.label

    @transaction.atomic
    def revoke(self, *, by):
        """Close the link now."""
        self.revoked_at, self.revoked_by_name = timezone.now(), str(by)
        self.save(update_fields=["revoked_at", "revoked_by_name"])
        self.note(Act.Name.REVOKE_LINK, by=by)

    def note(self, name, *, by):
        """Write the journal's line: for whom, which version and until when."""
        end = self.expires_at if name == Act.Name.LINK else None
        Act.objects.create(
            name=name,
            at=timezone.now(),
            by=by,
            by_name=str(by),
            article=self.article,
            revision=self.revision,
            ends_at=end,
            reason=self.label,
        )

    def is_open(self, at):
        """Whether it can be read at the aware datetime *at*; what open() asks, for one row."""
        return self.revoked_at is None and at < self.expires_at


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
