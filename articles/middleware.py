"""Headers that every response gets."""


def permissions_policy(get_response):
    """Say that no page here asks for the reader's camera, place, or anything else."""

    def middleware(request):
        response = get_response(request)
        response["Permissions-Policy"] = (
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response

    return middleware
