"""What lists and search find an edition by: its topics, all above them, its authors, its words."""

from .models import Author, Edition, EditionAuthor, EditionTopic, Meaning, Topic
from .models.edition import SEARCH


def index(editions):
    """Write the derived rows and words of *editions* anew, whatever door they came in by.

    The editions have `revision` loaded.
    """
    EditionTopic.objects.filter(edition__in=editions).delete()
    EditionAuthor.objects.filter(edition__in=editions).delete()
    topics = topics_of(editions)
    for edition in editions:
        edition.fill_search(direct_topics(edition, topics))
    Edition.objects.bulk_update(editions, SEARCH, batch_size=100)
    add(editions, topics, authors_of(editions))


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
        direct = {topic.pk for topic in direct_topics(edition, topics)}
        indirect = {pk for topic in direct for pk in line_above(topic, above)} - direct
        rows += [EditionTopic.of(edition, topic_id=pk) for pk in sorted(direct)]
        rows += [EditionTopic.of(edition, topic_id=pk, is_direct=False) for pk in sorted(indirect)]
    return rows


def direct_topics(edition, topics):
    """Return the section and the topics of *edition* among *topics* (topics_of()), by name."""
    found = (topics[key] for key in edition.revision.topic_keys() if key in topics)
    return sorted(found, key=lambda topic: topic.name)


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
