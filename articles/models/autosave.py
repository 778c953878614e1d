"""What a person typed into an article's form and hasn't saved: theirs alone, and no revision."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .article import Article

KEPT_FOR = timedelta(days=30)
# Of one person and article. Each form opened has its own: two tabs never overwrite each other.
FORMS_KEPT = 5


class AutosaveQuerySet(models.QuerySet):
    def unsaved(self, by):
        """What *by* typed and never saved, the newest first."""
        since = timezone.now() - KEPT_FOR
        return self.filter(user=by, saved_at=None, typed_at__gt=since).order_by("-typed_at", "-pk")

    def of_new_articles(self):
        """Those of articles that were never saved."""
        return self.filter(~Exists(Article.objects.filter(uuid=OuterRef("article_key"))))

    @transaction.atomic
    def keep(self, *, by, article, form, typed, typed_at):
        """Store what *by* typed into a *form* of the *article*, both given by their uuid.

        Return False if that form was saved meanwhile: then nothing is stored.
        """
        fields = {"article_key": article, "typed": typed, "typed_at": typed_at}
        mine = self.select_for_update().defer("typed")
        row, is_new = mine.get_or_create(user=by, form=form, defaults=fields)
        if is_new:
            self.drop_old(by, article)
        elif row.saved_at is None and row.typed_at <= typed_at:
            self.filter(pk=row.pk).update(**fields)
        return row.saved_at is None

    def drop_old(self, by, article):
        newest = self.unsaved(by).filter(article_key=article)[:FORMS_KEPT]
        keys = list(newest.values_list("pk", flat=True))
        self.filter(user=by, article_key=article, saved_at=None).exclude(pk__in=keys).delete()
        self.purge()

    def close(self, *, by, article, form):
        """Forget what *by* typed into *form*, which was saved: what it sends late is dropped too.

        Without a *form*, forget all that *by* typed into the *article*.
        """
        if form is None:
            self.filter(user=by, article_key=article, saved_at=None).delete()
            return
        now = timezone.now()
        emptied = {"article_key": article, "typed": {}, "typed_at": now, "saved_at": now}
        self.update_or_create(user=by, form=form, defaults=emptied)

    def purge(self):
        """Delete what is past its time and return how many texts that were."""
        now = timezone.now()
        self.filter(saved_at__lt=now - timedelta(days=1)).delete()
        return self.filter(typed_at__lt=now - KEPT_FOR).delete()[0]


class Autosave(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="autosaves",
        on_delete=models.CASCADE,
    )
    # The uuid of an Article that may not be saved yet.
    article_key = models.UUIDField()
    form = models.UUIDField()
    # {name of a field of the form: its values as a list of text}, HTML cleaned.
    typed = models.JSONField(_("texte"))
    typed_at = models.DateTimeField(_("le"))
    # When the form was saved; the row stays a while to stop what is still on its way.
    saved_at = models.DateTimeField(null=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("texte non enregistré")
        verbose_name_plural = _("textes non enregistrés")
        constraints = [
            models.UniqueConstraint(fields=["user", "form"], name="autosave_once_a_form")
        ]
        indexes = [models.Index(fields=["user", "article_key"], name="autosave_article")]

    def __str__(self):
        return f"{self.article_key}: {self.user_id}"

    @property
    def headline(self):
        """The headline that was typed, perhaps none."""
        return "".join(self.typed.get("headline", [])).strip()
