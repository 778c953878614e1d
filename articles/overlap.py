"""SQLite's own rule that at most one edition of an article is in force at any instant.

PostgreSQL has it as an exclusion constraint of the same name, made by the first migration.
"""

from django.db import connections

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


def ensure_sqlite_triggers(using, **kwargs):
    """Make the triggers anew after every migrate: SQLite loses them when Django remakes a table."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    if "articles_edition" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for event in ("INSERT", "UPDATE"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {CONSTRAINT}_{event}")
            cursor.execute(SQLITE_TRIGGER.format(name=CONSTRAINT, event=event))
