"""No public page costs more for what lies below it: PostgreSQL's own count, not times."""

from datetime import UTC, datetime, timedelta
from unittest import mock, skipUnless

from django.conf import settings
from django.db import connection
from django.test import TestCase, override_settings
from django.urls import reverse

from ..filters import make_key
from ..live_entries import correct_entry, seal_entry, withdraw_entry
from ..models import EditionTopic, Meaning
from .factories import (
    make_author,
    make_edition,
    make_entry,
    make_section,
    make_topic,
    make_user,
)
from .growing import MODELS, Reading, drop_foreign_keys, grow, start_afresh

# Copies of ten stories.
SMALL, LARGE = 1_000, 10_000
GROWN = {model._meta.db_table for model in MODELS}
# A larger index may be a level deeper, where it is entered for each day of a month; and as the
# planner likes, the sections of a page are read at once or looked up, one for each of 31 rows.
MOST, LEVELS = 1.3, 10 + 31
START = datetime(2026, 2, 2, 7, tzinfo=UTC)


def make_stories():
    """Make ten stories; return a section that has but old stories of its own, and addresses."""
    busy, quiet = make_section(name="Active"), make_section(name="Calme")
    topic = make_topic(name="Dessous", parent=quiet)
    author = make_author()
    common = {
        "live_from": START,
        "section": busy,
        "topics": [topic],
        "authors": [author],
        "body": "<p>Texte d’essai.</p>",
    }
    for number in range(8):
        edition = make_edition(headline=f"Fréquent {number}", **common)
    make_edition(headline="Rectifié", meaning=Meaning.CORRECTION, note="Essai", **common)
    common["topics"], end = [], START + timedelta(minutes=5)
    gone = make_edition(headline="Retiré", live_until=end, **common)
    make_edition(article=gone.article, live_from=end, meaning=Meaning.WITHDRAWAL, note="Essai")
    make_entries(edition.article)
    return quiet, {
        "front": "/",
        "story": edition.get_absolute_url(),
        "section": busy.get_absolute_url(),
        "quiet section": quiet.get_absolute_url(),
        "topic": topic.get_absolute_url(),
        "author": author.get_absolute_url(),
        "stream": reverse("articles:stream"),
        "stream of a section": f"{reverse('articles:stream')}?rubrique={busy.slug}",
        "corrections": reverse("articles:corrections"),
        "archive": reverse("articles:archive"),
        "month": reverse("articles:archive", args=[2026, 2]),
        "day": reverse("articles:archive", args=[2026, 2, 1]),
        "feed": reverse("articles:site-feed", args=["atom"]),
        "feed of a quiet section": reverse("articles:section-feed", args=[quiet.slug, "atom"]),
        "feed of an author": reverse("articles:author-feed", args=[author.slug, "atom"]),
        "feed of corrections": reverse("articles:correction-feed", args=["atom"]),
        "topics for crawlers": reverse("articles:sitemap-topics"),
        "news for crawlers": reverse("articles:sitemap-news"),
    }


def make_entries(article):
    """Correct three entries of the live blog of *article*: withdraw one, seal another's text."""
    editor = make_user(is_superuser=True)
    with mock.patch("django.utils.timezone.now") as now:
        now.return_value = START
        entries = [make_entry(article, by=editor) for _ in range(3)]
        for minute in (1, 2):
            now.return_value = START + minute * timedelta(minutes=1)
            for entry in entries:
                note, typed = f"Essai {minute}", {**entry.revisions.first().typed, "author": None}
                typed["headline"] = note
                make_entry(
                    article, by=editor, key=entry.uuid, based_on=minute, publish=False, **typed
                )
                correct_entry(entry, revision=minute + 1, by=editor, note=note)
        now.return_value = START + timedelta(minutes=3)
        withdraw_entry(entries[0], by=editor, note="Essai")
        seal_entry(entries[1].editions.get(number=2), by=editor, reason="Essai")


def at_depth(address, copy):
    """Return the address of the page of a list that starts below the stories numbered *copy*."""
    instant = START - copy * timedelta(minutes=10)
    return f"{address}?avant={make_key(instant, 1, f'{address}?')}"


# As conftest.py has it, but from setUpTestData() on.
PLAIN = {
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
}


@override_settings(**PLAIN)
@skipUnless(connection.vendor == "postgresql", "SQLite counts no buffers")
class ScaleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        start_afresh()
        cls.quiet, cls.addresses = make_stories()
        # What is pending would keep the tables from being altered.
        connection.check_constraints()
        drop_foreign_keys()
        cls.readings = [cls.read(1, SMALL), cls.read(SMALL + 1, LARGE)]

    @classmethod
    def read(cls, first, last):
        """Let the archive grow to *last* copies of its stories; return {page: Reading}."""
        grow(first, last)
        rows = EditionTopic.objects.filter(topic=cls.quiet)
        rows.update(is_direct=False)
        oldest = rows.order_by("listed_at").values("pk")[:5]
        EditionTopic.objects.filter(pk__in=list(oldest.values_list("pk", flat=True))).update(
            is_direct=True
        )
        deep = {
            f"{name}, deep": at_depth(cls.addresses[name], last // 2)
            for name in ("section", "stream", "topic", "author", "corrections")
        }
        pages = {**cls.addresses, **deep}
        return {name: Reading(cls.client_class(), pages[name]) for name in pages}

    def test_every_page_reads_as_much_of_a_large_archive_as_of_a_small_one(self):
        small, large = self.readings
        for name in large:
            with self.subTest(name, before=small[name].buffers, after=large[name].buffers):
                assert large[name].status == small[name].status == 200
                assert large[name].buffers <= MOST * small[name].buffers + LEVELS

    def test_no_page_reads_a_whole_table_of_stories(self):
        for name, reading in self.readings[1].items():
            with self.subTest(name):
                assert not reading.scanned & GROWN

    def test_deep_page_reads_as_much_as_the_first(self):
        readings = self.readings[1]
        for name in ("section", "stream", "topic", "author", "corrections"):
            with self.subTest(name):
                assert readings[f"{name}, deep"].buffers <= MOST * readings[name].buffers + LEVELS

    def test_lists_are_read_from_their_indexes(self):
        indexes = {
            "front": "edition_stream",
            "story": "edition_timeline",
            "section": "edition_topic_direct",
            "section, deep": "edition_topic_direct",
            "topic": "edition_topic_list",
            "author": "edition_author_list",
            "stream": "edition_stream",
            "month": "edition_archive",
            "day": "edition_archive",
            "feed": "edition_stream",
        }
        for name, index in indexes.items():
            with self.subTest(name):
                assert index in self.readings[1][name].indexes
