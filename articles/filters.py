"""What a reader may ask of a public page: query strings are parsed here and nowhere else."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import unquote_to_bytes, urlencode
from zlib import crc32

import django_filters
from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from .models import Edition, EditionAuthor, EditionTopic, Topic
from .search import Matches, Query, Rank
from .slug import make_slug

PAGE_SIZE = 30
# A search by relevance ranks this many, the newest; its count stops there too.
MOST_RANKED = 1000
QUERY_SIZE = 2_000
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
    """What a reader looks for: words, and perhaps a section, an author, days, an order."""

    ORDERS = [("", _("les plus récents")), ("pertinence", _("les plus pertinents"))]

    mots = django_filters.CharFilter(
        label=_("Mots"), max_length=200, required=True, method="matching"
    )
    rubrique = django_filters.ChoiceFilter(
        label=_("Rubrique"), field_name="section", empty_label=_("Toutes")
    )
    auteur = django_filters.CharFilter(label=_("Signature"), max_length=120, method="by_author")
    du = django_filters.DateFilter(
        label=_("Du"), field_name="published_at", lookup_expr="date__gte", widget=DayInput
    )
    au = django_filters.DateFilter(
        label=_("Au"), field_name="published_at", lookup_expr="date__lte", widget=DayInput
    )
    ordre = django_filters.ChoiceFilter(
        label=_("Ordre"), choices=ORDERS[1:], empty_label=ORDERS[0][1], method="in_order"
    )

    class Meta:
        model = Edition
        fields = []

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = {section.slug: section for section in sections}
        rubrique = self.filters["rubrique"]
        rubrique.extra["choices"] = [(s.slug, s.short_name) for s in sections]
        rubrique.field_name, rubrique.lookup_expr = "section__slug", "exact"
        self.words = Query.parse(self.data.get("mots", ""))

    def matching(self, editions, name, value):
        return editions.filter(Matches(self.words)) if self.words else editions.none()

    def by_author(self, editions, name, value):
        rows = EditionAuthor.objects.live(self.request.at).filter(author__slug=make_slug(value))
        return editions.filter(pk__in=rows.values("edition"))

    def in_order(self, editions, name, value):
        # Ranking reads every match: the newest are enough, whatever their number.
        newest = editions.newest_first().values("pk")[:MOST_RANKED]
        return Edition.objects.filter(pk__in=newest).order_by(Rank(self.words).desc(), "-pk")

    @property
    def found(self):
        """The editions found, or None where nothing was asked that can be looked for."""
        return self.qs if self.is_valid() and self.words else None

    def kept(self):
        """Return what was asked, as the parameters of the next page's address."""
        return {name: self.data[name] for name in self.filters if self.data.get(name)}

    def page(self):
        """Return the Page of what was found; the best ones are one page, without a next."""
        if self.form.cleaned_data["ordre"]:
            return Page(list(self.found.for_listing()[:PAGE_SIZE]), None, "", "")
        return keyset_page(self.found, self.request, **self.kept())


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
    """Return the Page of *rows* (editions, or derived rows) that the request asks for.

    *by* names the datetime that orders them. *kept* are the parameters that belong to the list's
    address. Raise Http404 for a key that no link of this list holds, and for a page without rows,
    but for the first.
    """
    size = size or PAGE_SIZE
    kept = {name: value for name, value in kept.items() if value}
    list_name = f"{request.path}?{urlencode(kept)}"
    key, before = request.GET.get("avant"), None
    if key is not None:
        before, article = read_key(key, list_name)
        rows = rows.before(before, article, by)
    # One more row tells whether a page follows.
    found = list(rows.newest_first(by).for_listing()[: size + 1])
    if before and not found:
        raise Http404
    shown, next_query = found[:size], ""
    if len(found) > size:
        last = shown[-1]
        next_query = as_query(kept, make_key(getattr(last, by), last.article_id, list_name))
    editions = [getattr(row, "edition", row) for row in shown]
    return Page(editions, before, as_query(kept, key), next_query)


def as_query(kept, key):
    pairs = {**kept, "avant": key} if key else kept
    return f"?{urlencode(pairs)}" if pairs else ""


def make_key(instant, article, list_name):
    """Return the key of the page after a row: its place, and a sum that finds slips."""
    place = f"{instant.astimezone(UTC).strftime(INSTANT)}-{article}"
    return f"{place}-{checksum(place, list_name)}"


def read_key(key, list_name):
    """Return the aware datetime and the article id in *key*; raise Http404 if it isn't ours."""
    if not (match := KEY.fullmatch(key)):
        raise Http404
    instant, article, found = match.groups()
    if found != checksum(f"{instant}-{article}", list_name):
        raise Http404
    try:
        return datetime.strptime(instant, INSTANT).replace(tzinfo=UTC), int(article)
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
