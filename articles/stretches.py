"""The newest matches of a search, looked for in ever longer stretches of time.

PostgreSQL's index of words has no order in time: it gives all the stories that hold a word, perhaps
half of them. But it also holds the month and the year of each (migration 0012), and so it answers
the newest month alone, then the one before, then months and years. The parts of a UNION ALL run one
after another until there is enough: a frequent word ends in the first, a rare one costs little in
each, and two frequent words that never meet are told apart in the index. What the index can't tell
(whether frequent words stand in a row, the words of a short start) ends at a limit of time.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import OperationalError, connections, transaction
from django.db.models import Q
from psycopg.errors import QueryCanceled

from .search import Matches

# More years than this aren't named one by one.
MOST_YEARS = 60
# How long PostgreSQL may look, in ms: through everything, then through the newest stretches alone.
LIMITS = 100, 50
NEWEST_STRETCHES = 2
# The planner thinks that words meet by chance, and would walk the list of dates for two that don't.
BEFORE = """
    SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true),
    set_config('enable_indexscan', 'off', true)
"""
AFTER = """
    SET LOCAL statement_timeout TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT;
    SET LOCAL enable_indexscan TO DEFAULT
"""


class Found(NamedTuple):
    """rows: values of the columns asked for, newest first; since: the aware datetime at which the
    search ended for lack of time, else None."""

    rows: list
    since: datetime | None = None


def find_newest(editions, query, columns, *, newest, most, places=()):
    """Return what is Found of *editions* that match *query*: *columns* of the newest *most*.

    *newest* is the aware datetime of the first place in the list; *places* as in Matches.
    """
    if connections[editions.db].vendor != "postgresql":
        found = editions.filter(Matches(query)).newest_first()
        return Found(list(found.values_list(*columns)[:most]))
    parts = [
        editions.filter(when, Matches(query, [*places, signs]))
        .newest_first()
        .values_list(*columns)[:most]
        for when, signs in stretches(newest)
    ]
    rows = fetch(joined(parts, most), LIMITS[0])
    if rows is not None:
        return Found(rows)
    newest_rows = fetch(joined(parts[:NEWEST_STRETCHES], most), LIMITS[1])
    return Found(newest_rows or [], newest_start(newest))


def joined(parts, most):
    """Return the first *most* rows of the querysets *parts*, each asked only where it is needed."""
    return parts[0].union(*parts[1:], all=True)[:most]


def fetch(rows, limit):
    """Return the values that the queryset *rows* asks for, or None after *limit* ms.

    By the index of words alone, in one round trip.
    """
    connection = connections[rows.db]
    sql, params = rows.query.sql_with_params()
    # A statement that ends early spoils the transaction that it is in, if any.
    guard = transaction.atomic if connection.in_atomic_block else nullcontext
    try:
        with guard(), connection.cursor() as cursor:
            cursor.execute(f"{BEFORE}; {sql}; {AFTER}", [str(limit), *params])
            cursor.nextset()
            return cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


def newest_start(newest):
    """Return from when on the newest stretches look: the month before that of *newest*."""
    newest = newest.astimezone(UTC)
    return month_start(newest.year * 12 + newest.month - 2)


def stretches(newest):
    """Return the stretches of the list back from *newest*, as (condition, signs of the index)."""
    newest = newest.astimezone(UTC)
    month = newest.year * 12 + newest.month - 1
    months_end, year = month_start(month - 6), (month - 6) // 12
    return [
        # A story may have come in since *newest* was read, in a new month.
        (Q(), [sign_of(month + 1), sign_of(month)]),
        (Q(), [sign_of(month - 1)]),
        (Q(), [sign_of(month - back) for back in range(2, 7)]),
        (Q(listed_at__lt=months_end), [f"@{year}", f"@{year - 1}"]),
        (Q(listed_at__lt=month_start((year - 1) * 12)), []),
    ]


def month_start(month):
    """Return the first instant of a month counted from the year 0, in UTC."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def sign_of(month):
    return f"@{month // 12}{month % 12 + 1:02}"


def section_signs(section):
    return [f"#{section.pk}"] if section else []


def year_signs(since, until, at):
    """Return the signs of stories first published from *since* to *until*, aware or None, by *at*.

    Years are UTC's: they are a little more than what was asked.
    """
    last = until.astimezone(UTC).year if until else at.astimezone(UTC).year + 1
    if since:
        years, signs = range(since.astimezone(UTC).year, last + 1), []
    else:
        years, signs = range(last + 1, at.astimezone(UTC).year + 1), ["!"]
    if not years or len(years) > MOST_YEARS:
        return []
    return signs + [f"+{year}" for year in years]
