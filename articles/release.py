"""One name for what this process runs: other code, templates or settings make other pages."""

import hashlib

from django.conf import settings

SOURCES = (
    "articles/**/*.py",
    "articles/**/*.mo",
    "newsroom/*.py",
    "templates/**/*.html",
    "static/**/*.css",
    "requirements.txt",
)
SETTINGS = ("SITE_NAME", "SITE_URL", "LANGUAGE_CODE", "TIME_ZONE", "DEBUG")


def name_release():
    """Return the same short text wherever the same sources run with the same settings."""
    digest = hashlib.blake2b(digest_size=8)
    for pattern in SOURCES:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode())
            digest.update(path.read_bytes())
    for name in SETTINGS:
        digest.update(f"{name}={getattr(settings, name, '')}\n".encode())
    return digest.hexdigest()


RELEASE = name_release()
