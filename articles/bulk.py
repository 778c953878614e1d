"""Rows by the thousand, as they are, in the fastest way that the database has."""

from contextlib import contextmanager

from django.db import connection

# What PostgreSQL gathers of new words before it puts them into their index, and the memory that
# it sorts them in. Words of many stories at once cost a quarter of those of each alone.
GATHER = """
    ALTER INDEX edition_words SET (fastupdate = on, gin_pending_list_limit = 131072)
"""
GATHER_NO_MORE = """
    ALTER INDEX edition_words RESET (gin_pending_list_limit);
    ALTER INDEX edition_words SET (fastupdate = off);
    SELECT gin_clean_pending_list('edition_words')
"""
MEMORY = "SET LOCAL work_mem = '128MB'"


@contextmanager
def words_gathered():
    """Let search's index on PostgreSQL take in words by the thousand; it is true all the time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(GATHER)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(GATHER_NO_MORE)


def write(rows):
    """Insert *rows*, unsaved objects of one model; without a key they get the next ones.

    Nothing is filled in (no auto_now) and no key is set on them. Call it in a transaction.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [f for f in meta.concrete_fields if not f.primary_key or rows[0].pk is not None]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(meta.db_table)
    lines = (
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(MEMORY)
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            marks = ", ".join(["%s"] * len(fields))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
            cursor.executemany(insert, lines)
