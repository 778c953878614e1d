"""Links in a story to pages of our own, and whether those answer; nothing goes over the network."""

import html
import re
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from .models import Author, Edition, Topic

HREF = re.compile(r'<a\s[^>]*?href="([^"]*)"', re.I)


def own_paths(markup):
    """Return the paths on this site that cleaned *markup* links to, each once."""
    site, paths = urlsplit(settings.SITE_URL), []
    for address in HREF.findall(markup):
        parts = urlsplit(html.unescape(address))
        is_ours = parts.netloc == site.netloc if parts.netloc else not parts.scheme
        if is_ours and parts.path.startswith("/"):
            paths.append(unquote(parts.path))
    return list(dict.fromkeys(paths))


def dead_paths(paths, at):
    """Return those of *paths* that answer no page at the aware datetime *at*."""
    asked = {}
    for path in paths:
        try:
            match = resolve(path, "articles.urls")
        except Resolver404:
            asked[path] = ("nowhere", None)
        else:
            key = next(iter(match.kwargs.values()), None)
            asked[path] = (match.url_name, key)
    answers = {
        "edition-detail": found(asked, "edition-detail", Edition.objects.live(at), "article"),
        "section-detail": found(asked, "section-detail", Topic.objects.all(), "slug"),
        "topic-detail": found(asked, "topic-detail", Topic.objects.all(), "slug"),
        "author-detail": found(asked, "author-detail", Author.objects.all(), "slug"),
        "nowhere": set(),
    }
    return [path for path, (name, key) in asked.items() if key not in answers.get(name, {key})]


def found(asked, name, rows, column):
    """Return which keys of the pages called *name* are among *rows*; no query if none is asked."""
    keys = {key for page, key in asked.values() if page == name}
    if not keys:
        return keys
    return set(rows.filter(**{f"{column}__in": keys}).values_list(column, flat=True))
