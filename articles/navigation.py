"""What every public page has around it, read and drawn once for each version of the site."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string

from .models import SiteState, Topic

# More than there are sections, each marked as that of a page or of a story.
MOST_PARTS = 256


def sections_for(request):
    """Return the Topics of the navigation, in its order.

    For readers, whose request has the site's version from page_cache, they are read once: every
    change of a section counts that version up, last in its own transaction. Not to be changed.
    """
    # Version 0 is a site that no act has touched: nothing counts its changes.
    if version := getattr(request, "site_version", 0):
        return list(read_sections(version))
    if not hasattr(request, "sections"):
        request.sections = tuple(Topic.objects.sections())
    return list(request.sections)


@lru_cache(maxsize=2)
def read_sections(version):
    """Return the sections at *version* of the site or a later one, never an earlier."""
    return tuple(Topic.objects.sections())


def texts_for(request):
    """Return [key, title] of each text for the foot; page_cache has read them for readers."""
    if not hasattr(request, "site_texts"):
        request.site_texts = SiteState.objects.read()[2]
    return request.site_texts


def part_for(request, name, **marks):
    """Return the partial *name*, which tells of sections and texts of the site, and of *marks*.

    Without a *request* (None) it tells of none: the page of failures asks no database.
    """
    if request is None:
        return draw(name, (), (), marks)
    version = getattr(request, "site_version", 0)
    texts = tuple(map(tuple, texts_for(request)))
    if not version:
        return draw(name, sections_for(request), texts, marks)
    return draw_once(version, settings.LANGUAGE_CODE, name, texts, **marks)


@lru_cache(maxsize=MOST_PARTS)
def draw_once(version, language, name, texts, **marks):
    return draw(name, read_sections(version), texts, marks)


def draw(name, sections, texts, marks):
    site = {"site_name": settings.SITE_NAME, "sections": sections, "site_texts": texts}
    return render_to_string(name, site | marks)
