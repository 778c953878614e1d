"""What is asked of a site of the bench, found in its database; run with DATABASE_URL set.

Prints JSON: {name: [address, queries]}, None where the archive is too small for it.
"""

import json
from collections import Counter
from urllib.parse import urlencode

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

FREQUENT, OTHER, THIRD = "commission", "budget", "rapport"
SCREEN = 30


def find():
    """Return {name: address} of the pages that are measured; None where there is none."""
    from django.urls import reverse

    from articles.filters import make_key
    from articles.models import Edition, EditionTopic, Topic

    top = EditionTopic.objects.filter(is_direct=True, live_until=None).newest_first()[0]
    section = Topic.objects.get(pk=top.edition.section_id)
    rows = EditionTopic.objects.in_topic(section).filter(live_until=None).newest_first()
    story = Edition.objects.get(pk=Edition.objects.count() // 2)
    while story.live_until:
        story = Edition.objects.get(pk=story.pk + 1)
    listed, stream = section.get_absolute_url(), reverse("articles:stream")
    # Longer than any section.
    every = Edition.objects.filter(live_until=None).newest_first()

    def deep(screens, path, rows):
        row = rows[screens * SCREEN : screens * SCREEN + 1].first()
        return row and f"{path}?avant={make_key(row.listed_at, row.article_id, f'{path}?')}"

    words = Counter(story.body_html.replace("</p>", " ").split())
    rare = max((w for w in words if w.isalpha() and words[w] == 1), key=len)

    def search(words, **more):
        return f"{reverse('articles:search')}?{urlencode({'mots': words, **more})}"

    month = story.published_at
    return {
        "yardstick": f"/{story.pk}/",
        "story": story.get_absolute_url(),
        "front page": "/",
        "section": listed,
        "section, 500 screens deep": deep(500, listed, rows),
        "stream": stream,
        "stream, 5,000 screens deep": deep(5000, stream, every),
        "archive of a month": reverse("articles:archive", args=[month.year, month.month]),
        "feed": reverse("articles:site-feed", args=["atom"]),
        "sitemap of a month": reverse("articles:sitemap-month", args=[month.year, month.month]),
        "search: frequent word": search(FREQUENT),
        "search: rare word": search(rare),
        "search: absent word": search("introuvablement"),
        "search: two words": search(f"{FREQUENT} {OTHER}"),
        "search: best first": search(FREQUENT, ordre="pertinence"),
        "search: frequent words that never meet": search(f'"{FREQUENT} {OTHER}" {THIRD}'),
        "search: 64 words": search(f"{FREQUENT} {OTHER} {THIRD} usine " * 16),
        "search: a first letter": search("c"),
    }


def count_queries(address):
    client = Client(HTTP_HOST="127.0.0.1")
    # What is read once for each version of the site isn't counted.
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}.")
    return len(queries)


if __name__ == "__main__":
    django.setup()
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    found = find()
    known = {name: address for name, address in found.items() if address and name != "yardstick"}
    print(
        json.dumps(
            {"yardstick": [found["yardstick"], 1]}
            | {name: [address, count_queries(address)] for name, address in known.items()}
        )
    )
