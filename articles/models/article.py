"""The desk's working copy of a story. Readers never see it: they see its editions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from .edition import Edition, Meaning
from .revision import Revision
from .topic import Topic


class ArticleQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        return self.get(uuid=key)

    def with_state(self, at):
        """Annotate what the timeline says at the aware datetime *at*.

        latest_number, latest_digest and signs: the newest revision and its length;
        in_force_meaning, in_force_number and in_force_digest: the edition in force and its
        revision; planned_from: the start of the next plan. None where there is none.
        """
        editions = Edition.objects.filter(article=OuterRef("pk"))
        in_force = editions.in_force(at)
        revisions = Revision.objects.current().filter(article=OuterRef("pk")).order_by("-number")
        return self.annotate(
            latest_number=Subquery(revisions.values("number")[:1]),
            signs=Subquery(revisions.values("sign_count")[:1]),
            latest_digest=Subquery(revisions.values("digest")[:1]),
            in_force_meaning=Subquery(in_force.values("meaning")[:1]),
            in_force_number=Subquery(in_force.values("revision__number")[:1]),
            in_force_digest=Subquery(in_force.values("revision__digest")[:1]),
            planned_from=Subquery(
                editions.planned(at).order_by("live_from").values("live_from")[:1]
            ),
        )

    # What the desk's dashboard and the filters of its list ask. Each starts from the few editions
    # that matter, not from all articles. *at* is an aware datetime.

    def out_of_trash(self):
        return self.exclude(status=Article.Status.TRASHED)

    def drafts_of(self, user):
        """Those of *user* that are still to be handed over, and were never planned or shown."""
        return self.filter(owner=user, status=Article.Status.DRAFT, editions=None)

    def live(self, at):
        return self.filter(Exists(of_outer(Edition.objects.live(at))))

    def newest_live(self, at, count):
        """The *count* whose text came on the site last."""
        newest = Edition.objects.live(at).order_by("-live_from", "-pk")
        return self.filter(pk__in=newest.values("article")[:count])

    def changed(self):
        """Those of which readers see another text. Needs with_state()."""
        return self.exclude(in_force_digest=F("latest_digest")).exclude(in_force_digest=None)

    def planned(self, at):
        return self.filter(pk__in=Edition.objects.planned(at).values("article"))

    def ending(self, at, until):
        """Those that are live at *at* and will leave the site by *until*."""
        ends = Edition.objects.live(at).filter(ends_at__gt=at, ends_at__lt=until)
        return self.filter(pk__in=ends.values("article"))

    def corrected(self, since, at):
        made = Edition.objects.went_live(at).filter(meaning=Meaning.CORRECTION)
        return self.filter(pk__in=made.filter(live_from__gte=since).values("article"))


def of_outer(editions):
    return editions.filter(article=OuterRef("pk"))


class Article(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        REVIEW = "review", _("À relire")
        READY = "ready", _("Prêt")
        DROPPED = "dropped", _("Abandonné")
        TRASHED = "trashed", _("À la corbeille")

    # Those in which a story is still its owner's own: not yet handed over.
    OWN_STATUSES = (Status.DRAFT, Status.DROPPED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kicker = models.CharField(_("surtitre"), max_length=120, blank=True)
    headline = models.CharField(_("titre"), max_length=250, blank=True)
    slug = models.SlugField(
        _("adresse"),
        max_length=120,
        blank=True,
        help_text=_("Faite du titre si elle reste vide."),
    )
    standfirst = models.TextField(_("chapô"), blank=True)
    body = models.TextField(_("texte"), blank=True)
    dateline = models.CharField(
        _("lieu"), max_length=80, blank=True, help_text=_("D’où l’article est écrit.")
    )
    credit = models.CharField(
        _("crédit"), max_length=120, blank=True, help_text=_("Par exemple AFP.")
    )
    is_verbatim = models.BooleanField(
        _("typographie d’origine"),
        default=False,
        help_text=_("Guillemets, apostrophes et espaces paraissent comme ils sont saisis."),
    )
    section = models.ForeignKey(
        Topic,
        verbose_name=_("rubrique"),
        related_name="section_articles",
        on_delete=models.PROTECT,
        limit_choices_to={"is_section": True},
        null=True,
        blank=True,
    )
    topics = TaggableManager(
        verbose_name=_("sujets"), through="ArticleTopic", related_name="articles", blank=True
    )
    status = models.CharField(_("état"), max_length=8, choices=Status, default=Status.DRAFT)
    embargo_until = models.DateTimeField(_("embargo jusqu’au"), null=True, blank=True)
    due_at = models.DateTimeField(_("à rendre le"), null=True, blank=True)
    trashed_at = models.DateTimeField(_("à la corbeille depuis"), null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsable"),
        related_name="articles",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-updated_at", "-pk"]
        permissions = [
            ("change_any_article", _("Peut modifier les articles des autres")),
            ("publish_article", _("Peut publier et prévoir")),
            ("correct_article", _("Peut publier un rectificatif")),
            ("pin_article", _("Peut mettre en tête de une")),
            ("embargo_article", _("Peut mettre sous embargo")),
            ("lift_embargo", _("Peut lever un embargo")),
            ("withdraw_article", _("Peut retirer et remettre en ligne")),
            ("seal_edition", _("Peut mettre une édition sous scellés")),
            ("view_site_at", _("Peut voir le site à un autre instant")),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="article_updated"),
            models.Index(fields=["status", "-updated_at"], name="article_status"),
            models.Index(fields=["owner", "-updated_at"], name="article_owner"),
        ]

    def __str__(self):
        return self.headline or str(_("Sans titre"))

    def natural_key(self):
        return (str(self.uuid),)

    @property
    def has_unpublished_changes(self):
        """Whether readers see another text. Needs with_state()."""
        return self.in_force_digest is not None and self.in_force_digest != self.latest_digest

    def may_be_edited_by(self, user):
        """Whether *user*, who may change articles, may change this one."""
        if self.status == self.Status.TRASHED:
            return False
        if user.has_perm("articles.change_any_article"):
            return True
        return self.owner_id == user.pk and self.status in self.OWN_STATUSES

    def snapshot(self, topics=None, bylines=None, photos=None):
        """Return all that the desk typed, as JSON whose keys outlive a rename (Revision.SCHEMA).

        *topics* are Topic objects and *bylines* ArticleAuthor objects in order, *photos* what
        ArticlePhoto.snapshot() returns; without them the saved ones are read.
        """
        topics = self.topics.all() if topics is None else topics
        bylines = self.load_bylines() if bylines is None else bylines
        photos = self.load_photos() if photos is None else photos
        typed = {
            "kicker": self.kicker,
            "headline": self.headline,
            "slug": self.slug,
            "standfirst": self.standfirst,
            "body": self.body,
            "dateline": self.dateline,
            "credit": self.credit,
            "section": str(self.section.uuid) if self.section_id or self.section else None,
            "topics": sorted(str(topic.uuid) for topic in topics),
            "bylines": [byline.snapshot() for byline in bylines],
            # Only where it is true: what was saved before there was a choice keeps its digest.
            **({"is_verbatim": True} if self.is_verbatim else {}),
        }
        return {**typed, "photos": photos} if photos else typed

    def load_bylines(self):
        return list(self.bylines.select_related("author"))

    def load_photos(self):
        """Return what the desk chose of the photos beside the text, as it is in a snapshot."""
        return [use.snapshot() for use in self.article_photos.select_related("photo")]


class ArticleTopicQuerySet(models.QuerySet):
    def get_by_natural_key(self, article, topic):
        return self.get(content_object__uuid=article, tag__uuid=topic)


class ArticleTopic(ItemBase):
    """A topic of a story; the names of its columns are django-taggit's."""

    content_object = models.ForeignKey(
        Article, related_name="article_topics", on_delete=models.CASCADE
    )
    tag = models.ForeignKey(
        Topic, verbose_name=_("sujet"), related_name="article_topics", on_delete=models.PROTECT
    )

    objects = ArticleTopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("sujet d’un article")
        verbose_name_plural = _("sujets des articles")
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="article_topic_once")
        ]

    def __str__(self):
        return f"{self.content_object_id}: {self.tag_id}"

    def natural_key(self):
        return (*self.content_object.natural_key(), *self.tag.natural_key())

    natural_key.dependencies = ["articles.article", "articles.topic"]


class ArticleAuthorQuerySet(models.QuerySet):
    def get_by_natural_key(self, article, position):
        # Positions aren't unique, so that two bylines can change places one save at a time.
        return self.filter(article__uuid=article, position=position).order_by("pk")[:1].get()


class ArticleAuthor(models.Model):
    """One part of a byline: an author, a wording, or both."""

    class Role(models.TextChoices):
        WRITER = "writer", _("Texte")
        CONTRIBUTOR = "contributor", _("Avec")
        PHOTOGRAPHER = "photographer", _("Photos")
        TRANSLATOR = "translator", _("Traduction")

    article = models.ForeignKey(Article, related_name="bylines", on_delete=models.CASCADE)
    author = models.ForeignKey(
        "Author",
        verbose_name=_("auteur"),
        related_name="article_bylines",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    role = models.CharField(_("rôle"), max_length=12, choices=Role, default=Role.WRITER)
    text = models.CharField(
        _("mention"),
        max_length=120,
        blank=True,
        help_text=_("Après le nom : « avec AFP », « à Marseille » ; ou une signature collective."),
    )

    objects = ArticleAuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(text=""),
                name="article_author_names_someone",
            ),
        ]

    def __str__(self):
        return f"{self.author or ''} {self.text}".strip()

    def natural_key(self):
        return (*self.article.natural_key(), self.position)

    natural_key.dependencies = ["articles.article"]

    def snapshot(self):
        return {
            "author": self.author and self.author.slug,
            "role": self.role,
            "text": self.text,
        }
