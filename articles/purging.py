"""Telling the caches in front of the site to forget it; readers and editors never wait for it."""

import logging
from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from .models import Delivery

logger = logging.getLogger(__name__)

# One try, in seconds.
LIMIT = 2
KEY = "site"


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


opener = build_opener(NoRedirects)


def make_request(url):
    """Return the HTTP request that makes the cache at *url* (settings.PURGE_URL) forget the site.

    varnish://host:port/path sends PURGE with the headers Surrogate-Key and xkey;
    fastly://TOKEN@host/service/ID/purge sends POST as Fastly's API has it.
    """
    parts = urlsplit(url)
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    if parts.scheme == "fastly":
        headers = {"Fastly-Key": parts.username or "", "Surrogate-Key": KEY}
        return Request(f"https://{host}{parts.path}", method="POST", headers=headers)  # noqa: S310
    headers = {"Surrogate-Key": KEY, "xkey": KEY}
    return Request(f"http://{host}{parts.path or '/'}", method="PURGE", headers=headers)  # noqa: S310


def deliver(now=None):
    """Send what is due at the aware datetime *now*; return whether nothing is left failing.

    One purge serves all that are due. A failure is written on each and tried again later.
    """
    now = now or timezone.now()
    due = list(Delivery.objects.due(now))
    if not due:
        return True
    try:
        with opener.open(make_request(settings.PURGE_URL), timeout=LIMIT) as answer:
            error = "" if answer.status < 300 else f"HTTP {answer.status}"
    except (OSError, HTTPException, ValueError) as failure:
        error = str(failure)
    if not error:
        # It serves those too that failed before and still wait.
        pending = Delivery.objects.filter(delivered_at=None, due_at__lte=now)
        pending.update(delivered_at=timezone.now(), error="", attempts=F("attempts") + 1)
        return True
    for delivery in due:
        delivery.attempts += 1
        delivery.error = error
        delivery.next_try_at = now + delivery.wait()
    Delivery.objects.bulk_update(due, ["attempts", "error", "next_try_at"], batch_size=500)
    logger.warning("purge failed due=%s error=%s", len(due), error)
    return False
