"""How long a request waits for SQLite, which lets one connection write at a time."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def short_wait(milliseconds=0):
    """Let a write raise OperationalError soon where someone else writes, not after the usual 5 s.

    PostgreSQL locks rows alone: there is nothing to shorten.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    set_wait(milliseconds)
    try:
        yield
    finally:
        set_wait(usual)


def set_wait(milliseconds):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
