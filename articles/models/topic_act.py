"""Who did what to a topic, and all that is needed to undo a merge; written in the act."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TopicAddress(models.Model):
    """An address that a topic had before: it leads to the topic for good."""

    slug = models.SlugField(_("ancienne adresse"), max_length=100, unique=True)
    topic = models.ForeignKey("Topic", related_name="addresses", on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("ancienne adresse d’un sujet")
        verbose_name_plural = _("anciennes adresses des sujets")
        default_permissions = []

    def __str__(self):
        return self.slug


class TopicActQuerySet(models.QuerySet):
    def about(self, topic):
        """The acts on *topic*, and those that brought another one into it."""
        return self.filter(models.Q(topic=topic) | models.Q(other=topic))

    def for_journal(self):
        return self.select_related("topic", "other", "undone_by")


class TopicAct(models.Model):
    class Name(models.TextChoices):
        CREATE = "create", _("Création")
        RENAME = "rename", _("Nouveau nom")
        MOVE = "move", _("Déplacement")
        PLACE = "place", _("Navigation")
        MERGE = "merge", _("Fusion")
        UNMERGE = "unmerge", _("Fusion annulée")
        DELETE = "delete", _("Suppression")
        DOSSIER = "dossier", _("Dossier")

    name = models.CharField(_("acte"), max_length=8, choices=Name)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        related_name="topic_acts",
        on_delete=models.SET_NULL,
        null=True,
    )
    by_name = models.CharField(_("par"), max_length=150)
    # A topic goes when it is deleted; its name stays here.
    topic = models.ForeignKey(
        "Topic", verbose_name=_("sujet"), related_name="acts", on_delete=models.SET_NULL, null=True
    )
    topic_name = models.CharField(_("sujet"), max_length=100)
    # Into what it was merged, or below what it was moved.
    other = models.ForeignKey(
        "Topic",
        verbose_name=_("autre sujet"),
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
    )
    other_name = models.CharField(_("autre sujet"), max_length=100, blank=True)
    reason = models.TextField(_("motif"), blank=True)
    # {"name": [before, after], …}; of a merge {"articles": ids, …}, see topic_acts.merge().
    details = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", related_name="undone_by", on_delete=models.PROTECT, null=True
    )

    objects = TopicActQuerySet.as_manager()

    class Meta:
        verbose_name = _("acte sur un sujet")
        verbose_name_plural = _("actes sur les sujets")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["-at", "-id"], name="topic_act_at")]

    def __str__(self):
        return f"{self.get_name_display()} ({self.by_name})"

    @property
    def is_undone(self):
        return hasattr(self, "undone_by")

    @property
    def told(self):
        """What changed, as text."""
        if self.name in (self.Name.MERGE, self.Name.UNMERGE):
            articles = {*self.details["articles"], *self.details["doubles"], *self.details["homes"]}
            told = _(
                "« %(topic)s » → « %(other)s » (articles : %(articles)d, éditions : %(editions)d)"
            )
            return told % {
                "topic": self.topic_name,
                "other": self.other_name,
                "articles": len(articles),
                "editions": len(self.details["editions"]),
            }
        changes = [f"{before or '–'} → {after or '–'}" for before, after in self.details.values()]
        return ", ".join(changes)
