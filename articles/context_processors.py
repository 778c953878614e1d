"""What base.html needs on every page."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from .models import Alert, SiteState
from .navigation import sections_for


def site(request):
    """Return the site's name and origin; its sections and alerts are read only where printed."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "sections": SimpleLazyObject(lambda: sections_for(request)),
        "site_alerts": SimpleLazyObject(lambda: alerts_of(request)),
    }


def alerts_of(request):
    """Return what the banners over the page say at request.at, the most urgent first.

    Each has text, link and level, as an Alert and as a dict.
    """
    if not hasattr(request, "site_alerts"):
        # The site at another instant: its row knows nothing of what is over.
        return list(Alert.objects.in_force(request.at).for_banner())
    at = SiteState.encode(request.at)
    return [
        {"text": text, "link": link, "level": level}
        for text, link, level, start, end in request.site_alerts
        if start <= at and (not end or at < end)
    ]
