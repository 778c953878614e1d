"""Timestamps of PostgreSQL that are parsed in C are those that Django's own way reads."""

from datetime import UTC, datetime
from unittest import skipUnless

from django.db import DataError, connection
from django.test import TestCase

from ..timestamps import make_loader

# The type's number in PostgreSQL's catalogue, and its form on the wire.
TIMESTAMPTZ, TEXT = 1184, 0
INSTANTS = [
    "0001-01-01 00:00:00+00",
    "1999-12-31 23:59:59.5+00",
    "2026-03-29 01:00:00.000001+00",
    "2026-10-25 00:59:59.99+00",
    "9999-12-31 23:59:59.999999+00",
]


@skipUnless(connection.vendor == "postgresql", "SQLite keeps instants as text")
class TimestampsTest(TestCase):
    def read(self, text):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::timestamptz", [text])
            return cursor.fetchone()[0]

    def test_instants_are_read_as_django_reads_them(self):
        loader = make_loader()
        with connection.cursor() as cursor:
            in_use = cursor.cursor.adapters.get_loader(TIMESTAMPTZ, TEXT)
            self.assertIs(in_use, loader)
        for text in INSTANTS:
            found, django = self.read(text), super(loader, loader(TIMESTAMPTZ)).load(text.encode())
            self.assertEqual(found, django)
            self.assertIs(found.tzinfo, UTC)

    def test_instant_of_another_zone_is_the_same_instant(self):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
        found = self.read("2026-02-02 08:00:00+00")
        self.assertEqual(found, datetime(2026, 2, 2, 8, tzinfo=UTC))

    def test_what_no_datetime_holds_is_refused_as_before(self):
        for text in ("infinity", "0044-01-01 BC", "20000-01-01"):
            with self.subTest(text), self.assertRaises(DataError):
                self.read(text)
