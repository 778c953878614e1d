"""What stands on the page of a story: itself, what it is about, what to read next."""

from django.db.models import F, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONArray

from .live_blog import with_coverage
from .models import Edition, EditionTopic, Topic
from .prepared import for_each, planned_once

CANDIDATES = 12
SHOWN = 5
# What the page prints of a topic, in the order of its columns.
TOLD = ("id", "name", "slug", "label", "is_section")
NEAR = ("edition_id", "topic_id", "is_direct")
# A story filed under the very topic is nearer than one filed below it; its section tells nothing.
# Of those with and without a topic in common, the best first: a brief never stands where a whole
# story could, then come those that share most, then the newest.
BEST_FIRST = f"""
    WITH near AS (
        SELECT edition_id,
            SUM(CASE WHEN topic_id = %s THEN 0 WHEN is_direct THEN 2 ELSE 1 END) AS score
        FROM ({{rows}}) AS found GROUP BY edition_id
    ), ranked AS (
        SELECT id, article_id, slug, headline, is_verbatim, score, ROW_NUMBER() OVER (
            PARTITION BY score > 0
            ORDER BY word_count = 0, score DESC, listed_at DESC, article_id DESC
        ) AS place
        FROM near JOIN articles_edition ON id = edition_id
    )
    SELECT * FROM ranked WHERE place <= {SHOWN} ORDER BY place
"""  # noqa: S608 - a number of ours


class AsJson(Subquery):
    """The rows of a queryset of `told`, which is JSON, as one JSON array in their order."""

    output_field = JSONField()
    template = "(SELECT json_group_array(json(told)) FROM (%(subquery)s) AS rows)"

    def as_postgresql(self, compiler, connection):
        template = "(SELECT coalesce(jsonb_agg(told), '[]') FROM (%(subquery)s) AS rows)"
        return self.as_sql(compiler, connection, template=template)


def find_story(article, at):
    """Return what was last shown of the article with the id *article* by *at*, or None.

    It may be live no more. It is with_coverage(), and topics_of() tells what it is about.
    """
    return next(iter(read_story(article, at)), None)


@planned_once
def read_story(article, at):
    own = EditionTopic.objects.filter(edition=OuterRef("pk"), is_direct=True)
    about = own.exclude(topic=OuterRef("section")).order_by("topic__slug")
    told = JSONArray(*(F(f"topic__{name}") for name in TOLD))
    stories = Edition.objects.of_story(article, at).annotate(
        topic_rows=AsJson(about.values(told=told))
    )
    return with_coverage(stories, at)[:1]


def topics_of(edition):
    """Return the Topics that *edition*, from find_story(), is about, without its section."""
    return [Topic.from_db(edition._state.db, TOLD, row) for row in edition.topic_rows]


def find_related(edition, topics, at):
    """Return the editions about the same *topics*, and others of the section, in one query.

    Two lists, the best first, with what _titles.html prints of each.
    """
    keys = sorted(topic.pk for topic in topics)
    # An unsaved story has no article yet.
    found = read_related(at, edition.article_id or 0, edition.section_id, *keys)
    related = [edition for edition in found if edition.score]
    return related, [edition for edition in found if not edition.score]


@planned_once
def read_related(at, article, section, *topics):
    rows = EditionTopic.objects.live(at).exclude(article=article)

    def newest(rows):
        return rows.newest_first().values(*NEAR)[:CANDIDATES]

    found, params = for_each(
        ([section], lambda key: newest(rows.filter(topic=key, is_direct=True))),
        (topics, lambda key: newest(rows.filter(topic=key))),
    )
    return Edition.objects.raw(BEST_FIRST.format(rows=found), [section, *params])
