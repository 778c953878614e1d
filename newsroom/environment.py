"""Read settings from the environment; a wrong value stops start-up with one sentence.

Values that may hold a password are never repeated in it.
"""

import os
import secrets
import tempfile
import zoneinfo
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

FLAGS = {"1": True, "true": True, "yes": True, "on": True}
FLAGS |= {"0": False, "false": False, "no": False, "off": False}
LOOPBACK = "127.0.0.1,localhost,[::1]"


def env(name, default=None):
    """Return the variable *name*, or *default* if it is unset or empty; None: it is required."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"set the environment variable {name}.")
    return value


def env_flag(name, default):
    """Return the variable *name* as a bool."""
    value = env(name, "1" if default else "0")
    try:
        return FLAGS[value.strip().lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.") from None


def env_list(name, default=None):
    """Return the comma-separated variable *name* as a list without blanks."""
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def env_choice(name, default, choices):
    value = env(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}.")
    return value


def port(name, default):
    value = env(name, default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name} must be a port from 1 to 65535, not {value!r}.")
    return int(value)


def time_zone(name, default):
    value = env(name, default)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name} must be a zone such as Europe/Paris, not {value!r}."
        ) from None
    return value


def folder(name, default):
    """Return the folder in the variable *name*, made at first use, as an absolute Path."""
    return make_folder(name, Path(env(name, default)).resolve())


def make_folder(name, path):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} can't be made: {error.strerror}.") from None
    return path


def site_url(name, default):
    """Return the public origin as urlsplit() gives it; plain http is for loopback only."""
    value = env(name, default)
    try:
        parts = urlsplit(value)
        bare = parts._replace(scheme="", netloc="", path="").geturl() == "" and "@" not in value
        right = parts.hostname and parts.port != 0 and bare and parts.path in ("", "/")
    except ValueError:
        right = False
    if not right or parts.scheme not in ("http", "https"):
        raise ImproperlyConfigured(f"{name} must look like https://www.example.org, not {value!r}.")
    if parts.scheme == "http" and not validate_host(host_of(parts), LOOPBACK.split(",")):
        raise ImproperlyConfigured(
            f"{name} is {value!r}, but plain http is for this machine only: use https://."
        )
    return parts


def host_of(parts):
    """Return the host in *parts*, as ALLOWED_HOSTS writes it."""
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


def allowed_hosts(name, site, default=None):
    """Return the hosts that the site answers to, that of *site* among them."""
    hosts = env_list(name, default)
    if "*" in hosts:
        raise ImproperlyConfigured(f"{name} must name the hosts: '*' is refused.")
    if not validate_host(host_of(site), hosts):
        raise ImproperlyConfigured(f"{name} must include {host_of(site)}, the host of SITE_URL.")
    return hosts


def secret_key(name):
    value = env(name)
    if len(value) < 50 or len(set(value)) < 5:
        raise ImproperlyConfigured(f"{name} must be at least 50 random characters.")
    return value


def kept_secret(path, length):
    """Return the secret in the file *path*, *length* random bytes of it made at first use."""
    try:
        if not path.exists():
            handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
            with open(handle, "w") as file:
                file.write(secrets.token_urlsafe(length))
            # Two processes that start at once agree on one secret.
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                os.unlink(draft)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"VAR_DIR: {path} can't be kept: {error.strerror}.") from None


def database_config(name, default):
    """Return Django's DATABASES entry for postgres://… or sqlite:///…"""
    try:
        config = dj_database_url.parse(env(name, default), conn_health_checks=True)
    except ValueError:
        config = {}
    options = config.setdefault("OPTIONS", {})
    engine = config.get("ENGINE", "").rpartition(".")[2]
    if engine == "sqlite3":
        # A transaction that writes takes the lock at its start and so never fails half-way.
        options |= {"transaction_mode": "IMMEDIATE", "timeout": 5}
        pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
        options["init_command"] = ";".join(f"PRAGMA {pragma}" for pragma in pragmas)
        make_folder(name, Path(config["NAME"]).resolve().parent)
    elif engine == "postgresql" and config["NAME"]:
        # What is prepared (articles/prepared.py) has one plan from the start, for all values.
        options["prepare_threshold"] = 0
        given = options.get("options", "")
        options["options"] = f"{given} -c plan_cache_mode=force_generic_plan".strip()
        # As many connections as the server has threads in a process, and a few to spare.
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
    else:
        raise ImproperlyConfigured(
            f"{name} must look like postgres://user:password@host:5432/name or sqlite:////a/path."
        )
    return config


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
        raise ImproperlyConfigured(f"{name} must be locmem:// or redis://host:6379/0.")
    if not url.startswith("redis"):
        return {"BACKEND": backend}
    try:
        import redis  # noqa: F401 - optional, so looked for only where it is asked for
    except ImportError:
        raise ImproperlyConfigured(f"{name} needs a package: pip install redis.") from None
    return {"BACKEND": backend, "LOCATION": url}


def purge_url(name):
    """Return the address of the cache in front of the site, or "" where there is none."""
    value = env(name, "")
    parts = urlsplit(value)
    if value and (parts.scheme not in ("varnish", "fastly") or not parts.hostname):
        raise ImproperlyConfigured(
            f"{name} must be varnish://host:port/ or fastly://TOKEN@host/service/ID/purge."
        )
    return value


def photo_storage(name, folder):
    """Return Django's STORAGES entry for s3://key:secret@host/bucket?region=…, or for *folder*."""
    value = env(name, "")
    if not value:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        options = {"location": folder, **modes}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(value)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not all((parts.hostname, parts.username, parts.password, bucket)):
        raise ImproperlyConfigured(f"{name} must look like s3://key:secret@host/bucket?region=x.")
    try:
        import storages  # noqa: F401 - optional, so looked for only where it is asked for
    except ImportError:
        raise ImproperlyConfigured(
            f"{name} needs a package: pip install django-storages[s3]."
        ) from None
    options = {
        "endpoint_url": f"https://{parts.netloc.rpartition('@')[2]}",
        "bucket_name": bucket,
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "region_name": parse_qs(parts.query).get("region", [None])[0],
        # A name's bytes never change, and nothing there is public.
        "default_acl": "private",
        "file_overwrite": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def email_config(name, default):
    """Return Django's EMAIL_… settings for console://, smtp://user:password@host:587?tls=1
    or smtps://…, as a dict."""
    try:
        parts = urlsplit(env(name, default))
        number = parts.port
    except ValueError:
        parts, number = urlsplit(""), None
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be console:// or smtp://user:password@host:587?tls=1."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": number or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parse_qs(parts.query).get("tls") == ["1"],
    }
