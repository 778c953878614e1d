"""What search engines are told to read: sitemaps by month of first publication, and robots.txt.

Source: sitemaps.org, and Google's "News sitemap". Only pages that answer 200 and may be indexed.
"""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import TextField
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from .archive import Period, months_between
from .dates import stamp_of
from .filters import public_page
from .models import Author, Edition, Topic
from .prepared import prepared

# A part of this size is made in about 0.1 s.
PART_SIZE = 10_000
NEWS_SIZE = 1_000
NEWS_AGE = timedelta(hours=48)
# How late the index may learn that a story of an earlier month changed; its part knows at once.
PAST_SECONDS = 3600
# As many months as one query may ask for.
BATCH = 100


@public_page
def sitemap_index(request):
    lists = [
        # The front page is in the first.
        ("sitemap-topics", max(1, count_parts(topics(request.at).count()))),
        ("sitemap-authors", count_parts(authors(request.at).count())),
    ]
    parts = [(name, number) for name, most in lists for number in range(1, most + 1)]
    return answer(request, "sitemap_index", {"parts": parts, "months": months(request.at)})


def months(at):
    """Return (Period, numbers of its parts, last change) for months with stories, oldest first.

    Only this month's stories are counted each time, earlier ones once an hour.
    """
    oldest = Edition.objects.order_by("published_at").values_list("published_at", flat=True).first()
    if oldest is None or oldest > at:
        return []
    *past, current = months_between(oldest, at)
    key = f"sitemap-months-{oldest:%Y-%m}-{current.start:%Y-%m}"
    counted = cache.get(key)
    if counted is None:
        counted = count(past, at)
        cache.set(key, counted, PAST_SECONDS)
    return [
        (period, range(1, count_parts(stories) + 1), last_change)
        for period, stories, last_change in [*counted, *count([current], at)]
    ]


def count(periods, at):
    """Return (Period, how many stories, last change) of those of *periods* that have any."""
    found = []
    for start in range(0, len(periods), BATCH):
        batch = periods[start : start + BATCH]
        found += [(batch[place], *told) for place, *told in indexed(at).counted_in_each(batch)]
    return found


def count_parts(rows):
    return -(-rows // PART_SIZE)


@public_page
def sitemap_month(request, year, month, number=1):
    period, part = Period(year, month), {"number": number, "size": PART_SIZE}
    if not (rows := read_month(request.at, period.start, period.end, **part)):
        raise Http404
    # Made once: reverse() for each row would cost more than all the rest.
    address = reverse("articles:edition-detail", args=[1, "a"]).replace("1/a", "%s/%s")
    line = f"<url><loc>{settings.SITE_URL}{address}</loc><lastmod>%s</lastmod></url>"
    told = [line % (article, slug, stamp_of(changed)) for article, slug, changed in rows]
    return as_sitemap("\n".join([*HEAD, *told, TAIL]))


@prepared
def read_month(at, start, end, *, number, size):
    """Return (article, slug, last change as the database writes it) of a part of a month."""
    editions = indexed(at).filter(published_at__gte=start, published_at__lt=end)
    # The oldest first, so that what a part holds doesn't move as stories come.
    ordered = editions.order_by("published_at", "article_id")
    # As text, of which datetimes are made in a third of the time.
    changed = Cast(Coalesce("modified_at", "published_at"), TextField())
    rows = ordered.values_list("article_id", "slug", changed)
    return rows[(number - 1) * size : number * size]


HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
)
TAIL = "</urlset>"


@public_page
def sitemap_topics(request, number=1):
    """The front page, and the sections and topics that have stories."""
    pages = part(topics(request.at), number)
    front = [reverse("articles:front-page")] if number == 1 else []
    return answer(request, "sitemap_pages", {"pages": pages, "paths": front})


@public_page
def sitemap_authors(request, number=1):
    return answer(request, "sitemap_pages", {"pages": part(authors(request.at), number)})


def topics(at):
    return Topic.objects.with_stories(at).order_by("-is_section", "position", "pk")


def authors(at):
    return Author.objects.with_stories(at).order_by("pk")


def part(rows, number):
    """Return those of *rows* that the part *number* holds; raise Http404 for an empty part."""
    start = (number - 1) * PART_SIZE
    found = list(rows[start : start + PART_SIZE])
    if not found and number > 1:
        raise Http404
    return found


@public_page
def sitemap_news(request):
    since = request.at - NEWS_AGE
    editions = indexed(request.at).filter(published_at__gte=since).newest_first("published_at")
    fields = ("article_id", "slug", "published_at", "headline", "is_verbatim", "modified_at")
    editions = editions.only(*fields)[:NEWS_SIZE]
    response = answer(request, "sitemap_news", {"editions": editions})
    # A story leaves the list by the mere passing of time: the page cache may not keep it.
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


@public_page
def robots(request):
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


def indexed(at):
    """Stories whose page may be indexed at *at*: briefs say noindex."""
    return Edition.objects.live(at).with_text()


def answer(request, name, context):
    response = render(request, f"articles/{name}.xml", context)
    return as_sitemap(response.content)


def as_sitemap(content):
    response = HttpResponse(content, content_type="application/xml")
    # The list itself is no result of a search.
    response["X-Robots-Tag"] = "noindex"
    return response
