"""The addresses of the public site, each made once: a list prints hundreds."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

MOST_KEPT = 4_000


def address_of(page, *args):
    """Return the path of the public *page*, a name in urls.py, as reverse() does."""
    return make_once(get_script_prefix(), page, *args)


@lru_cache(maxsize=MOST_KEPT)
def make_once(prefix, page, *args):
    # The site at another instant has a prefix of its own, which reverse() knows.
    return reverse(f"articles:{page}", args=args)
