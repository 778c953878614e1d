"""What base.html needs on every page."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from .models import SiteState
from .navigation import sections_for


def site(request):
    """Return the site's name and origin; its sections and texts are read only where printed."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "sections": SimpleLazyObject(lambda: sections_for(request)),
        "site_texts": SimpleLazyObject(lambda: texts_of(request)),
    }


def texts_of(request):
    """Return [key, title] of each text for the foot; page_cache has read them for readers."""
    if hasattr(request, "site_texts"):
        return request.site_texts
    return SiteState.objects.read()[2]
