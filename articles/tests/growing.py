"""An archive that grows by statement: light copies of a few stories, each ten minutes older.

And what PostgreSQL reads for a page of it.
"""

from collections import Counter

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import ClientCursor

from ..models import Article, Edition, EditionAuthor, EditionTopic, LiveEntry, LiveEntryEdition

# The keys of the stories that are copied are below; those of their copies follow by steps of it.
STEP = 1000
MODELS = (Article, Edition, EditionTopic, EditionAuthor, LiveEntry, LiveEntryEdition)
TIMES = (
    "created_at updated_at live_from live_until ends_at published_at modified_at listed_at"
    " shown_at".split()
)
KEYS = ("id", "article_id", "edition_id", "entry_id")


def start_afresh():
    """Let stories have new tables and the lowest keys, in this transaction.

    What tests before left dead in their tables would be read too.
    """
    tables = ", ".join(model._meta.db_table for model in MODELS)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def grow(first, last):
    """Add the copies numbered *first* to *last* of every story with a key below STEP."""
    with connection.cursor() as cursor:
        for model in MODELS:
            table = model._meta.db_table
            columns = [field.column for field in model._meta.concrete_fields]
            copies = ", ".join(map(as_copied, columns))
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copies} "  # noqa: S608
                f"FROM {table}, generate_series(%s, %s) copy WHERE id < {STEP} "
                "ORDER BY copy, id",
                [first, last],
            )
        # The planner believes what it saw of the other tables before: of topics, that none are.
        cursor.execute("ANALYZE")


def drop_foreign_keys():
    """Let the database believe the copies, in this transaction: checking takes most of the time."""
    tables = [model._meta.db_table for model in MODELS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [tables],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def as_copied(column):
    """Return the SQL of what the copy numbered `copy` has in *column*."""
    if column == "uuid":
        return "gen_random_uuid()"
    if column in KEYS:
        return f"{column} + copy * {STEP}"
    return f"{column} - copy * interval '10 minutes'" if column in TIMES else column


class Reading:
    """What one page made PostgreSQL read: `buffers`, `scanned` tables, `indexes`, by EXPLAIN.

    A query that is planned once is told by the plan that stands for all values.
    """

    def __init__(self, client, address):
        self.buffers, self.scanned, self.indexes = 0, set(), Counter()
        with connection.execute_wrapper(self.explain):
            self.status = client.get(address).status_code

    def explain(self, execute, sql, params, many, context):
        cursor = context["cursor"]
        if sql.startswith(("SELECT", "(SELECT", "WITH", "\n    WITH")):
            if isinstance(cursor.cursor, ServerBindingCursor):
                execute(sql, params, many, context)
                self.read(f"EXECUTE {name_of(sql)}({', '.join(['%s'] * len(params))})", params)
            else:
                self.read(sql, params)
        return execute(sql, params, many, context)

    def read(self, sql, params):
        with ClientCursor(connection.connection) as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0][0]["Plan"]
        self.buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        self.walk(plan)

    def walk(self, plan):
        if plan["Node Type"] == "Seq Scan":
            self.scanned.add(plan["Relation Name"])
        if "Index Name" in plan:
            self.indexes[plan["Index Name"]] += 1
        for below in plan.get("Plans", []):
            self.walk(below)


def name_of(sql):
    """Return the name under which the driver has prepared *sql*."""
    first, *parts = sql.split("%s")
    numbered = first + "".join(f"${number}{part}" for number, part in enumerate(parts, 1))
    with ClientCursor(connection.connection) as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement = %s",
            [numbered.replace("%%", "%")],
        )
        return cursor.fetchone()[0]
