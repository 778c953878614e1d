"""What a page costs at the least: settings, address and view of a bare one, for the bench alone.

No middleware, one query by the primary key, a template of the size of a story's page.
"""

import os
from pathlib import Path

from newsroom import settings as product

for name in ("DATABASES", "DEFAULT_AUTO_FIELD", "SECRET_KEY", "PORT", "SITE_URL", "VAR_DIR"):
    globals()[name] = getattr(product, name)
AUTH_USER_MODEL = product.AUTH_USER_MODEL
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
