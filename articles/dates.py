"""Dates as readers get them, in words or as stamps: always in the newsroom's zone."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def to_local(value):
    """Return the aware datetime *value* in the newsroom's zone, whatever the reader's request."""
    return timezone.localtime(value, timezone.get_default_timezone())


def to_second(value):
    """Return the aware datetime *value* as every page, feed and sitemap tells it."""
    return to_local(value).replace(microsecond=0)


def stamp(value):
    """Return "2026-02-02T08:00:00+01:00"."""
    return to_second(value).isoformat()


def read_instant(text):
    """Return the aware datetime that a database writes as *text*; in UTC if it names no zone."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def stamp_of(text):
    """Return the stamp() of a datetime that a database writes as *text*, in UTC."""
    instant = datetime.fromisoformat(f"{text[:19]}+00:00")
    return instant.astimezone(timezone.get_default_timezone()).isoformat()


def day_in_words(local):
    """Return "1er février 2026"."""
    day = _("1er") if local.day == 1 else local.day
    return f"{day} {date_format(local, 'F Y')}"


def moment_in_words(local):
    """Return "1er février 2026 à 08h00"."""
    return _("%(day)s à %(hour)s") % {
        "day": day_in_words(local),
        "hour": date_format(local, "TIME_FORMAT"),
    }
