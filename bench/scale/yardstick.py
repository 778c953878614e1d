"""What a page costs at the least: settings, address and view of a bare one, for the bench alone.

No middleware, one query by the primary key, a template of the size of a story's page.
"""

import os
from pathlib import Path

from newsroom import settings as product

# What the product's modules need to be imported, and nothing that a request passes through.
for name in """AUTH_USER_MODEL BASE_DIR DATABASES DEFAULT_AUTO_FIELD PORT SECRET_KEY SITE_URL
        STORAGES VAR_DIR""".split():
    globals()[name] = getattr(product, name)
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["articles", "django.contrib.auth", "django.contrib.contenttypes", "taggit"]
MIDDLEWARE = []
ROOT_URLCONF = "bench.scale.yardstick_page"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
USE_TZ = True
SIZE = int(os.environ.get("YARDSTICK_SIZE", "12000"))
