"""Rows by the thousand, as they are, in the fastest way that the database has."""

import gc
from contextlib import contextmanager, nullcontext
from operator import attrgetter

from django.db import connection, connections, models

# Search's and the desk's.
INDEXES = ("edition_words", "edition_words_ended", "article_words")
# How many kB of new words PostgreSQL gathers before it puts them into their index: a search looks
# through those, too. Words of many stories at once cost a quarter of those of each alone.
GATHER = "ALTER INDEX {0} SET (gin_pending_list_limit = 131072);"
GATHER_NO_MORE = """
    ALTER INDEX {0} SET (gin_pending_list_limit = 128);
    SELECT gin_clean_pending_list('{0}');
"""
# Fewer rows than this are inserted by one statement, more by three, the keys asked for before.
FEW = 20
# What PostgreSQL's driver takes as it is.
PLAIN = (
    *(models.CharField, models.TextField, models.BooleanField, models.IntegerField),
    *(models.DateTimeField, models.UUIDField),
)
# What it sorts words in.
MEMORY = "SET LOCAL work_mem = '128MB'"


@contextmanager
def importing():
    """For an import: around all of it, or around a transaction. Another one waits for its turn.

    The indexes of words on PostgreSQL take in thousands of them, and are true all the time. What
    the process holds already isn't looked through for garbage again and again.
    """
    gc.freeze()
    try:
        with words_gathered() if connection.vendor == "postgresql" else nullcontext():
            yield
    finally:
        gc.unfreeze()


@contextmanager
def words_gathered():
    with connection.cursor() as cursor:
        cursor.execute(for_each_index(GATHER))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(for_each_index(GATHER_NO_MORE))


def for_each_index(statements):
    return "".join(statements.format(index) for index in INDEXES)


def create(rows):
    """Store *rows*, unsaved objects of one model, as bulk_create() does; return them.

    Call it in a transaction.
    """
    rows = list(rows)
    if len(rows) < FEW or connection.vendor != "postgresql":
        return rows and type(rows[0]).objects.bulk_create(rows)
    fill(rows)
    copy(rows)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def fill(rows):
    """Give *rows* the next keys, and what their columns take at each save."""
    meta = rows[0]._meta
    with connection.cursor() as cursor:
        sequence = f"pg_get_serial_sequence('{meta.db_table}', '{meta.pk.column}')"
        cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [len(rows)])  # noqa: S608
        keys = [key for (key,) in cursor.fetchall()]
    automatic = [field for field in meta.concrete_fields if is_automatic(field)]
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        # As bulk_create() does: a row may have been made before what it points to was stored.
        row._prepare_related_fields_for_save("bulk_create")
        for field in automatic:
            field.pre_save(row, add=True)


def is_automatic(field):
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


def write(rows):
    """Insert *rows*, unsaved objects of one model; without a key they get the next ones.

    Nothing is filled in (no auto_now) and no key is set on them. Call it in a transaction.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(MEMORY)
        copy(rows)
        return
    table, columns, lines = table_of(rows)
    marks = ", ".join(["%s"] * len(columns))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(insert, lines)


def copy(rows):
    """Insert *rows* by PostgreSQL's COPY."""
    table, columns, lines = table_of(rows)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as target,
    ):
        for line in lines:
            target.write_row(line)


def table_of(rows):
    """Return the names of the table and columns of *rows*, and an iterator of their values."""
    meta = rows[0]._meta
    fields = [f for f in meta.concrete_fields if not f.primary_key or rows[0].pk is not None]
    # Not the proxy, which looks it up each time.
    real = connections[connection.alias]
    values = [value_of(field, real) for field in fields]
    lines = ([value(row) for value in values] for row in rows)
    name = real.ops.quote_name
    return name(meta.db_table), [name(field.column) for field in fields], lines


def value_of(field, real):
    """Return the function of a row that returns what the column of *field* takes of it."""
    own = attrgetter(field.attname)
    if field.is_relation or real.vendor == "postgresql" and isinstance(field, PLAIN):
        return own
    return lambda row: field.get_db_prep_save(own(row), real)
