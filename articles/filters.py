"""What a reader may ask of a public page: query strings are parsed here and nowhere else."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import unquote_to_bytes, urlencode
from zlib import crc32

import django_filters
from django.core.exceptions import BadRequest
from django.http import Http404
from django.views.decorators.http import require_safe

from .models import Edition, EditionTopic

PAGE_SIZE = 30
QUERY_SIZE = 2_000
KEY = re.compile(r"(\d{8}T\d{12})-(\d{1,18})-([0-9a-f]{8})", re.ASCII)
INSTANT = "%Y%m%dT%H%M%S%f"


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

    def in_section(self, editions, name, value):
        # The section's own rows have the index that a long list needs.
        return EditionTopic.objects.live(self.request.at).in_topic(self.sections[value])


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

    @require_safe
    @wraps(view)
    def checked(request, **kwargs):
        request.is_public = True
        query = request.META.get("QUERY_STRING", "")
        if len(query) > QUERY_SIZE:
            raise BadRequest("The query is too long.")
        try:
            text = unquote_to_bytes(query).decode()
        except UnicodeDecodeError:
            raise BadRequest("The query isn't UTF-8.") from None
        if "\0" in text:
            raise BadRequest("The query holds a null byte.")
        return view(request, **kwargs)

    return checked
