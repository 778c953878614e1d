"""What is found, counted and shown, in whatever order stories came in: alike on both databases."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from unittest import skipUnless

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from .. import publishing
from ..dates import read_instant, stamp, stamp_of
from ..finding import find_newest
from ..models import Edition
from ..search import Query
from ..sqlite_schema import ensure_sqlite_schema
from ..stretches import month_of, sign_of, stretches
from .factories import make_article, make_edition, make_section, make_user

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
# In every stretch that is looked through, and on its edges; the last is already 2025 in Paris.
INSTANTS = [
    datetime(2026, 3, 15, 10, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
    datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 1, 10, tzinfo=UTC),
    datetime(2025, 9, 1, tzinfo=UTC),
    datetime(2025, 8, 31, 23, 59, tzinfo=UTC),
    datetime(2025, 1, 1, tzinfo=UTC),
    datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
]
OLD = [datetime(year, 6, 1, tzinfo=UTC) for year in (2023, 2012, 1999)]


def find(text="zibeline", **asked):
    asked = {"newest": INSTANTS[0], "latest": NOW, "most": 100, "size": 31, **asked}
    return find_newest(Edition.objects.all(), NOW, Query.parse(text), **asked)


class FindingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.section, cls.other = make_section(), make_section()
        # Rows and their numbers tell nothing of time.
        for place, instant in enumerate(sorted([*INSTANTS, *OLD], key=lambda i: i.day)):
            make_edition(
                headline="Zibeline" if place % 2 else "Marronnier",
                kicker="" if place % 2 else "Zibeline",
                live_from=instant,
                section=cls.other if instant in OLD else cls.section,
            )

    def test_every_story_is_found_once_the_newest_first(self):
        found = find()
        assert [hit.listed_at for hit in found.hits] == [*INSTANTS, *OLD]
        assert found.total == len(INSTANTS) + len(OLD)
        assert found.head == found.hits[0]
        assert found.since is None

    def test_sections_and_years_of_the_newsroom_are_counted(self):
        found = find()
        assert found.sections == {self.section.pk: len(INSTANTS), self.other.pk: len(OLD)}
        assert found.years == {2026: 4, 2025: 4, 2023: 1, 2012: 1, 1999: 1}

    def test_only_the_newest_are_counted_and_one_more_tells_that_others_are_there(self):
        found = find(most=5, size=3)
        assert [hit.listed_at for hit in found.hits] == INSTANTS[:3]
        assert found.total == 6
        assert found.sections == {self.section.pk: 5}
        assert sum(found.years.values()) == 5

    def test_page_starts_after_the_rank_that_is_given(self):
        first = find(size=4).hits
        last = first[-1]
        rest = find(before=last.rank).hits
        assert [*first, *rest] == find().hits

    def test_best_come_first_and_the_newest_among_equals(self):
        found = find(is_best=True)
        assert [hit.rank for hit in found.hits] == sorted(
            (hit.rank for hit in found.hits), reverse=True
        )
        assert {hit.score for hit in found.hits} == {3, 1}
        assert found.head.listed_at == INSTANTS[0]
        again = find(is_best=True, before=found.hits[4].rank).hits
        assert again == found.hits[5:]

    def test_story_newer_than_the_newest_that_is_known_is_found(self):
        for newest in (INSTANTS[3], OLD[-1]):
            assert [hit.listed_at for hit in find(newest=newest).hits] == [*INSTANTS, *OLD]

    def test_what_ends_later_is_found_and_what_ended_or_begins_later_is_not(self):
        second, hour = timedelta(seconds=1), timedelta(hours=1)
        ends_later, _ended, _planned = [
            make_edition(headline="Loutre", live_from=start, live_until=end)
            for start, end in [
                (NOW - hour, NOW + second),
                (NOW - hour, NOW),
                (NOW + second, None),
            ]
        ]
        ends_never = make_edition(headline="Loutre", live_from=NOW - 2 * hour)
        found = find("loutre")
        assert [hit.pk for hit in found.hits] == [ends_later.pk, ends_never.pk]
        assert found.total == 2

    def test_list_may_begin_at_a_day_long_ago(self):
        before = Edition.objects.filter(published_at__lt=INSTANTS[5])
        asked = {"newest": INSTANTS[5], "latest": INSTANTS[5], "size": 31}
        query = Query.parse("zibeline")
        every = [instant for instant in [*INSTANTS, *OLD] if instant < INSTANTS[5]]
        for most in (2, 100):
            found = find_newest(before, NOW, query, most=most, **asked)
            assert [hit.listed_at for hit in found.hits] == every[:most]
        # What was moved up long after is found too.
        moved = before.get(published_at=OLD[0])
        Edition.objects.filter(pk=moved.pk).update(listed_at=INSTANTS[1])
        assert find_newest(before, NOW, query, most=100, **asked).head.pk == moved.pk

    def test_words_excluded_and_begun_are_told_apart_in_every_stretch(self):
        assert (
            find("zibeline -marronnier").total + find("zibeline marronnier").total == find().total
        )
        assert find("zibel*").total == find().total
        assert find("introuvable").hits == []
        assert find("introuvable").head is None

    def test_story_that_is_moved_to_the_top_is_found_there(self):
        """The index follows each change of place and section, whoever makes it."""
        article = make_article(headline="Zibeline remontée")
        by = make_user(is_superuser=True)
        edition = publishing.publish(article, revision=1, by=by)
        rows = Edition.objects.filter(pk=edition.pk)
        for instant in (INSTANTS[4], OLD[2], INSTANTS[0]):
            rows.update(listed_at=instant, published_at=instant, live_from=instant)
            (hit,) = find("remontée").hits
            assert hit.listed_at == instant
            assert find("remontée", places=[[f"+{instant.year}"]]).total == 1
        rows.update(section=self.other)
        assert find("remontée", places=[[f"#{self.other.pk}"]]).total == 1


class StretchTests(TestCase):
    def test_no_month_is_in_two_stretches(self):
        for newest in (datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)):
            parts = stretches(newest, newest)
            for month in range(month_of(newest) - 40, month_of(newest) + 2):
                signs = {sign_of(month), sign_of(month)[:5]}
                holding = [part for part in parts if all(holds(one, signs) for one in part)]
                assert len(holding) == 1, (newest, sign_of(month))


def holds(signs, there):
    """Whether a row with the signs *there* has one of *signs*, or none of them after a "!"."""
    return bool(there & set(signs)) != (signs[0] == "!")


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_instants_are_read_as_databases_write_them(instant):
    for text in (str(instant), str(instant.replace(tzinfo=None)), f"{instant:%F %T.%f}+00"):
        assert read_instant(text) == instant
        assert stamp_of(text) == stamp(instant)


@skipUnless(connection.vendor == "sqlite", "PostgreSQL's index is a migration's")
@pytest.mark.django_db
def test_index_of_a_former_release_is_made_anew():
    edition = make_edition(headline="Zibeline", live_from=timezone.now() - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE articles_edition_words")
        cursor.execute(
            "CREATE VIRTUAL TABLE articles_edition_words USING fts5("
            "search_a, search_b, search_c, content='articles_edition', content_rowid='id')"
        )
    ensure_sqlite_schema("default")
    at = timezone.now()
    found = find_newest(
        Edition.objects.all(), at, Query.parse("zibeline"), newest=at, latest=at, most=9, size=9
    )
    assert [hit.pk for hit in found.hits] == [edition.pk]
    call_command("rebuild_index", stdout=(told := StringIO()))
    assert "made anew" not in told.getvalue()
