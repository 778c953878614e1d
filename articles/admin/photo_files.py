"""The files of photos for the desk, whatever readers may see of them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from .. import photos, renditions
from ..models import Photo, Rendition
from ..models.photo import WHOLE

# One that a photo's file can't be made of for another.
KEPT = "private, max-age=86400"


def require_view(request):
    if not request.user.has_perm("articles.view_photo"):
        raise PermissionDenied


@require_safe
def photo_file(request, name):
    require_view(request)
    response = photos.answer(request, get_object_or_404(Rendition, name=name))
    response["Cache-Control"] = KEPT
    return response


@require_safe
def thumbnail(request, key):
    """A small JPEG of the photo with the uuid *key*, also before its sizes are made."""
    require_view(request)
    photo = get_object_or_404(Photo, uuid=key)
    small = photo.renditions.filter(ratio=WHOLE, format="jpg").order_by("width").first()
    if small:
        response = photos.answer(request, small)
    else:
        response = HttpResponse(renditions.thumbnail(photo), content_type="image/jpeg")
    response["Cache-Control"] = KEPT
    return response
