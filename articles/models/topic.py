"""What a story is about: IPTC Media Topics and the newsroom's own tags, in one tree."""

import uuid

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from ..slug import make_slug
from .edition import EditionTopic

ANCESTORS = """
    WITH RECURSIVE line(id, parent_id) AS (
        SELECT id, COALESCE(merged_into_id, parent_id) FROM articles_topic WHERE uuid IN (%s)
        UNION
        SELECT topic.id, COALESCE(topic.merged_into_id, topic.parent_id)
        FROM articles_topic topic JOIN line ON topic.id = line.parent_id
    )
    SELECT topic.* FROM articles_topic topic JOIN line ON topic.id = line.id ORDER BY topic.id
"""


class TopicQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        return self.get(uuid=key)

    def sections(self):
        """The sections of the navigation, in its order."""
        return self.filter(is_section=True, merged_into=None).order_by("position", "name", "pk")

    def with_stories(self, at):
        """Those under which readers find a story at the aware datetime *at*."""
        rows = EditionTopic.objects.live(at).filter(topic=OuterRef("pk"))
        return self.filter(Exists(rows), merged_into=None)

    def of_edition(self, edition):
        """What *edition* is about, without its section."""
        return self.filter(edition_topics__edition=edition, edition_topics__is_direct=True).exclude(
            pk=edition.section_id
        )

    def for_page(self):
        """Load what a topic's page prints of it: what stands above, as deep as IPTC's tree."""
        return self.select_related("merged_into", "parent__parent__parent__parent__parent")

    def with_ancestors(self, keys):
        """Return the topics with the uuids *keys* and all that stand above them, in one query."""
        if not keys:
            return []
        field = self.model._meta.get_field("uuid")
        values = [field.get_db_prep_value(key, connections[self.db]) for key in sorted(keys)]
        return list(self.raw(ANCESTORS % ", ".join(["%s"] * len(values)), values))


class Topic(TagBase):
    # The key that fixtures and revisions use: it outlives a renaming.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    qcode = models.CharField(
        _("code IPTC"),
        max_length=32,
        blank=True,
        help_text=_("Par exemple medtop:20000590 ; vide pour les mots-clés de la rédaction."),
    )
    label = models.CharField(
        _("nom court"), max_length=40, blank=True, help_text=_("Celui de la navigation.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        related_name="children",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    is_section = models.BooleanField(_("rubrique"), default=False)
    position = models.PositiveSmallIntegerField(_("rang dans la navigation"), default=0)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("fusionné dans"),
        related_name="merged_topics",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("sujet")
        verbose_name_plural = _("sujets")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["qcode"], condition=~Q(qcode=""), name="topic_qcode_unique"
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("pk")), name="topic_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("pk")), name="topic_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(
                fields=["position", "name"], condition=Q(is_section=True), name="topic_sections"
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (str(self.uuid),)

    def slugify(self, tag, i=None):
        """Return the address of a topic named *tag*; django-taggit asks with the *i*th try."""
        return f"{make_slug(tag)}_{i}" if i else make_slug(tag)

    def get_absolute_url(self):
        page = "section-detail" if self.is_section else "topic-detail"
        return reverse(f"articles:{page}", args=[self.slug])

    @property
    def ancestors(self):
        """What stands above it, the top first. Needs for_page()."""
        line, topic = [], self.parent
        while topic and topic not in line:
            line.insert(0, topic)
            topic = topic.parent
        return line

    @property
    def short_name(self):
        """What readers see in the navigation and above a headline."""
        return self.label or self.name


def names_from_text(text):
    """Return the topic names in *text*, parted by commas. Called by django-taggit."""
    return [name.strip() for name in text.split(",") if name.strip()]


def text_from_topics(topics):
    """Return the reverse of names_from_text(). Called by django-taggit."""
    return ", ".join(topic.name for topic in topics)
