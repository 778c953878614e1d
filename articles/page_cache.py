"""Public pages kept whole, under a key that changes whenever what they show may change.

The key is made of the release, the full address, the site's version, how many of the coming
instants are past, and the local day. So nothing is ever invalidated, and a 304 or a kept page
costs one raw query.
"""

import gzip
import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import has_vary_header, patch_vary_headers
from django.utils.http import parse_etags

from .models import SiteState
from .release import RELEASE

# Kept no longer than this; the key alone decides what is fresh.
KEPT_SECONDS = 3600
KEPT_STATUSES = (200, 410)
# Of a page of so many bytes, a sitemap's, a tenth more is sent for half the time of compression.
LARGE = 100_000
# Below these nothing is public: the desk, what WhiteNoise answers, and what must answer even
# without a database.
PRIVATE = ("/admin/", settings.STATIC_URL, "/healthz")


def page_cache(get_response):
    """Answer public pages from the cache, before every other middleware.

    Sets `request.at`, the aware datetime that every public query of the request takes,
    `request.site_version`, and `request.site_texts` and `request.site_alerts`, for the foot and
    the head. What is public says so itself: views under public_page() set `request.is_public`.
    """

    def middleware(request):
        request.at = timezone.now()
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(PRIVATE):
            return get_response(request)
        version, instants, request.site_texts, request.site_alerts = SiteState.objects.read()
        request.site_version = version
        # Only now: a page of this version must not be made for an instant before it.
        request.at = timezone.now()
        moment = Moment.of(request, version, instants)
        if moment.etag in parse_etags(request.headers.get("If-None-Match", "")):
            return moment.stamp(HttpResponseNotModified())
        page = cache.get(moment.etag)
        if page is None:
            response = get_unzipped(get_response, request)
            if not is_public(request, response):
                return response
            if response.status_code not in KEPT_STATUSES or is_picture(response):
                return moment.stamp(response)
            page = Page.of(response)
            cache.set(moment.etag, page, KEPT_SECONDS)
        return moment.stamp(page.answer(request))

    return middleware


@dataclass(frozen=True)
class Moment:
    """One address at one state of the site; shared_seconds: how long that state lasts at least."""

    etag: str
    shared_seconds: int

    @classmethod
    def of(cls, request, version, instants):
        past = bisect_right(instants, SiteState.encode(request.at))
        local = timezone.localtime(request.at)
        address = request.build_absolute_uri()
        key = f"{RELEASE} {address} {version} {past} {local.date()}"
        ends = [midnight_after(local)]
        if past < len(instants):
            ends.append(datetime.fromisoformat(instants[past]))
        left = int((min(ends) - request.at).total_seconds())
        return cls(
            # Weak: the same page is sent with and without compression.
            etag=f'W/"{hashlib.blake2b(key.encode(), digest_size=15).hexdigest()}"',
            shared_seconds=max(0, min(left, settings.SHARED_CACHE_SECONDS)),
        )

    def stamp(self, response):
        """Tell caches how long *response* may be kept; return it."""
        if response.status_code in (200, 304):
            response["ETag"] = self.etag
        response["Cache-Control"] = (
            f"public, max-age=0, must-revalidate, s-maxage={self.shared_seconds}"
        )
        response["Surrogate-Key"] = "site"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


@dataclass(frozen=True)
class Page:
    """A response as it is kept: status, headers, and the compressed content."""

    status: int
    headers: tuple
    content: bytes

    @classmethod
    def of(cls, response):
        kept = [
            (name, value)
            for name, value in response.items()
            if name not in ("Content-Length", "ETag", "Vary")
        ]
        level = 6 if len(response.content) < LARGE else 3
        content = gzip.compress(response.content, compresslevel=level, mtime=0)
        return cls(response.status_code, tuple(kept), content)

    def answer(self, request):
        """Return the response, compressed if the reader's program takes that."""
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        content = self.content if zipped else gzip.decompress(self.content)
        response = HttpResponse(content, status=self.status)
        for name, value in self.headers:
            response[name] = value
        if zipped:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(content))
        return response


def get_unzipped(get_response, request):
    """Return the response as made, so that one copy serves readers with and without gzip."""
    asked = request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response = get_response(request)
    if asked is not None:
        request.META["HTTP_ACCEPT_ENCODING"] = asked
        request.__dict__.pop("headers", None)
    return response


def is_public(request, response):
    """Whether any reader may be given *response*: only what a public view made, and no cookie."""
    return (
        getattr(request, "is_public", False)
        and not response.streaming
        and not response.cookies
        and not has_vary_header(response, "Cookie")
        and not response.has_header("Cache-Control")
        and response.status_code < 500
    )


def is_picture(response):
    """Whether *response* is compressed as it is, and kept by its maker if at all."""
    return response.get("Content-Type", "").startswith("image/")


def midnight_after(local):
    """Return the start of the local day after the aware datetime *local*."""
    day = local.date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=local.tzinfo)
