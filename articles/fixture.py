"""Topics and published stories as Django fixtures, the same to the byte each time; no database."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.core import serializers
from django.db.models import Model

from . import body
from .models import Article, ArticleAuthor, ArticleTopic, Author, Revision, Topic
from .slug import make_slug
from .timeline import Timeline
from .wire.documents import Document, DocumentError, Story
from .wire.topics import Filing, TopicRow

NAMESPACE = uuid.UUID("b3b0f4a6-5b0f-4f0e-9d5c-5a2f0e5f3a11")
# The documents have no dates: the time between two stories is made.
STEP = timedelta(minutes=15)


def make_uuid(kind: str, key: str) -> uuid.UUID:
    """Return the same uuid for the same topic key or headline, in every build."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{key}")


def make_topic(row: TopicRow) -> Topic:
    """Return the unsaved Topic of one row of the tables."""
    return Topic(
        uuid=make_uuid("topic", row.key),
        name=row.name,
        slug=row.slug,
        qcode=row.qcode,
        label=row.label,
        parent=Topic(uuid=make_uuid("topic", row.parent)) if row.parent else None,
        is_section=row.is_section,
        position=row.position,
    )


def make_author(name: str) -> Author:
    return Author(name=name, slug=make_slug(name.replace(".", " ")))


def make_stories(
    documents: Iterable[Document], filings: Mapping[str, Filing], newest: datetime
) -> list[Model]:
    """Return the unsaved rows of every story, oldest first, so that ids grow with time.

    The first headline of the first document is published at *newest* (aware), each further
    one STEP earlier. Raise DocumentError.
    """
    stories = list(in_order(documents, filings))
    authors = {story.byline: make_author(story.byline) for story in stories if story.byline}
    rows = []
    for age, story in reversed(list(enumerate(stories))):
        author = authors.get(story.byline)
        rows += make_story(story, filings[story.headline], author, newest - age * STEP)
    return [*authors.values(), *rows]


def in_order(documents: Iterable[Document], filings: Mapping[str, Filing]) -> Iterator[Story]:
    """Yield each story of *documents*, a headline without text as one without blocks."""
    seen = set()
    for document in documents:
        for headline, line in document.headlines.items():
            if headline in seen:
                what = f"this headline stands twice: {headline}"
                raise DocumentError(document.name, line, what)
            if headline not in filings:
                what = f"no row in headline-topics.tsv: {headline}"
                raise DocumentError(document.name, line, what)
            seen.add(headline)
            yield document.stories.get(headline) or Story(headline, line)


def make_story(story: Story, filing: Filing, author: Author | None, at: datetime) -> list[Model]:
    """Return the unsaved rows of one story that was published at *at*."""
    article = Article(
        uuid=make_uuid("article", story.headline),
        headline=story.headline,
        body=body.clean(story.body),
        credit=story.credit,
        section=Topic(uuid=make_uuid("topic", filing.section)),
        status=Article.Status.READY,
        created_at=at,
        updated_at=at,
    )
    topics = [Topic(uuid=make_uuid("topic", key)) for key in filing.topics]
    bylines = [ArticleAuthor(article=article, author=author)] if author else []
    revision = Revision.take(article, snapshot=article.snapshot(topics, bylines, photos=[]))
    revision.kind, revision.created_at = Revision.Kind.IMPORT, at
    authors = {author.slug: author} if author else {}
    edition = revision.freeze(section=article.section, authors=authors)
    Timeline(article, [], at).place(edition, at)
    edition.created_at = at
    tags = [ArticleTopic(content_object=article, tag=topic) for topic in topics]
    return [article, *tags, *bylines, revision, edition]


def dump(rows: Iterable[Model]) -> str:
    """Return *rows* as JSON that names other rows by their natural keys."""
    keys = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    return serializers.serialize("json", rows, indent=1, **keys) + "\n"


def replace(path: Path, text: str) -> None:
    """Write *text* beside *path*, then rename: nobody sees half a file."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
