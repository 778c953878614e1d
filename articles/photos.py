"""Photos as readers get them: what pages say of each, and the one address of each size."""

from datetime import timedelta

from django.core.files.storage import storages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import parse_etags

from .filters import check_query, read_only
from .models import Rendition, SiteState
from .models.photo import CLASSIC, FORMATS, SQUARE, WHOLE, WIDE

# Caches let go of a photo within this time after its rights end or its story is withdrawn.
KEPT = timedelta(hours=1)
# What search engines and other sites ask of a picture, in pixels across.
LEAST_SHARED = 1200
MODERN, FALLBACK = FORMATS
# The name of no photo: what stands before it in an address is the folder of all.
ANY_PHOTO = f"{'0' * 24}-0.jpg"


def is_shown(frozen, at):
    """Whether readers see a photo, as an edition froze it, at the aware datetime *at*."""
    until = frozen.get("until")
    return bool(frozen.get("sizes")) and (until is None or SiteState.encode(at) < until)


def address_of(frozen, ratio):
    """Return what the paths of all sizes of one cut begin with: "-480.jpg" and others follow.

    A preview's photos have a folder of their own.
    """
    folder = frozen.get("folder") or folder_of("articles:photo-file")
    return f"{folder}{frozen['crops'][ratio]}"


def folder_of(name, *args):
    """Return the path below which the address called *name* finds the files of all photos."""
    return reverse(name, args=[*args, ANY_PHOTO]).removesuffix(ANY_PHOTO)


def markup_of(frozen, ratio=WHOLE):
    """Return what _picture.html prints of a photo that is shown, or None without that *ratio*."""
    sizes = frozen["sizes"].get(ratio)
    if not sizes:
        return None
    address, (width, height) = address_of(frozen, ratio), sizes[-1]
    sets = {
        ending: ", ".join(f"{address}-{across}.{ending} {across}w" for across, _down in sizes)
        for ending in FORMATS
    }
    return {
        "type": FORMATS[MODERN],
        "modern": sets[MODERN],
        "fallback": sets[FALLBACK],
        "src": f"{address}-{sizes[len(sizes) // 2][0]}.{FALLBACK}",
        "width": width,
        "height": height,
        "alt": frozen["alt"],
    }


def shared_pictures(frozen, at):
    """Return the pictures that other sites are told of for a photo at *at*, the widest cut first.

    Each {"address", "width", "height", "alt"}; none if it isn't shown, or is small.
    """
    if not is_shown(frozen, at):
        return []
    found = []
    for ratio in (WIDE, CLASSIC, SQUARE):
        width, height = frozen["sizes"].get(ratio, [[0, 0]])[-1]
        if width >= LEAST_SHARED:
            address = f"{address_of(frozen, ratio)}-{width}.{FALLBACK}"
            size = {"width": width, "height": height}
            found.append({"address": address, **size, "alt": frozen["alt"]})
    return found


@read_only
def photo_file(request, name):
    """A size of a photo that a story, a front page or a dossier shows at request.at.

    404 before, 410 after.
    """
    check_query(request.META.get("QUERY_STRING", ""))
    rendition = get_object_or_404(Rendition.objects.select_related("photo"), name=name)
    used, until = time_of_use(rendition.photo, request.at)
    if not used:
        raise Http404
    if until and until <= request.at:
        # An act may bring it back: no cache may remember this.
        return HttpResponse(status=410, headers={"Cache-Control": "no-store"})
    response = answer(request, rendition)
    kept = min(KEPT, until - request.at if until else KEPT) // timedelta(seconds=1)
    response["Cache-Control"] = f"public, max-age={kept}, s-maxage={kept}"
    return response


def time_of_use(photo, at):
    """Return whether *photo* was shown anywhere by *at*, and until when it is: None for no end."""
    first, *others = (
        use.went_live(at).order_by().values_list("live_until") for use in photo.uses()
    )
    ends = [end for (end,) in first.union(*others)]
    last = None if None in ends else max(ends, default=None)
    return bool(ends), min(filter(None, (last, photo.shown_until)), default=None)


def answer(request, rendition):
    """Return the file of *rendition*, or 304 to who has it: the bytes of a name never change."""
    etag = f'"{rendition.name}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        with storages["photos"].open(rendition.path) as file:
            content = b"" if request.method == "HEAD" else file.read()
            size = file.size
        response = HttpResponse(content, content_type=FORMATS[rendition.format])
        response["Content-Length"] = str(size)
    response["ETag"] = etag
    return response
