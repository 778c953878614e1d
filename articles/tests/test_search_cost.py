"""What a search reads in PostgreSQL among many stories: the index of words, and little of it."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from .. import finding
from ..finding import BEFORE, find_newest
from ..models import Article, Edition
from ..results import MOST
from ..search import Query
from .factories import make_edition, make_section
from .growing import start_afresh

MANY = 20_000
# Of the story numbered n.
WORDS = "'souvent parite' || n % 2 || ' mot' || n % 5000 || ' debut' || n % 900"
DROP_INDEXES = "DROP INDEX edition_words, edition_words_ended"
MAKE_INDEXES = """
    CREATE INDEX edition_words ON articles_edition USING gin (search_vector)
    WITH (fastupdate = on, gin_pending_list_limit = 128) WHERE live_until IS NULL;
    CREATE INDEX edition_words_ended ON articles_edition USING gin (search_vector)
    WITH (fastupdate = on, gin_pending_list_limit = 128) WHERE live_until IS NOT NULL
"""


def multiply(model, **columns):
    """Insert MANY copies of the first row of *model*, with the SQL of *columns* made of n."""
    table, fields = model._meta.db_table, model._meta.local_concrete_fields
    names = [field.column for field in fields if not field.primary_key or "id" in columns]
    values = [columns.get(name, f"first.{name}") for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM generate_series(1, {MANY}) n, "
            f"(SELECT * FROM {table} ORDER BY id LIMIT 1) first"
        )


class Cost:
    """What a plan read: names of indexes, kinds of nodes, blocks, and how many stretches."""

    def __init__(self, plan):
        self.indexes, self.kinds, self.stretches = set(), set(), 0
        self.buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        self.walk(plan)

    def walk(self, node):
        if not node["Actual Loops"]:
            return
        self.kinds.add(node["Node Type"])
        if node.get("Index Name") == "edition_words":
            self.stretches += node["Actual Loops"]
        self.indexes |= {node["Index Name"]} if "Index Name" in node else set()
        for child in node.get("Plans", []):
            self.walk(child)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans its own way")
class SearchCostTests(TestCase):
    """One story an hour: each has "souvent", one of two words that never meet, few a rare one.

    And a former edition with the same words.
    """

    @classmethod
    def setUpTestData(cls):
        cls.at = timezone.now()
        cls.asked = {"newest": cls.at, "latest": cls.at, "most": MOST, "size": 31}
        # What tests before left dead in the tables would be read too.
        start_afresh()
        cls.section = make_section(name="Essais")
        first = make_edition(headline="Titre", section=cls.section)
        multiply(Article, id="first.id + n", uuid="gen_random_uuid()")
        with connection.cursor() as cursor:
            cursor.execute(DROP_INDEXES)
            start = "first.listed_at - n * interval '1h'"
            common = {
                "article_id": f"{first.article_id} + n",
                "published_at": f"{start} - interval '1min'",
                "listed_at": start,
                "search_a": "'titr'",
                "search_c": WORDS,
            }
            former = {"live_from": common["published_at"], "live_until": start, "number": "2"}
            multiply(Edition, **common, **former)
            current = {"live_from": start, "number": "3"}
            multiply(Edition, **common, **current)
            # Rows with waiting checks of their keys let nobody make an index.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(MAKE_INDEXES)
            cursor.execute("ANALYZE articles_edition")

    def explain(self, text, *, prefixed=False, places=()):
        query = Query.parse(text)
        query = query.by_prefix() if prefixed else query
        plans = []

        def explain(connection, sql, params, limit):
            with connection.cursor() as cursor:
                cursor.execute(BEFORE, ["0"])
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT json) {sql}", params)
                plans.append(cursor.fetchone()[0])
            return [("total", 0, 0, "", 0)]

        with mock.patch.object(finding, "fetch_in_time", explain):
            find_newest(Edition.objects.all(), self.at, query, **self.asked, places=places)
        (plan,) = plans[0]
        return Cost(plan["Plan"])

    def test_every_search_reads_the_index_of_words_and_little_else(self):
        # Each row that is shown or counted is a block at most; two frequent words that never meet
        # are two lists of the index.
        for text, most in {
            "souvent": 150,
            "souvent parite1": 450,
            "mot42": 130,
            "inconnu": 110,
            "souvent inconnu": 140,
            "parite0 parite1": 180,
            " ".join(f"mot{n}" for n in range(64)): 300,
        }.items():
            with self.subTest(text):
                cost = self.explain(text)
                assert cost.indexes == {"edition_words", "edition_live_until"}
                assert "Seq Scan" not in cost.kinds
                assert cost.buffers <= most

    def test_stretches_after_the_last_one_that_is_needed_are_not_read(self):
        assert self.explain("souvent").stretches <= 3
        assert self.explain("mot42").stretches == 5

    def test_sections_and_years_are_told_apart_in_the_index(self):
        assert self.explain("souvent", places=[["#0"], ["+1999"]]).buffers <= 110

    def test_search_that_takes_too_long_ends_with_the_newest_months(self):
        rows = Edition.objects.all()
        phrase = Query.parse('"parite0 souvent"')
        whole = find_newest(rows, self.at, Query.parse("souvent"), **self.asked)
        assert whole.total == MOST + 1 and whole.since is None
        with mock.patch.object(finding, "LIMITS", (1, 60_000)):
            cut = find_newest(rows, self.at, phrase, **self.asked)
        assert self.at - timedelta(days=63) < cut.since < self.at - timedelta(days=27)
        assert (cut.total, cut.hits) == (0, [])
        # The next statement has no limit, and the planner all its ways.
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchone() == ("on",)
