"""The rows that make an edition's lists: under its topics, all above them, and its authors."""

from .models import Author, EditionAuthor, EditionTopic, Meaning, Topic


def index(editions):
    """Write the derived rows of *editions* anew, whatever door they came in by.

    The editions have `revision` loaded.
    """
    EditionTopic.objects.filter(edition__in=editions).delete()
    EditionAuthor.objects.filter(edition__in=editions).delete()
    add(editions, topics_of(editions), authors_of(editions))


def add(editions, topics, authors):
    """Write the derived rows of *editions*, which have none.

    *topics* is what topics_of() returns, *authors* what authors_of() returns, for these or more.
    """
    shown = [e for e in editions if e.meaning != Meaning.WITHDRAWAL and not e.is_sealed]
    EditionTopic.objects.bulk_create(topic_rows(shown, topics), batch_size=1000)
    EditionAuthor.objects.bulk_create(author_rows(shown, authors), batch_size=1000)


def topics_of(editions):
    """Return the Topic objects that *editions* name and all above them, by their uuid as text."""
    keys = {key for edition in editions for key in edition.revision.topic_keys()}
    return {str(topic.uuid): topic for topic in Topic.objects.with_ancestors(keys)}


def authors_of(editions):
    """Return the Author objects that *editions* name, by slug."""
    slugs = {slug for edition in editions for slug in edition.revision.author_slugs()}
    return {author.slug: author for author in Author.objects.filter(slug__in=slugs)}


def topic_rows(editions, topics):
    """Return unsaved EditionTopic rows: each edition's section and topics, and all above them."""
    above = {topic.pk: topic.merged_into_id or topic.parent_id for topic in topics.values()}
    rows = []
    for edition in editions:
        direct = {topics[key].pk for key in edition.revision.topic_keys() if key in topics}
        indirect = {pk for topic in direct for pk in line_above(topic, above)} - direct
        rows += [EditionTopic.of(edition, topic_id=pk) for pk in sorted(direct)]
        rows += [EditionTopic.of(edition, topic_id=pk, is_direct=False) for pk in sorted(indirect)]
    return rows


def line_above(topic, above):
    """Return the ids that stand above the id *topic*, given the next above each."""
    line = []
    while (topic := above.get(topic)) and topic not in line:
        line.append(topic)
    return line


def author_rows(editions, authors):
    """Return unsaved EditionAuthor rows, one for each author of a byline."""
    return [
        EditionAuthor.of(edition, author=authors[slug])
        for edition in editions
        for slug in edition.revision.author_slugs()
        if slug in authors
    ]
