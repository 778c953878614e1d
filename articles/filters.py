"""What a reader may ask of a public page: query strings are parsed here and nowhere else."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from urllib.parse import unquote_to_bytes, urlencode
from zlib import crc32

import django_filters
from django import forms
from django.core.exceptions import BadRequest
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from .dates import day_in_words
from .models import Edition, EditionAuthor, EditionTopic, Topic
from .models.edition import ListQuerySet
from .prepared import prepared
from .search import Query
from .slug import make_slug

PAGE_SIZE = 30
# Days that a search may name: no calendar or database stumbles over them.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2199, 12, 31)
QUERY_SIZE = 2_000
BEST = "pertinence"
METHODS = ("GET", "HEAD")
KEY = re.compile(r"(\d{8}T\d{12})-(\d{1,18})-([0-9a-f]{8})", re.ASCII)
INSTANT = "%Y%m%dT%H%M%S%f"


class DayInput(forms.DateInput):
    input_type = "date"


class StreamFilter(django_filters.FilterSet):
    """The live stream, or that of the section that `rubrique` names."""

    rubrique = django_filters.ChoiceFilter(method="in_section")

    class Meta:
        model = Edition
        fields = []

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = {section.slug: section for section in sections}
        choices = [(section.slug, section.short_name) for section in sections]
        self.filters["rubrique"].extra["choices"] = choices

    @property
    def section(self):
        """The Topic asked for, or None. Raise Http404 if there is none of that name."""
        if not self.is_valid():
            raise Http404
        return self.sections.get(self.form.cleaned_data["rubrique"])

    @property
    def moved_to(self):
        """The slug of the section whose former one was asked for, or None."""
        if self.is_valid():
            return None
        topic = Topic.objects.at_address(self.data.get("rubrique", ""))
        return topic.final.slug if topic and topic.final.slug in self.sections else None

    def in_section(self, editions, name, value):
        # The section's own rows have the index that a long list needs.
        return EditionTopic.objects.live(self.request.at).in_topic(self.sections[value])


class SearchFilter(django_filters.FilterSet):
    """What a reader looks for: words, and perhaps a section, an author, days, an order.

    `qs` has all of it but the words: Results looks for them, the newest first.
    """

    ORDERS = [("", _("les plus récents")), (BEST, _("les plus pertinents"))]
    in_range = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]

    mots = django_filters.CharFilter(
        label=_("Mots"),
        max_length=200,
        required=True,
        method="as_it_is",
        error_messages={"required": _("Écrivez un mot à chercher.")},
    )
    rubrique = django_filters.ChoiceFilter(
        label=_("Rubrique"), empty_label=_("Toutes"), method="in_section"
    )
    auteur = django_filters.CharFilter(label=_("Signature"), max_length=120, method="by_author")
    du = django_filters.DateFilter(
        label=_("Du"), method="since", widget=DayInput, validators=in_range
    )
    au = django_filters.DateFilter(
        label=_("Au"), method="until", widget=DayInput, validators=in_range
    )
    ordre = django_filters.ChoiceFilter(
        label=_("Ordre"), choices=ORDERS[1:], empty_label=ORDERS[0][1], method="as_it_is"
    )

    class Meta:
        model = Edition
        fields = []

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = {section.slug: section for section in sections}
        choices = [(section.slug, section.short_name) for section in sections]
        self.filters["rubrique"].extra["choices"] = choices
        self.text = self.data.get("mots", "")
        self.words = Query.parse(self.text)

    @property
    def section(self):
        return self.sections.get(self.form.cleaned_data["rubrique"])

    @property
    def days(self):
        """The aware datetimes from which and before which stories were published, or None."""
        first, last = self.form.cleaned_data["du"], self.form.cleaned_data["au"]
        return first and day_start(first), last and day_start(last + timedelta(days=1))

    def as_it_is(self, editions, name, value):
        return editions

    def in_section(self, editions, name, value):
        return editions.filter(section=self.sections[value])

    def by_author(self, editions, name, value):
        rows = EditionAuthor.objects.live(self.request.at).filter(author__slug=make_slug(value))
        return editions.filter(pk__in=rows.values("edition"))

    # Ranges, and not days cast from datetimes: so an index may serve.
    def since(self, editions, name, value):
        return editions.filter(published_at__gte=self.days[0])

    def until(self, editions, name, value):
        return editions.filter(published_at__lt=self.days[1])

    def kept(self):
        """Return what was asked, as the parameters of the next page's address."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}

    @property
    def is_narrowed(self):
        """Whether more than words was asked."""
        return len(self.kept()) > 1

    def removals(self):
        """Return what narrows this search, as (what it is, the query of the search without it)."""
        asked, kept = self.form.cleaned_data, self.kept()
        narrowed = [
            (self.section and self.section.short_name, ["rubrique"]),
            (asked["auteur"], ["auteur"]),
            (days_in_words(asked["du"], asked["au"]), ["du", "au"]),
        ]
        return [
            (words, as_query({n: v for n, v in kept.items() if n not in names}, None))
            for words, names in narrowed
            if words
        ]


def day_start(day):
    """Return the first instant of a date in the newsroom's zone, aware."""
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def days_in_words(first, last):
    """Return how readers are told of the days that a search is bound to, empty without any."""
    if first and last:
        if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
            return str(first.year)
        days = {"first": day_in_words(first), "last": day_in_words(last)}
        return gettext("du %(first)s au %(last)s") % days
    if first:
        return gettext("depuis le %(first)s") % {"first": day_in_words(first)}
    return last and gettext("jusqu’au %(last)s") % {"last": day_in_words(last)}


@dataclass
class Page:
    """Some rows of a list that runs newest first; the queries are those of links, with their "?".

    before: the aware datetime that the reader asked to start from, None on the first page;
    query: this page's own; next_query: the next one's, empty on the last page.
    """

    editions: list
    before: datetime | None
    query: str
    next_query: str


def keyset_page(rows, request, *, by="listed_at", size=None, **kept):
    """Return the Page of *rows* (editions or derived rows, or a Listing) that the request asks for.

    *by* names the datetime that orders them. *kept* are the parameters that belong to the list's
    address. Raise Http404 for a key that no link of this list holds, and for a page without rows,
    but for the first.
    """
    return page_before(rows, request.GET.get("avant"), request.path, by=by, size=size, kept=kept)


def page_before(rows, key, path, *, by, size=None, kept=()):
    """Return the Page of *rows* after the one that *key* names (None: the first), as keyset_page().

    *path* is the list's own, *kept* its parameters.
    """
    size, kept = size or PAGE_SIZE, {name: value for name, value in dict(kept).items() if value}
    list_name = f"{path}?{urlencode(kept)}"
    start = () if key is None else read_key(key, list_name)
    before = start[0] if start else None
    # One more row tells whether a page follows.
    found = rows.page(size + 1, start, by)
    if before and not found:
        raise Http404
    shown, next_query = found[:size], ""
    if len(found) > size:
        next_query = as_query(kept, key_after(shown[-1], path, by=by, tie=rows.tie, kept=kept))
    editions = [getattr(row, "edition", row) for row in shown]
    return Page(editions, before, as_query(kept, key), next_query)


class Listing:
    """A list whose SQL is made once, for keyset_page(): rows(*values, **shape) is its queryset.

    *rows* is a function of a module; values and shape are what prepared() takes.
    """

    tie = ListQuerySet.tie

    def __init__(self, rows, *values, **shape):
        self.rows, self.values, self.shape = rows, values, tuple(shape.items())

    def page(self, count, start, by):
        """Return what ListQuerySet.page() does."""
        whole = {"rows": self.rows, "shape": self.shape, "count": count, "by": by}
        return read_page(*start, *self.values, after=len(start), **whole)


@prepared
def read_page(*values, after, rows, shape, count, by):
    start, values = values[:after], values[after:]
    found = rows(*values, **dict(shape))
    return (found.before(*start, by) if start else found).newest_first(by).for_listing()[:count]


def key_after(row, path, *, by, tie, kept=()):
    """Return the key of the page that starts after *row* of the list at *path*."""
    return make_key(getattr(row, by), getattr(row, tie), f"{path}?{urlencode(dict(kept))}")


def as_query(kept, key):
    pairs = {**kept, "avant": key} if key else kept
    return f"?{urlencode(pairs)}" if pairs else ""


def make_key(instant, tie, list_name):
    """Return the key of the page after a row: its place, and a sum that finds slips."""
    place = f"{instant.astimezone(UTC).strftime(INSTANT)}-{tie}"
    return f"{place}-{checksum(place, list_name)}"


def read_key(key, list_name):
    """Return the aware datetime and the id in *key*; raise Http404 if it isn't ours."""
    if not (match := KEY.fullmatch(key)):
        raise Http404
    instant, tie, found = match.groups()
    if found != checksum(f"{instant}-{tie}", list_name):
        raise Http404
    try:
        return datetime.strptime(instant, INSTANT).replace(tzinfo=UTC), int(tie)
    except ValueError:
        raise Http404 from None


def checksum(place, list_name):
    # Not a signature: addresses that were public must outlive a new SECRET_KEY.
    return f"{crc32(f'{list_name} {place}'.encode()):08x}"


def public_page(view):
    """Let *view* answer GET and HEAD only, and only queries that a link or form of ours may hold.

    The page may be kept for all readers (page_cache). Raise BadRequest for a query that is too
    long, isn't UTF-8, or holds a null byte.
    """

    @read_only
    @wraps(view)
    def checked(request, **kwargs):
        request.is_public = True
        check_query(request.META.get("QUERY_STRING", ""))
        return view(request, **kwargs)

    return checked


def read_only(view):
    """Let *view* answer GET and HEAD only; other methods are told so in a page."""

    # A form sent here changes nothing: it needs no token, and is told what is wrong with it.
    @csrf_exempt
    @wraps(view)
    def asked(request, **kwargs):
        return view(request, **kwargs) if request.method in METHODS else refuse_method(request)

    return asked


def refuse_method(request):
    """Return the list of methods to who asks for it, and 405 with it to any other."""
    if request.method == "OPTIONS":
        response = HttpResponse(headers={"Content-Length": "0"})
    else:
        response = render(request, "405.html", status=405)
    response["Allow"] = ", ".join([*METHODS, "OPTIONS"])
    return response


def check_query(query):
    """Raise BadRequest for a raw *query* that no link or form of ours may hold."""
    if len(query) > QUERY_SIZE:
        raise BadRequest("The query is too long.")
    try:
        text = unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise BadRequest("The query isn't UTF-8.") from None
    if "\0" in text:
        raise BadRequest("The query holds a null byte.")
