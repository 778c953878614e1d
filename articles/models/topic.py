"""What a story is about: IPTC Media Topics and the newsroom's own tags, in one tree."""

import uuid
from difflib import SequenceMatcher

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from ..addresses import address_of
from ..analysis import terms_in
from ..slug import make_slug
from .derived_row import EditionTopic
from .dossier import DossierEdition
from .front_page import FrontPageEdition

ANCESTORS = """
    WITH RECURSIVE line(id, parent_id) AS (
        SELECT id, COALESCE(merged_into_id, parent_id) FROM articles_topic WHERE {start}
        UNION
        SELECT topic.id, COALESCE(topic.merged_into_id, topic.parent_id)
        FROM articles_topic topic JOIN line ON topic.id = line.parent_id
    )
    SELECT topic.* FROM articles_topic topic JOIN line ON topic.id = line.id ORDER BY topic.id
"""


# The number of PostgreSQL's lock on the tree, any that nothing else here uses.
TREE = 5_021
# How many candidates are looked at for a name that is being typed.
CLOSE_ENOUGH = 200
# From here on two names differ by a slip of the fingers.
ALIKE = 0.88


class TopicQuerySet(models.QuerySet):
    def get_by_natural_key(self, key):
        return self.get(uuid=key)

    def sections(self):
        """The sections of the navigation, in its order."""
        return self.filter(is_section=True, merged_into=None).order_by("position", "name", "pk")

    def by_key(self, keys):
        """Return what the uuids *keys*, as text, lead to today, by these; one query, if any."""
        found = self.filter(uuid__in=keys).select_related("merged_into") if keys else ()
        return {str(topic.uuid): topic.final for topic in found}

    def with_stories(self, at):
        """Those under which readers find a story at the aware datetime *at*."""
        rows = EditionTopic.objects.live(at).filter(topic=OuterRef("pk"))
        return self.filter(Exists(rows), merged_into=None)

    def with_dossier(self, at):
        """Annotate what the dossier shows at the aware datetime *at*; None where there is none.

        dossier_html: its introduction; dossier_stories: the uuids of its articles, in order;
        dossier_photo: its photo as it was frozen, {} if it has none.
        """
        shown = DossierEdition.objects.in_force(at).filter(dossier__topic=OuterRef("pk"))
        return self.annotate(
            dossier_html=Subquery(shown.values("introduction_html")[:1]),
            dossier_stories=Subquery(shown.values("stories")[:1]),
            dossier_photo=Subquery(shown.values("lead_photo")[:1]),
        )

    def with_front(self, at):
        """Annotate front_slots and front_photos, their photos, at the aware datetime *at*.

        Those of its own front page, None if it has none.
        """
        shown = FrontPageEdition.objects.in_force(at).filter(front_page__section=OuterRef("pk"))
        return self.annotate(
            front_slots=Subquery(shown.values("slots")[:1]),
            front_photos=Subquery(shown.values("photos")[:1]),
        )

    def at_address(self, slug):
        """Return the topic whose page is, or was, at *slug*; None if there is none."""
        topics = self.select_related("merged_into")
        return topics.filter(slug=slug).first() or topics.filter(addresses__slug=slug).first()

    def called(self, name):
        """Return the topic called *name*, whatever its accents and case, or None.

        One that was merged leads to what it was merged into, one that was renamed to itself.
        """
        named = self.filter(Q(slug=make_slug(name)) | Q(name__iexact=name))
        topic = named.select_related("merged_into").first() or self.at_address(make_slug(name))
        return topic and topic.final

    def close_to(self, name):
        """Return the topics that may be the same as *name*: its words in other forms, or a slip."""
        words = terms_in(name)
        if not words:
            return []
        topics = self.filter(merged_into=None)
        for word in words:
            topics = topics.filter(slug__contains=word[:3])
        return [topic for topic in topics[:CLOSE_ENOUGH] if is_close(topic.name, name)]

    def lock_tree(self, *, shared=False):
        """Let acts on the tree wait for each other, and for acts that file stories in it.

        The latter hold it *shared*. SQLite has one writer at a time anyway.
        """
        connection = connections[self.db]
        if connection.vendor == "postgresql":
            kind = "_shared" if shared else ""
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(%s)", [TREE])  # noqa: S608

    def line_of(self, key):
        """The topic with the id *key* and all that stand above it, by their ids."""
        return self.raw(ANCESTORS.format(start="id = %s"), [key])

    def with_ancestors(self, keys):
        """Return the topics with the uuids *keys* and all that stand above them, in one query."""
        if not keys:
            return []
        field = self.model._meta.get_field("uuid")
        values = [field.get_db_prep_value(key, connections[self.db]) for key in sorted(keys)]
        start = f"uuid IN ({', '.join(['%s'] * len(values))})"
        return list(self.raw(ANCESTORS.format(start=start), values))


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
        permissions = [("merge_topic", _("Peut fusionner des sujets"))]
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

    @property
    def final(self):
        """What stands for it today: itself, or what it was merged into."""
        return self.merged_into or self

    def get_absolute_url(self):
        page = "section-detail" if self.is_section else "topic-detail"
        return address_of(page, self.slug)

    @property
    def ancestors(self):
        """What stands above it, the top first; a query for each that isn't loaded."""
        line, topic = [], self.parent
        while topic and topic not in line:
            line.insert(0, topic)
            topic = topic.parent
        return line

    @property
    def short_name(self):
        """What readers see in the navigation and above a headline."""
        return self.label or self.name


def is_close(name, other):
    """Whether two names are one to a reader in a hurry."""
    if sorted(terms_in(name)) == sorted(terms_in(other)):
        return True
    return SequenceMatcher(None, make_slug(name), make_slug(other)).ratio() >= ALIKE


def names_from_text(text):
    """Return the topic names in *text*, parted by commas. Called by django-taggit."""
    return [name.strip() for name in text.split(",") if name.strip()]


def text_from_topics(topics):
    """Return the reverse of names_from_text(). Called by django-taggit."""
    return ", ".join(topic.name for topic in topics)
