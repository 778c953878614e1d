"""What to read next: live editions that share topics with one."""

from .models import EditionTopic

CANDIDATES = 12
SHOWN = 5


def find_related(edition, topics, at):
    """Return the editions about the same *topics*, and others of the section, in one query.

    Two lists, the best first: a brief never stands where a whole story could, then come those
    that share most topics, then the newest.
    """
    rows = EditionTopic.objects.live(at).exclude(article=edition.article_id)
    editions, scores = {}, {}
    for row in rows.newest_in([*topics, edition.section], CANDIDATES):
        editions[row.article_id] = row.edition
        if row.topic_id != edition.section_id:
            # A story filed under the very topic is nearer than one filed below it.
            scores[row.article_id] = scores.get(row.article_id, 0) + 1 + row.is_direct
    ranked = sorted(
        editions.values(),
        key=lambda e: (not e.is_brief, scores.get(e.article_id, 0), e.listed_at, e.article_id),
        reverse=True,
    )
    related = [e for e in ranked if e.article_id in scores][:SHOWN]
    others = [e for e in ranked if e.article_id not in scores][:SHOWN]
    return related, others
