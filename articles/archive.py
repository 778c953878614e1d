"""The years, months and days by which readers walk through what was first published when."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from .dates import day_in_words, to_local
from .filters import Listing
from .models import Edition
from .prepared import planned_once, union_all


@dataclass(frozen=True)
class Period:
    """A year, a month of it or a day of that, in the newsroom's zone.

    Raise Http404 if the calendar has no such day.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self):
        try:
            self.end  # noqa: B018 - the calendar refuses
        except (ValueError, OverflowError):
            raise Http404 from None

    def __str__(self):
        if self.day:
            return day_in_words(self.start)
        return date_format(self.start, "F Y") if self.month else str(self.year)

    def get_absolute_url(self):
        return reverse("articles:archive", kwargs=self.numbers)

    @property
    def numbers(self):
        parts = {"year": self.year, "month": self.month, "day": self.day}
        return {name: number for name, number in parts.items() if number}

    @property
    def start(self):
        """Its first instant, aware."""
        zone = timezone.get_default_timezone()
        return datetime(self.year, self.month or 1, self.day or 1, tzinfo=zone)

    @property
    def end(self):
        """The first instant after it, aware."""
        if self.day:
            return self.start + timedelta(days=1)
        if self.month and self.month < 12:
            return self.start.replace(month=self.month + 1)
        return self.start.replace(year=self.year + 1, month=1)

    @property
    def name(self):
        """What it is called among its like: "2026", "février", "2"."""
        if self.day:
            return day_in_words(self.start).partition(" ")[0]
        return date_format(self.start, "F") if self.month else str(self.year)

    @property
    def above(self):
        """The periods that it is part of, the longest first."""
        line = [Period(self.year)] if self.month else []
        return [*line, Period(self.year, self.month)] if self.day else line

    @property
    def parts(self):
        """Its months, or the month's days, the newest first."""
        if self.day:
            return []
        if self.month:
            last = monthrange(self.year, self.month)[1]
            return [Period(self.year, self.month, day) for day in range(last, 0, -1)]
        return [Period(self.year, month) for month in range(12, 0, -1)]


def years_between(oldest, newest):
    """Return the years of two aware datetimes and those between as Periods, newest first."""
    years = range(to_local(newest).year, to_local(oldest).year - 1, -1)
    return [Period(year) for year in years]


def months_between(oldest, newest):
    """Return the months of two aware datetimes and those between as Periods, oldest first."""
    months = [month for year in years_between(oldest, newest)[::-1] for month in year.parts[::-1]]
    return [month for month in months if month.end > oldest and month.start <= newest]


class Span(NamedTuple):
    """A time between two instants, such as a Period's."""

    start: datetime
    end: datetime


def stories_of(period, at):
    """Return the Listing of what readers see at *at* of the stories first published in *period*.

    None: of all stories, each with_oldest().
    """
    if period:
        return Listing(rows_of, at, period.start, period.end)
    return Listing(rows_of_all, at)


def rows_of(at, start, end):
    return Edition.objects.live(at).published_in(Span(start, end))


def rows_of_all(at):
    return Edition.objects.live(at).with_oldest()


def with_stories(periods, at):
    """Return those of *periods* in which a story live at *at* was first published; one query."""
    if not periods:
        return []
    bounds = [instant for period in periods for instant in (period.start, period.end)]
    found = [edition.published_at for edition in read_publications(at, *bounds)]
    return [p for p in periods if any(p.start <= instant < p.end for instant in found)]


@planned_once
def read_publications(at, *bounds):
    """Read the first publication in each span that two of *bounds* make, where there is one."""
    live = Edition.objects.live(at).order_by("published_at").values("id", "published_at")
    spans = map(Span, bounds[::2], bounds[1::2])
    return Edition.objects.raw(*union_all([live.published_in(span)[:1] for span in spans]))
