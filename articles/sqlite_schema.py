"""What SQLite needs beside Django's tables, made anew after every migrate.

SQLite loses triggers when Django remakes a table. PostgreSQL has the same rule as an exclusion
constraint, and the same index of words as a generated column: the first migration makes both.
"""

from django.db import DatabaseError, connections

CONSTRAINT = "edition_no_overlap"

# SQLite stores aware datetimes as UTC text that sorts as time does.
SQLITE_TRIGGER = """
    CREATE TRIGGER {name}_{event} BEFORE {event} ON articles_edition
    WHEN (NEW.live_until IS NULL OR NEW.live_until > NEW.live_from) AND EXISTS (
        SELECT 1 FROM articles_edition other
        WHERE other.article_id = NEW.article_id AND other.id IS NOT NEW.id
        AND (other.live_until IS NULL OR other.live_until > other.live_from)
        AND (other.live_until IS NULL OR other.live_until > NEW.live_from)
        AND (NEW.live_until IS NULL OR NEW.live_until > other.live_from)
    )
    BEGIN SELECT RAISE(ABORT, '{name}'); END
"""


# The words of editions, read from the columns that analysis.py fills: a-z and 0-9 only.
WORDS = "articles_edition_words"
COLUMNS = ("search_a", "search_b", "search_c")
CREATE_WORDS = f"""
    CREATE VIRTUAL TABLE {WORDS} USING fts5(
        {", ".join(COLUMNS)}, content='articles_edition', content_rowid='id', tokenize='ascii',
        prefix='3'
    )
"""
FORGET = f"""
    INSERT INTO {WORDS}({WORDS}, rowid, {", ".join(COLUMNS)})
    VALUES ('delete', OLD.id, {", ".join(f"OLD.{column}" for column in COLUMNS)});
"""
ADD = f"""
    INSERT INTO {WORDS}(rowid, {", ".join(COLUMNS)})
    VALUES (NEW.id, {", ".join(f"NEW.{column}" for column in COLUMNS)});
"""
WORDS_TRIGGERS = {
    "INSERT": ("INSERT", ADD),
    "DELETE": ("DELETE", FORGET),
    "UPDATE": (f"UPDATE OF {', '.join(COLUMNS)}", FORGET + ADD),
}


def ensure_sqlite_schema(using, **kwargs):
    """Make the triggers, and the index of words with what it lacks."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    tables = connection.introspection.table_names()
    if "articles_edition" not in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {WORDS}")
        return
    with connection.cursor() as cursor:
        for event in ("INSERT", "UPDATE"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {CONSTRAINT}_{event}")
            cursor.execute(SQLITE_TRIGGER.format(name=CONSTRAINT, event=event))
        if WORDS not in tables:
            cursor.execute(CREATE_WORDS)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {name for (name,) in cursor.fetchall()}
        has_triggers = found >= {f"{WORDS}_{name}" for name in WORDS_TRIGGERS}
        for name, (event, statements) in WORDS_TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {WORDS}_{name}")
            cursor.execute(
                f"CREATE TRIGGER {WORDS}_{name} AFTER {event} ON articles_edition "
                f"BEGIN {statements} END"
            )
        if not has_triggers:
            # The table is new or remade: it was filled without them.
            cursor.execute(f"INSERT INTO {WORDS}({WORDS}) VALUES ('rebuild')")


def mend_words(connection):
    """Make the index of words anew if it isn't what the editions say; return whether it was so."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"INSERT INTO {WORDS}({WORDS}, rank) VALUES ('integrity-check', 1)")
        except DatabaseError:
            cursor.execute(f"INSERT INTO {WORDS}({WORDS}) VALUES ('rebuild')")
            return True
    return False
