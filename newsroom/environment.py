"""Read settings from the environment; a wrong value stops start-up with one sentence."""

import os
import secrets
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FLAGS = {"1": True, "true": True, "yes": True, "on": True}
FLAGS |= {"0": False, "false": False, "no": False, "off": False, "": False}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def env(name, default=None):
    """Return the variable *name*, or *default*; without default it is required."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"set the environment variable {name}.")
    return value


def env_flag(name, default):
    """Return the variable *name* as a bool."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return FLAGS[value.strip().lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.") from None


def env_list(name, default=""):
    """Return the comma-separated variable *name* as a list without blanks."""
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def env_port(name, default):
    value = env(name, default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name} must be a port from 1 to 65535, not {value!r}.")
    return int(value)


def env_choice(name, default, choices):
    value = env(name, default)
    if value not in choices:
        shown = ", ".join(sorted(choices)) if len(choices) < 10 else "a known one"
        raise ImproperlyConfigured(f"{name} must be {shown}, not {value!r}.")
    return value


def site_url(name, default):
    """Return the public origin as urlsplit() gives it; plain http is for loopback only."""
    value = env(name, default)
    try:
        parts = urlsplit(value)
        right = bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise ImproperlyConfigured(f"{name} must look like https://www.example.org, not {value!r}.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but plain http is for this machine only: use https://."
        )
    return parts


def local_secret(path):
    """Return the secret kept in the file *path*, made at first use. For loopback sites only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR {str(path.parent)!r} can't be written: {error}."
        ) from None
    return path.read_text()


def cache_config(name, default):
    """Return Django's CACHES entry for locmem://, dummy:// or redis(s)://host:port/db."""
    url = env(name, default)
    backend = {
        "locmem": "django.core.cache.backends.locmem.LocMemCache",
        "dummy": "django.core.cache.backends.dummy.DummyCache",
        "redis": "django.core.cache.backends.redis.RedisCache",
        "rediss": "django.core.cache.backends.redis.RedisCache",
    }.get(url.partition("://")[0])
    if backend is None:
        raise ImproperlyConfigured(f"{name} must be locmem:// or redis://host:6379/0, not {url!r}.")
    if url.startswith("redis"):
        try:
            import redis  # noqa: F401 - optional, so looked for only where it is asked for
        except ImportError:
            raise ImproperlyConfigured(
                f"{name} needs the package redis: pip install redis."
            ) from None
        return {"BACKEND": backend, "LOCATION": url}
    return {"BACKEND": backend}


def email_config(name, default):
    """Return Django's EMAIL_* settings for console://, smtp://user:password@host:587?tls=1
    or smtps://…, as a dict."""
    url = env(name, default)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a wrong port: {url!r}.") from None
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be console:// or smtp://user:password@host:587?tls=1, not {url!r}."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parse_qs(parts.query).get("tls") == ["1"],
    }
