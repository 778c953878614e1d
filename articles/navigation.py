"""The sections that head every public page, read once for each version of the site."""

from functools import lru_cache

from .models import Topic


def sections_for(request):
    """Return the Topics of the navigation, in its order.

    For readers, whose request has the site's version from page_cache, they are read once: every
    change of a section counts that version up, last in its own transaction. Not to be changed.
    """
    # Version 0 is a site that no act has touched: nothing counts its changes.
    version = getattr(request, "site_version", 0)
    return list(read_sections(version) if version else Topic.objects.sections())


@lru_cache(maxsize=2)
def read_sections(version):
    """Return the sections at *version* of the site or a later one, never an earlier."""
    return tuple(Topic.objects.sections())
