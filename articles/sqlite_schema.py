"""What SQLite needs beside Django's tables, made anew after every migrate.

SQLite loses triggers when Django remakes a table. PostgreSQL has the same rules as exclusion
constraints, and the same indexes of words as generated columns: migrations make them.
"""

from typing import NamedTuple

from django.db import DatabaseError, connections

# Of each table, the rule that two of its rows for one thing are never in force at once.
NO_OVERLAP = {
    "articles_edition": ("edition_no_overlap", "article_id"),
    "articles_frontpageedition": ("front_page_edition_no_overlap", "front_page_id"),
}

# SQLite stores aware datetimes as UTC text that sorts as time does.
SQLITE_TRIGGER = """
    CREATE TRIGGER {name}_{event} BEFORE {event} ON {table}
    WHEN (NEW.live_until IS NULL OR NEW.live_until > NEW.live_from) AND EXISTS (
        SELECT 1 FROM {table} other
        WHERE other.{thing} = NEW.{thing} AND other.id IS NOT NEW.id
        AND (other.live_until IS NULL OR other.live_until > other.live_from)
        AND (other.live_until IS NULL OR other.live_until > NEW.live_from)
        AND (NEW.live_until IS NULL OR NEW.live_until > other.live_from)
    )
    BEGIN SELECT RAISE(ABORT, '{name}'); END
"""


# What narrows a search, beside the words of an edition as in PostgreSQL's index (migration 0014).
PLACES = """
    '#' || section_id || ' +' || substr(published_at, 1, 4) || ' @' || substr(listed_at, 1, 4)
    || ' @' || substr(listed_at, 1, 4) || substr(listed_at, 6, 2)
"""


class WordIndex(NamedTuple):
    """The words of a table, read from the columns that analysis.py fills: a-z and 0-9 only.

    made: {a further column: its expression}, kept by SQLite itself; sources: what it is made of.
    """

    name: str
    table: str
    columns: tuple
    made: dict = {}
    sources: tuple = ()

    def create(self):
        return (
            f"CREATE VIRTUAL TABLE {self.name} USING fts5({', '.join(self.every_column)},"
            f" content='{self.table}', content_rowid='id',"
            " tokenize=\"ascii tokenchars '#+@'\", prefix='3')"
        )

    @property
    def every_column(self):
        return [*self.columns, *self.made]

    def triggers(self):
        """Return {name: statement} of what keeps the words in step with the table."""
        columns = ", ".join(self.every_column)
        old, new = (", ".join(f"{row}.{c}" for c in self.every_column) for row in ("OLD", "NEW"))
        forget = f"""
            INSERT INTO {self.name}({self.name}, rowid, {columns}) VALUES ('delete', OLD.id, {old});
        """
        add = f"INSERT INTO {self.name}(rowid, {columns}) VALUES (NEW.id, {new});"
        events = {
            "INSERT": ("INSERT", add),
            "DELETE": ("DELETE", forget),
            "UPDATE": (f"UPDATE OF {', '.join([*self.columns, *self.sources])}", forget + add),
        }
        return {
            f"{self.name}_{name}": f"CREATE TRIGGER {self.name}_{name} AFTER {event}"
            f" ON {self.table} BEGIN {statements} END"
            for name, (event, statements) in events.items()
        }

    def ensure(self, cursor, tables, triggers):
        """Make what of it is missing among the *tables* and *triggers* that there are."""
        if self.table not in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {self.name}")
            return
        self.ensure_made(cursor)
        is_new = self.ensure_table(cursor)
        wanted = self.triggers()
        for name, statement in wanted.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(statement)
        if is_new or not triggers >= wanted.keys():
            # Its table may be remade, too: it was filled without the triggers.
            self.rebuild(cursor)

    def ensure_made(self, cursor):
        """Make the columns that SQLite keeps, and Django leaves out where it remakes a table."""
        cursor.execute(f"PRAGMA table_xinfo({self.table})")
        there = {column[1] for column in cursor.fetchall()}
        for name in self.made.keys() - there:
            made = f"{name} TEXT GENERATED ALWAYS AS ({self.made[name]}) VIRTUAL"
            cursor.execute(f"ALTER TABLE {self.table} ADD COLUMN {made}")

    def ensure_table(self, cursor):
        """Make the index if it is missing or was made otherwise; return whether it was."""
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [self.name])
        if cursor.fetchone() == (self.create(),):
            return False
        cursor.execute(f"DROP TABLE IF EXISTS {self.name}")
        cursor.execute(self.create())
        return True

    def rebuild(self, cursor):
        cursor.execute(f"INSERT INTO {self.name}({self.name}) VALUES ('rebuild')")

    def mend(self, cursor):
        """Make it anew unless it has what its table says; return whether it was made."""
        try:
            cursor.execute(
                f"INSERT INTO {self.name}({self.name}, rank) VALUES ('integrity-check', 1)"
            )
        except DatabaseError:
            self.rebuild(cursor)
            return True
        return False


WORDS = [
    WordIndex(
        "articles_edition_words",
        "articles_edition",
        ("search_a", "search_b", "search_c"),
        made={"search_places": PLACES},
        sources=("section_id", "published_at", "listed_at"),
    ),
    WordIndex("articles_article_words", "articles_articlewords", ("words",)),
]


def ensure_sqlite_schema(using, **kwargs):
    """Make the triggers, and the indexes of words with what they lack."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in NO_OVERLAP.keys() & set(tables):
            refuse_overlaps(cursor, table)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in cursor.fetchall()}
        for index in WORDS:
            index.ensure(cursor, tables, triggers)


def refuse_overlaps(cursor, table):
    name, thing = NO_OVERLAP[table]
    for event in ("INSERT", "UPDATE"):
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}_{event}")
        cursor.execute(SQLITE_TRIGGER.format(name=name, event=event, table=table, thing=thing))


def mend_words(connection):
    """Make the indexes of words anew that aren't what their tables say; return how many."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        return sum(index.mend(cursor) for index in WORDS)
