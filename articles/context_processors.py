"""What base.html needs on every page."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from .models import Topic


def site(request):
    """Return the site's name and origin, and its sections (read only where they are printed)."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "sections": SimpleLazyObject(lambda: list(Topic.objects.sections())),
    }
