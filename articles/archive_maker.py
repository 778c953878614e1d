"""A made archive, to measure with: stories with their editions in time, the same for a seed.

Like fixtures it comes in beside publishing.py: into an empty database, through freeze() and the
timeline. Nothing in it is real, and its words say so.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate, islice
from random import Random

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from . import bulk, derived
from .made_text import Writer
from .models import (
    Article,
    ArticleAuthor,
    ArticleTopic,
    ArticleWords,
    Author,
    Edition,
    EditionAuthor,
    EditionTopic,
    Meaning,
    Revision,
    SiteState,
    Topic,
)
from .models.article_words import rows_of
from .timeline import Timeline

NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
AGE = timedelta(days=3652)
# Editions a story: 30 for one in a hundred, three on average.
SIZES = (1, 2, 3, 4, 5, 6, 30)
SHARES = (23, 25, 22, 16, 8, 5, 1)
# Of those after the first; a correction or a withdrawal says why.
MEANINGS = (Meaning.UPDATE, Meaning.SILENT, Meaning.CORRECTION)
MEANING_SHARES = (70, 20, 10)
WITHDRAWN = 0.003
PARAGRAPHS = (4, 7)
MOST_PARAGRAPHS = 8
MOST_TOPICS = 3
AUTHORS = 200
KICKER = "Archive d’essai"
# Editions written in one transaction, at least.
BLOCK = 1000


class ArchiveError(Exception):
    """The archive can't be made here, and why."""


@dataclass(frozen=True)
class Block:
    """Some stories in a row: the numbers, from 0, of the first and of its first edition; sizes."""

    story: int
    edition: int
    sizes: tuple

    @property
    def is_there(self):
        return Article.objects.filter(pk=self.story + len(self.sizes)).exists()


@dataclass(frozen=True)
class Archive:
    """So many *editions* made from *seed*, told and written block by block."""

    editions: int
    seed: int

    def check(self):
        """Raise ArchiveError unless the database holds topics, and no story but of this archive."""
        if not Topic.objects.sections().exists():
            raise ArchiveError("There are no topics to file stories under: loaddata topics first.")
        first, last = self.uuid(0), self.uuid(2**48 - 1)
        if Article.objects.filter(Q(uuid__lt=first) | Q(uuid__gt=last)).exists():
            raise ArchiveError(
                "This database holds stories that this command didn't make from the same seed and "
                "number of editions: an archive goes into a database of its own."
            )

    def prepare(self):
        """Make what all stories share; let the desk's own rows come after those of the archive."""
        numbers = range(1, AUTHORS + 1)
        Author.objects.bulk_create(
            [Author(name=f"Signature d’essai {n}", slug=f"signature-d-essai-{n}") for n in numbers],
            ignore_conflicts=True,
        )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for model in (Article, Revision, Edition):
                    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
                    at_least = f"GREATEST(%s, nextval({sequence}))"
                    cursor.execute(f"SELECT setval({sequence}, {at_least})", [self.editions])

    @cached_property
    def sizes(self):
        """How many editions each story has."""
        random, sizes, left = self.random("sizes"), [], self.editions
        while left > 0:
            sizes.append(min(random.choices(SIZES, SHARES)[0], left))
            left -= sizes[-1]
        return sizes

    def blocks(self):
        """Yield the Blocks, the oldest stories first."""
        story = edition = count = 0
        for number, size in enumerate(self.sizes, 1):
            count += size
            if count >= BLOCK or number == len(self.sizes):
                yield Block(story, edition, tuple(self.sizes[story:number]))
                story, edition, count = number, edition + count, 0

    def write(self, block):
        """Write the stories of *block* with all their rows, in one transaction."""
        firsts = accumulate(block.sizes, initial=block.edition)
        stories = [
            self.shelf.story(self, number, size, first)
            for number, (size, first) in enumerate(
                zip(block.sizes, islice(firsts, len(block.sizes)), strict=True), block.story
            )
        ]
        rows = {}
        for story in stories:
            for row in story:
                rows.setdefault(type(row), []).append(row)
        shown = [edition for edition in rows[Edition] if derived.is_listed(edition)]
        rows[EditionTopic] = derived.topic_rows(shown, self.shelf.topics)
        rows[EditionAuthor] = derived.author_rows(shown, self.shelf.authors)
        newest = {revision.article_id: revision for revision in rows[Revision]}
        rows[ArticleWords] = rows_of(newest.values())
        with transaction.atomic():
            for model in ORDER:
                bulk.write(rows.get(model, []))
            SiteState.objects.bump(timezone.now())

    @cached_property
    def shelf(self):
        return Shelf(self.random("shelf"), Writer(self.seed))

    def uuid(self, number):
        """Return the key of story *number*: who sees it can tell whose it is."""
        name = blake2b(f"{self.editions} {self.seed}".encode(), digest_size=10).hexdigest()
        # Version 8 is for those who make their own.
        return uuid.UUID(f"{name[:12]}8{name[12:15]}8{name[15:18]}{number:012x}")

    def random(self, what):
        return Random(f"{self.seed} {what}")  # noqa: S311 - made text, no secret

    def starts_at(self, number, random):
        """Return when story *number* is first published: ids grow with time."""
        step = AGE / len(self.sizes)
        return NEWEST - AGE + step * (number + random.random())


ORDER = (
    Article,
    ArticleTopic,
    ArticleAuthor,
    ArticleWords,
    Revision,
    Edition,
    EditionTopic,
    EditionAuthor,
)


class Shelf:
    """What stories are made of: topics, few of them in most stories; authors; words."""

    def __init__(self, random, writer):
        self.writer = writer
        topics = list(Topic.objects.filter(merged_into=None).order_by("uuid"))
        self.topics = {str(topic.uuid): topic for topic in topics}
        self.authors = {author.slug: author for author in Author.objects.order_by("slug")}
        self.sections = [topic for topic in topics if topic.is_section]
        self.subjects = [topic for topic in topics if not topic.is_section]
        self.signatures = list(self.authors.values())
        for things in (self.sections, self.subjects, self.signatures):
            random.shuffle(things)
        self.weights = {
            id(things): list(accumulate(1 / rank for rank in range(1, len(things) + 1)))
            for things in (self.sections, self.subjects, self.signatures)
        }

    def draw(self, random, things, count=1):
        """Return *count* of *things*, or less: the second half as often as the first, and so on."""
        drawn = random.choices(things, cum_weights=self.weights[id(things)], k=count)
        return list(dict.fromkeys(drawn))

    def story(self, archive, number, size, first):
        """Return the unsaved rows of story *number*, its *size* editions numbered from *first*."""
        random = archive.random(number)
        at = archive.starts_at(number, random)
        article = Article(
            pk=number + 1,
            uuid=archive.uuid(number),
            kicker=KICKER,
            headline=self.writer.headline(random),
            standfirst=" ".join(self.writer.sentences(random, 1)),
            section=self.draw(random, self.sections)[0],
            status=Article.Status.READY,
            created_at=at,
        )
        topics = self.draw(random, self.subjects, random.randint(1, MOST_TOPICS))
        author = self.draw(random, self.signatures)[0]
        byline = ArticleAuthor(article=article, author=author)
        editions = list(self.editions(article, topics, byline, random, size, first))
        # A notice of withdrawal has no text of its own.
        revisions = {edition.revision.pk: edition.revision for edition in editions}
        tags = [ArticleTopic(content_object=article, tag=topic) for topic in topics]
        return [article, *tags, byline, *revisions.values(), *editions]

    def editions(self, article, topics, byline, random, size, first):
        """Yield the editions of *article* in order, each with its revision; it ends as the last."""
        line, revision = Timeline(article, [], NEWEST), None
        authors = {byline.author.slug: byline.author}
        paragraphs = [self.writer.paragraph(random) for _ in range(random.randint(*PARAGRAPHS))]
        at = article.created_at
        for number in range(size):
            means, note = meaning(random, number, size)
            if number:
                at += timedelta(minutes=5) + timedelta(hours=random.expovariate(1 / 3))
            if means == Meaning.WITHDRAWAL:
                edition = Edition(article=article, revision=revision, section=article.section)
            else:
                self.revise(paragraphs, random, number)
                article.body, article.updated_at = "".join(paragraphs), at
                revision = take(article, topics, byline, first + number, based_on=revision)
                edition = revision.freeze(section=article.section, authors=authors)
            edition.pk, edition.created_at = first + number + 1, at
            edition.meaning, edition.note = means, note
            edition.fill_search(derived.direct_topics(edition, self.topics))
            yield line.place(edition, at)

    def revise(self, paragraphs, random, number):
        """Write one of *paragraphs* anew, or one more; the first edition has them as they are."""
        if number:
            place = random.randrange(MOST_PARAGRAPHS)
            paragraphs[place : place + 1] = [self.writer.paragraph(random)]


def take(article, topics, byline, number, *, based_on):
    """Return the unsaved revision of what *article* holds, with the key of edition *number*."""
    revision = Revision.take(
        article, based_on=based_on, snapshot=article.snapshot(topics, [byline], photos=[])
    )
    revision.pk, revision.created_at = number + 1, article.updated_at
    revision.number = based_on.number + 1 if based_on else 1
    revision.kind = Revision.Kind.IMPORT
    return revision


def meaning(random, number, size):
    """Return what edition *number* of *size* means, and its note."""
    if not number:
        return Meaning.FIRST, ""
    if number == size - 1 and random.random() < WITHDRAWN * 2:
        return Meaning.WITHDRAWAL, "Retrait d’essai."
    drawn = random.choices(MEANINGS, MEANING_SHARES)[0]
    return drawn, "Rectificatif d’essai." if drawn == Meaning.CORRECTION else ""
