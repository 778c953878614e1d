"""The one settings file, in the order of Django's reference; README has the table of variables."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .environment import (
    LOOPBACK,
    allowed_hosts,
    cache_config,
    database_config,
    email_config,
    env,
    env_choice,
    env_flag,
    folder,
    kept_secret,
    photo_storage,
    port,
    purge_url,
    secret_key,
    site_url,
    time_zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = folder("VAR_DIR", BASE_DIR / "var")

# The site
PORT = port("PORT", "8000")
SITE = site_url("SITE_URL", f"http://127.0.0.1:{PORT}")
SITE_URL = f"{SITE.scheme}://{SITE.netloc}"
SITE_NAME = env("SITE_NAME", "Newsroom")
FEED_FULL_TEXT = env_flag("FEED_FULL_TEXT", False)
SECURE = SITE.scheme == "https"

# Cache
CACHES = {"default": cache_config("CACHE_URL", "locmem://")}
PURGE_URL = purge_url("PURGE_URL")
# How long a cache in front may keep a page: not at all, unless it can be told to forget it.
SHARED_CACHE_SECONDS = 3600 if PURGE_URL else 0

# Database
DATABASES = {
    "default": database_config("DATABASE_URL", f"sqlite:///{VAR_DIR / 'newsroom.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Debugging
DEBUG = env_flag("DEBUG", False)

# Email
globals().update(email_config("EMAIL_URL", "console://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"newsroom@{SITE.hostname}")

# Globalization
LANGUAGE_CODE = env_choice("LANGUAGE_CODE", "fr", ["fr", "en"])
LANGUAGES = [("fr", "français"), ("en", "English")]
# For makemessages: the strings of templates/, outside the app, are in its catalogue too.
LOCALE_PATHS = [BASE_DIR / "articles" / "locale"]
FORMAT_MODULE_PATH = ["articles.formats"]
TIME_ZONE = time_zone("TIME_ZONE", "Europe/Paris")
USE_TZ = True

# HTTP
MIDDLEWARE = [
    # First of all, so that a kept page costs one query and nothing else.
    "articles.page_cache.page_cache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Below gzip, so that an ETag is made on plain bytes.
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "articles.middleware.permissions_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
WSGI_APPLICATION = "newsroom.wsgi.application"

# Logging
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"articles": {"level": "INFO"}},
}

# Models
INSTALLED_APPS = [
    "articles",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "django_prose_editor",
    "js_asset",
    "taggit",
]

# Security
if SECURE:
    SECRET_KEY = secret_key("SECRET_KEY")
    ALLOWED_HOSTS = allowed_hosts("ALLOWED_HOSTS", SITE)
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows secrets: it is refused with an https SITE_URL.")
else:
    SECRET_KEY = env("SECRET_KEY", "") or kept_secret(VAR_DIR / "secret-key", 50)
    ALLOWED_HOSTS = allowed_hosts("ALLOWED_HOSTS", SITE, LOOPBACK)
SECURE_SSL_REDIRECT = SECURE
# A load balancer asks the process itself.
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
# https ends at the proxy, which must set this header itself (docs/operating.md).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = SECURE
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Templates
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
            ]
        },
    }
]

# URLs
ROOT_URLCONF = "newsroom.urls"

# Auth
AUTH_USER_MODEL = "articles.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

# Static files
STATIC_ROOT = VAR_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Private: originals and sizes are read by our own views only (articles/photos.py).
    "photos": photo_storage("PHOTO_STORAGE_URL", MEDIA_ROOT / "photos"),
    "staticfiles": {"BACKEND": "articles.storage.HashedStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# System checks
SILENCED_SYSTEM_CHECKS = [
    "models.W040",  # the covering indexes of PostgreSQL are plain ones on SQLite, as intended
    "security.W005",  # HSTS for the paper's other hosts, and their
    "security.W021",  # preloading, are not this site's to decide
]

# django-taggit: names hold spaces ("Côte d'Ivoire"), so only commas part them.
TAGGIT_CASE_INSENSITIVE = True
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = True
TAGGIT_TAGS_FROM_STRING = "articles.models.topic.names_from_text"
TAGGIT_STRING_FROM_TAGS = "articles.models.topic.text_from_topics"
