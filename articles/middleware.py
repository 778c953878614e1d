"""What every request gets: the instant at which it sees the site, and a header or two."""

from django.utils import timezone


def instant(get_response):
    """Set `request.at`, the aware datetime that every public query of the request takes."""

    def middleware(request):
        request.at = timezone.now()
        return get_response(request)

    return middleware


def permissions_policy(get_response):
    """Say that no page here asks for the reader's camera, place, or anything else."""

    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = (
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response

    return middleware
