"""What search engines are told to read: sitemaps by month of first publication, and robots.txt.

Source: sitemaps.org, and Google's "News sitemap". Only pages that answer 200 and may be indexed.
"""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render

from .archive import Period
from .filters import public_page
from .models import Edition, Topic

# A part of this size is made in about 0.2 s.
PART_SIZE = 2_000
MOST_TOPICS = 10_000
NEWS_SIZE = 1_000
NEWS_AGE = timedelta(hours=48)


@public_page
def sitemap_index(request):
    parts = []
    for month in indexed(request.at).months():
        numbers = range(1, -(-month["count"] // PART_SIZE) + 1)
        parts += [{**month, "number": number} for number in numbers]
    return answer(request, "sitemap_index", {"parts": parts})


@public_page
def sitemap_month(request, year, month, number=1):
    editions = indexed(request.at).published_in(Period(year, month))
    start = (number - 1) * PART_SIZE
    # The oldest first, so that what a part holds doesn't move as stories come.
    ordered = editions.order_by("published_at", "article_id").only(*ADDRESS, "modified_at")
    part = list(ordered[start : start + PART_SIZE])
    if not part:
        raise Http404
    return answer(request, "sitemap_stories", {"editions": part})


@public_page
def sitemap_topics(request):
    """The front page, and the sections and topics that have stories."""
    topics = Topic.objects.with_stories(request.at).order_by("-is_section", "position", "pk")
    return answer(request, "sitemap_topics", {"topics": topics[:MOST_TOPICS]})


@public_page
def sitemap_news(request):
    since = request.at - NEWS_AGE
    editions = indexed(request.at).filter(published_at__gte=since).newest_first("published_at")
    editions = editions.only(*ADDRESS, "headline", "modified_at")[:NEWS_SIZE]
    response = answer(request, "sitemap_news", {"editions": editions})
    # A story leaves the list by the mere passing of time: the page cache may not keep it.
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


@public_page
def robots(request):
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


ADDRESS = ("article_id", "slug", "published_at")


def indexed(at):
    """Stories whose page may be indexed at *at*: briefs say noindex."""
    return Edition.objects.live(at).with_text()


def answer(request, name, context):
    response = render(request, f"articles/{name}.xml", context, content_type="application/xml")
    # The list itself is no result of a search.
    response["X-Robots-Tag"] = "noindex"
    return response
