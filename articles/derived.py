"""What an edition is found by: its topics, all above them, its authors, its photos, its words.

And what the desk finds an article by.
"""

from django.db import transaction
from django.utils import timezone

from . import bulk
from .models import (
    Article,
    ArticleWords,
    Author,
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionTopic,
    Meaning,
    Photo,
    Revision,
    SiteState,
    Topic,
)
from .models.edition import SEARCH

BATCH = 500
PHOTOS = ("lead_photo", "photos")


@transaction.atomic
def index(editions):
    """Write the derived rows and words of *editions* anew, whatever door they came in by.

    The editions have `revision` loaded.
    """
    EditionTopic.objects.filter(edition__in=editions).delete()
    EditionAuthor.objects.filter(edition__in=editions).delete()
    EditionPhoto.objects.filter(edition__in=editions).delete()
    topics = topics_of(editions)
    for edition in editions:
        edition.fill_search(direct_topics(edition, topics))
    stamp_photos(editions)
    Edition.objects.bulk_update(editions, [*SEARCH, *PHOTOS], batch_size=100)
    add(editions, topics, authors_of(editions))


def add(editions, topics, authors):
    """Write the derived rows of *editions*, which have none.

    *topics* is what topics_of() returns, *authors* what authors_of() returns, for these or more.
    """
    shown = [edition for edition in editions if is_listed(edition)]
    bulk.create(topic_rows(shown, topics))
    bulk.create(author_rows(shown, authors))
    bulk.create(photo_rows(shown))


def index_topics(editions, *, words=False):
    """Write the topic rows of *editions* (a queryset) anew, in batches; count them.

    With *words* also the words that search takes from the topics' names. Their texts stay unread.
    """
    keys = list(editions.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = Edition.objects.filter(pk__in=keys[start : start + BATCH])
        batch = list(batch.select_related("revision").defer("body_html", "search_c"))
        EditionTopic.objects.filter(edition__in=batch).delete()
        topics = topics_of(batch)
        shown = [edition for edition in batch if is_listed(edition)]
        EditionTopic.objects.bulk_create(topic_rows(shown, topics), batch_size=1000)
        if words:
            for edition in shown:
                edition.search_b = edition.words_beside(direct_topics(edition, topics))
            Edition.objects.bulk_update(shown, ["search_b"], batch_size=100)
    return len(keys)


def index_articles(keys):
    """Write the words of the articles whose ids are *keys* anew, in batches."""
    keys = list(keys)
    for start in range(0, len(keys), BATCH):
        newest = Revision.objects.newest_of(keys[start : start + BATCH])
        ArticleWords.objects.index(list(newest))


def mend_articles(keys):
    """Write the desk's words of the articles whose ids are *keys* anew where they differ; count."""
    stale = ArticleWords.objects.find_stale(list(Revision.objects.newest_of(keys)))
    if stale:
        with transaction.atomic():
            list(Article.objects.select_for_update().filter(pk__in=stale).order_by("pk"))
            index_articles(stale)
    return len(stale)


def mend(editions):
    """Index those of *editions* (a queryset) anew that aren't found by what they say; count them.

    Others are only read, so that nobody waits: the few that need it are locked, as by an act.
    """
    stale = find_stale(list(editions.select_related("revision")))
    if not stale:
        return 0
    with transaction.atomic():
        Topic.objects.lock_tree(shared=True)
        keys = {edition.article_id for edition in stale}
        list(Article.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        fresh = Edition.objects.filter(pk__in=[edition.pk for edition in stale])
        index(list(fresh.select_related("revision")))
        SiteState.objects.bump(timezone.now())
    return len(stale)


def find_stale(editions):
    """Return those of *editions* whose rows or words aren't those that index() would write."""
    topics, authors = topics_of(editions), authors_of(editions)
    shown = [edition for edition in editions if is_listed(edition)]
    wanted = values_of(
        [*topic_rows(shown, topics), *author_rows(shown, authors), *photo_rows(shown)]
    )
    stored = [
        row
        for model in (EditionTopic, EditionAuthor, EditionPhoto)
        for row in model.objects.filter(edition__in=editions)
    ]
    off = {edition for edition, _values in wanted ^ values_of(stored)}
    stale = []
    for edition in editions:
        words = [getattr(edition, name) for name in SEARCH]
        edition.fill_search(direct_topics(edition, topics))
        if edition.pk in off or words != [getattr(edition, name) for name in SEARCH]:
            stale.append(edition)
    return stale


def values_of(rows):
    """Return what derived rows say, without their keys, as a set with the id of each edition."""
    return {
        (
            row.edition_id,
            tuple(
                (field.attname, getattr(row, field.attname))
                for field in row._meta.concrete_fields
                if not field.primary_key
            ),
        )
        for row in rows
    }


def is_listed(edition):
    """Whether lists may show *edition* when it is live: no notice, and no sealed text."""
    return edition.meaning != Meaning.WITHDRAWAL and not edition.is_sealed


def topics_of(editions):
    """Return the Topic objects that *editions* name and all above them, by their uuid as text.

    The uuid of a topic that was merged leads to what it was merged into.
    """
    keys = {key for edition in editions for key in edition.revision.topic_keys()}
    line = Topic.objects.with_ancestors(keys)
    by_id = {topic.pk: topic for topic in line}
    return {str(topic.uuid): by_id.get(topic.merged_into_id, topic) for topic in line}


def authors_of(editions):
    """Return the Author objects that *editions* name, by slug."""
    slugs = {slug for edition in editions for slug in edition.revision.author_slugs()}
    return {author.slug: author for author in Author.objects.filter(slug__in=slugs)}


def topic_rows(editions, topics):
    """Return unsaved EditionTopic rows: each edition's section and topics, and all above them."""
    above = {topic.pk: topic.parent_id for topic in topics.values()}
    rows = []
    for edition in editions:
        direct = {topic.pk for topic in direct_topics(edition, topics)}
        indirect = {pk for topic in direct for pk in line_above(topic, above)} - direct
        rows += [EditionTopic.of(edition, topic_id=pk) for pk in sorted(direct)]
        rows += [EditionTopic.of(edition, topic_id=pk, is_direct=False) for pk in sorted(indirect)]
    return rows


def direct_topics(edition, topics):
    """Return the section and the topics of *edition* among *topics* (topics_of()), by name."""
    found = {topics[key] for key in edition.revision.topic_keys() if key in topics}
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


def photos_of(editions):
    """Return the Photos that the revisions of *editions* name, by their uuid as text."""
    return Photo.objects.named({key for e in editions for key in e.revision.photo_keys()})


def stamp_photos(editions):
    """Give *editions* what their photos have now: an act on one of them waits, or was before."""
    keys = {key for edition in editions for key in edition.photo_keys()}
    if keys:
        photos = Photo.objects.select_for_update(no_key=True).order_by("pk").named(keys)
        for edition in editions:
            edition.stamp_photos(photos)


def link_photos(versions):
    """Let the photos of *versions*, of front pages or dossiers, know that these show them."""
    for version in versions:
        if keys := version.photo_keys():
            version.used_photos.set(Photo.objects.filter(uuid__in=keys))


def photo_rows(editions):
    """Return unsaved EditionPhoto rows, one for each photo of each edition."""
    keys = {key for edition in editions for key in edition.photo_keys()}
    found = Photo.objects.filter(uuid__in=keys).values_list("uuid", "pk") if keys else []
    ids = {str(key): pk for key, pk in found}
    return [
        EditionPhoto.of(edition, photo_id=ids[key])
        for edition in editions
        for key in sorted(edition.photo_keys() & ids.keys())
    ]
