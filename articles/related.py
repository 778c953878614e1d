"""What to read next: live editions that share topics with one."""

from .models import Edition, EditionTopic, Topic
from .prepared import for_each, planned_once

CANDIDATES = 12
SHOWN = 5
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


def find_topics(edition):
    """Return the Topics that *edition* is about, without its section, by their addresses."""
    return read_topics(edition.pk, edition.section_id)


@planned_once
def read_topics(edition, section):
    return Topic.objects.of_edition(edition, section).order_by("slug")


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
