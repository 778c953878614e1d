"""PostgreSQL's timestamps, parsed in C: a list prints hundreds, and Django's own way takes longer
than all the rest of reading a row.
"""

from datetime import UTC, datetime
from functools import cache


def parse_in_c(connection, **kwargs):
    """Let *connection*, just opened, read its timestamps by the standard library's parser.

    Receives connection_created. What differs is the time alone: the same aware datetimes in UTC,
    the same errors for what no datetime can hold.
    """
    if connection.vendor == "postgresql" and connection.timezone is UTC:
        connection.connection.adapters.register_loader("timestamptz", make_loader())


@cache
def make_loader():
    # Here, so that SQLite alone doesn't load PostgreSQL's driver.
    from django.db.backends.postgresql.psycopg_any import BaseTzLoader

    class TimestampLoader(BaseTzLoader):
        # Django compares it with the connection's.
        timezone = UTC

        def load(self, data):
            try:
                return datetime.fromisoformat(str(data, "ascii"))
            except ValueError:
                return super().load(data)

    return TimestampLoader
