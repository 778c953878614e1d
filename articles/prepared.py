"""Queries that Django's ORM puts into SQL once, not at every request: those of the hot pages.

For a page of a few rows, making the SQL takes longer than running it, and so does planning it.
"""

from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial, wraps
from uuid import UUID

from django.db import connection, connections
from django.db.models import BigIntegerField, DateTimeField, Expression, TextField, UUIDField
from django.db.models.query import RawQuerySet
from django.db.models.sql.compiler import SQLCompiler

# What an argument is to the database, by its type.
FIELDS = {int: BigIntegerField, str: TextField, datetime: DateTimeField, UUID: UUIDField}
# The SQL of each prepared query, by the shape that was asked.
MADE = []


def prepared(make, *, is_planned_once=False, is_run=True):
    """Let make(*values, **shape), which returns a queryset, be asked for its rows, as a list.

    It is called once for each *shape* (what the SQL depends on) and number of values, with
    expressions in place of the *values*: ints, strs, UUIDs or aware datetimes. So it may hand them
    to filters, but not look at them. Raise KeyError for a value of another type.
    """
    kept = {}
    MADE.append(kept)

    @wraps(make)
    def ask(*values, **shape):
        fields = tuple(FIELDS[type(value)] for value in values)
        key = (fields, *sorted(shape.items()))
        if key not in kept:
            given = [Given(place, field()) for place, field in enumerate(fields)]
            kept[key] = Made(make(*given, **shape), is_planned_once)
        return kept[key].fetch(values) if is_run else kept[key].bind(values)

    return ask


# As prepared(), and PostgreSQL plans it once in a connection too. Not for what is best done in one
# way for a value that many rows have, and in another for a rare one.
planned_once = partial(prepared, is_planned_once=True)
# As prepared(), for a part of a statement: the SQL and its parameters are returned, not the rows.
put_in_sql = partial(prepared, is_run=False)


def forget():
    """Make all SQL anew: for tests that change what the queries are made of."""
    for kept in MADE:
        kept.clear()


def union_all(querysets):
    """Return the SQL of all rows of *querysets*, which may be sliced, and its parameters."""
    made = [queryset.query.sql_with_params() for queryset in querysets]
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in made)  # noqa: S608
    return sql, [param for _, params in made for param in params]


def for_each(*groups):
    """Return the SQL of all rows of rows_of(key) for each of the keys, and its parameters.

    *groups* are pairs (keys, rows_of), which makes a queryset of a key, and may slice it; one group
    has keys at least. PostgreSQL plans a group once, and not for each of its keys.
    """
    groups = [(keys, rows_of) for keys, rows_of in groups if keys]
    if connection.vendor != "postgresql":
        return union_all([rows_of(key) for keys, rows_of in groups for key in keys])
    parts, params = [], []
    for keys, rows_of in groups:
        sql, own = rows_of(Listed()).query.sql_with_params()
        values = ", ".join(["(%s)"] * len(keys))
        lists = f"(VALUES {values}) AS list(key), LATERAL ({sql}) AS part"
        parts.append(f"SELECT part.* FROM {lists}")  # noqa: S608
        params += [*keys, *own]
    return " UNION ALL ".join(parts), params


def columns_of(model, fields):
    """Return the names of the columns that hold *fields* of *model*, as SQL."""
    return ", ".join(f'"{model._meta.get_field(name).column}"' for name in fields)


class Given(Expression):
    """The value that comes at one place among those of a prepared query."""

    def __init__(self, place, output_field):
        super().__init__(output_field=output_field)
        self.place = place

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def bind(self, values, connection):
        """Return what the database takes of its value."""
        return self.output_field.get_db_prep_value(values[self.place], connection)


class Listed(Expression):
    """The key that for_each() is at."""

    output_field = BigIntegerField()

    def as_sql(self, compiler, connection):
        return "list.key", []


class Made:
    """The SQL of a queryset, or of a raw one, with Givens among its parameters."""

    def __init__(self, queryset, is_planned_once):
        self.queryset = queryset
        self.compiler = None
        if isinstance(queryset, RawQuerySet):
            self.sql, self.params = queryset.raw_query, queryset.params
        else:
            self.compiler = queryset.query.get_compiler(queryset.db)
            self.sql, self.params = self.compiler.as_sql()
        self.is_planned_once = is_planned_once and connections[queryset.db].vendor == "postgresql"
        if self.is_planned_once:
            self.spell_out()

    def spell_out(self):
        """Write into the SQL what is the same for all values: the plan may go by it."""
        from psycopg.sql import Literal

        connection = connections[self.queryset.db]
        connection.ensure_connection()

        def told(param):
            if isinstance(param, Given):
                return "%s"
            return Literal(param).as_string(connection.connection).replace("%", "%%")

        self.sql %= tuple(map(told, self.params))
        self.params = [param for param in self.params if isinstance(param, Given)]

    def bind(self, values):
        """Return the SQL and its parameters for these *values*."""
        connection = connections[self.queryset.db]
        params = [
            param.bind(values, connection) if isinstance(param, Given) else param
            for param in self.params
        ]
        return self.sql, params

    def fetch(self, values):
        """Return the list of the queryset's objects for these *values*."""
        connection = connections[self.queryset.db]
        _, params = self.bind(values)
        with keeping_plans(connection) if self.is_planned_once else nullcontext():
            if self.compiler is None:
                return list(self.queryset.model.objects.raw(self.sql, params))
            compiler = Bound(self.compiler, connection, self.sql, params)
            queryset = self.queryset.all()
            queryset.query.get_compiler = lambda *args, **kwargs: compiler
            return list(queryset)


class Bound(SQLCompiler):
    """A compiler that has made its SQL already, for one run in one thread's connection."""

    def __init__(self, made, connection, sql, params):
        self.__dict__ |= vars(made)
        self.connection = connection
        self.bound = sql, params

    def as_sql(self, *args, **kwargs):
        return self.bound


@contextmanager
def keeping_plans(connection):
    """Let what is asked of PostgreSQL by *connection* meanwhile be planned once, for all values.

    database_config() has asked for that; Django's usual cursors leave nothing to be planned for.
    """
    # Here, so that SQLite alone doesn't load PostgreSQL's driver.
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    driver = connection.connection
    usual, driver.cursor_factory = driver.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        driver.cursor_factory = usual
