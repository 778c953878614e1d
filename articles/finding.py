"""One statement that finds the newest matches of a search and tells all that a page says of them.

How many there are, in which sections and years, and which of them are shown: so a thousand rows
that are counted never leave the database. The stretches of time are asked one after another, until
there is enough; what no index tells (whether frequent words stand in a row, the words of a short
start) ends at a limit of time in PostgreSQL.
"""

from contextlib import nullcontext
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connections, transaction
from psycopg.errors import QueryCanceled

from .dates import read_instant
from .models import Edition
from .prepared import put_in_sql
from .search import Matches, table_of
from .stretches import newest_start, stretches

# How long PostgreSQL may look, in ms: through everything, then through the newest stretches alone.
LIMITS = 75, 50
NEWEST_STRETCHES = 2
# The planner sees no words, only that there are some: it may go by the index of words alone, and
# not compile the plan for rows that it will never read.
BEFORE = """
    SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true),
    set_config('enable_indexscan', 'off', true), set_config('jit', 'off', true)
"""
AFTER = """
    SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT;
    SET LOCAL enable_indexscan TO DEFAULT; SET LOCAL jit TO DEFAULT
"""
COLUMNS = ("id", "article_id", "listed_at", "section_id", "published_at")
# What score() looks at.
TEXTS = ("search_a", "search_b")
ANSWER = """
    WITH found AS ({found}),
    counted AS (SELECT * FROM found ORDER BY listed_at DESC, article_id DESC LIMIT {most}),
    ranked AS (SELECT id, article_id, listed_at, {score} AS score FROM counted)
    SELECT 'hit' AS kind, id, article_id, CAST(listed_at AS text), score FROM (
        SELECT * FROM ranked
        {where} ORDER BY score DESC, listed_at DESC, article_id DESC LIMIT {size}
    ) AS hits
    UNION ALL SELECT 'head', id, article_id, CAST(listed_at AS text), 0 FROM (
        SELECT * FROM counted ORDER BY listed_at DESC, article_id DESC LIMIT 1
    ) AS head
    UNION ALL SELECT 'total', 0, count(*), '', 0 FROM found
    UNION ALL SELECT 'section', section_id, count(*), '', 0 FROM counted GROUP BY section_id
    UNION ALL SELECT 'year', year, count(*), '', 0
    FROM (SELECT CAST({year} AS integer) AS year FROM counted) AS years GROUP BY year
"""
# A word in the headline counts for more than one beside the story.
SCORE = """
    CASE WHEN ' ' || search_a || ' ' LIKE %s THEN 3 WHEN ' ' || search_b || ' ' LIKE %s THEN 1
    ELSE 0 END
"""
# Stands for the words of a stretch.
WORDS = object()


class Hit(NamedTuple):
    """The edition of a story that was found, and its place in lists."""

    pk: int
    article_id: int
    listed_at: datetime
    score: int

    @property
    def place(self):
        return self.listed_at, self.article_id

    @property
    def rank(self):
        return self.score, *self.place


class Found(NamedTuple):
    """total: how many there are, or one more than were to be counted; sections, years: {id, or
    year: how many of those counted}; hits: those to show, in order; head: the newest of all;
    since: the aware datetime at which the search ended for lack of time, else None."""

    total: int = 0
    sections: dict = {}
    years: dict = {}
    hits: list = []
    head: Hit | None = None
    since: datetime | None = None

    @classmethod
    def read(cls, rows):
        """Return what the rows of ANSWER say."""
        kinds = {"hit": [], "head": [], "total": [], "section": [], "year": []}
        for kind, *values in rows:
            kinds[kind].append(values)
        hits, heads = (
            [Hit(pk, article, read_instant(place), score) for pk, article, place, score in told]
            for told in (kinds["hit"], kinds["head"])
        )
        hits.sort(key=lambda hit: hit.rank, reverse=True)
        sections, years = ({row[0]: row[1] for row in kinds[kind]} for kind in ("section", "year"))
        return cls(kinds["total"][0][1], sections, years, hits, heads[0] if heads else None)


class InStretch(Matches):
    """Whether a row has the words of the stretch that is looked through."""

    sqlite_words = WORDS

    def __init__(self):
        super().__init__(None)

    def as_postgresql(self, compiler, connection, **extra):
        return f'{table_of(self, compiler)}."search_vector" @@ stretch.words', []


def find_newest(
    editions, at, query, *, newest, latest, most, size, places=(), before=None, is_best=False
):
    """Return what is Found of *editions* that match *query* and are live at the datetime *at*.

    *newest* and *latest* as for stretches(), *places* as for a Query. The newest *most* are counted
    and *size* of them shown: the best or the newest, from the rank *before* on, if any.
    """
    connection = connections[editions.db]
    shape = {"columns": (*COLUMNS, *TEXTS) if is_best else COLUMNS, "count": most + 1}
    if editions.query.has_filters():
        found = matches(editions, at, **shape).query.sql_with_params()
    else:
        found = all_matches(at, **shape)
    statement = Statement(
        connection,
        found,
        answer(connection, score(query) if is_best else ("0", []), before, most, size),
        most,
    )
    words = [
        query.as_words(connection.vendor, [*places, *signs]) for signs in stretches(newest, latest)
    ]
    rows = statement.fetch(words, LIMITS[0])
    if rows is not None:
        return Found.read(rows)
    rows = statement.fetch(words[:NEWEST_STRETCHES], LIMITS[1])
    found = Found() if rows is None else Found.read(rows)
    return found._replace(since=newest_start(newest))


def matches(editions, at, *, columns, count):
    """Return *columns* of the newest *count* of *editions* that match a stretch and are live.

    Notices of withdrawal and sealed texts have no words: that they aren't live need not be asked.
    """
    found = editions.filter(InStretch())
    if connections[editions.db].vendor != "postgresql":
        return found.in_force(at).newest_first().values_list(*columns)[:count]
    # Each half goes by its own index: of the words of what is open, and of what will end.
    begun = found.filter(live_from__lte=at).order_by().values_list(*columns)
    open_ended, ending = begun.filter(live_until=None), begun.filter(live_until__gt=at)
    return open_ended.union(ending, all=True).newest_first()[:count]


@put_in_sql
def all_matches(at, *, columns, count):
    return matches(Edition.objects.all(), at, columns=columns, count=count)


class Statement(NamedTuple):
    """An ANSWER to which the words of its stretches are still missing; both SQL with parameters."""

    connection: object
    matches: tuple
    answer: tuple
    most: int

    def fetch(self, words, limit):
        """Return the rows for *words*, one a stretch, or None after *limit* ms."""
        found, found_params = self.found(words)
        sql, params = self.answer
        sql, params = sql.replace("{found}", found), [*found_params, *params]
        if self.connection.vendor == "postgresql":
            return fetch_in_time(self.connection, sql, params, limit)
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def found(self, words):
        """Return the SQL of the newest matches in all stretches, and its parameters."""
        sql, params = self.matches
        if self.connection.vendor == "postgresql":
            rows = ", ".join(["(%s::tsquery)"] * len(words))
            stretch = f"(VALUES {rows}) AS stretch(words)"
            each = f"SELECT edition.* FROM {stretch} CROSS JOIN LATERAL ({sql}) AS edition"  # noqa: S608
            return f"{each} LIMIT {self.most + 1}", [*words, *params]
        each = [[own if param is WORDS else param for param in params] for own in words]
        arms = " UNION ALL ".join([f"SELECT * FROM ({sql})"] * len(words))  # noqa: S608
        return f"{arms} LIMIT {self.most + 1}", [param for params in each for param in params]


def answer(connection, ranking, before, most, size):
    """Return ANSWER with all but what was found, and parameters; *ranking* as of score()."""
    score, score_params = ranking
    where, where_params = "", []
    if before:
        where = "WHERE (score, listed_at, article_id) < (%s, %s, %s)"
        rank, instant, article = before
        where_params = [rank, connection.ops.adapt_datetimefield_value(instant), article]
    year, year_params = connection.ops.datetime_extract_sql(
        "year", "published_at", (), settings.TIME_ZONE
    )
    parts = {"score": score, "where": where, "year": year, "most": most, "size": size}
    sql = ANSWER.format(found="{found}", **parts)
    return sql, [*score_params, *where_params, *year_params]


def score(query):
    """Return the SQL of how well a story that matches *query* does, 0 or more, and parameters."""
    params = []
    for terms in query.needed:
        words = f"% {' '.join(terms)} %"
        if query.is_prefixed and terms is query.needed[-1]:
            words = f"% {' '.join([*terms[:-1], query.prefix])}%"
        params += [words, words]
    return " + ".join([SCORE] * len(query.needed)), params


def fetch_in_time(connection, sql, params, limit):
    """Return the rows of PostgreSQL, by the index of words alone, or None after *limit* ms."""
    sql, params = f"{BEFORE}; {sql}", [str(limit), *params]
    guard = nullcontext
    if connection.in_atomic_block:
        # A statement that ends early spoils the transaction that it is in, and settings last there.
        guard, sql = transaction.atomic, f"{sql}; {AFTER}"
    try:
        with guard(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.nextset()
            return cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise
