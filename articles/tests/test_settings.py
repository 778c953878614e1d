import importlib.util
import os
import subprocess
import sys
from unittest import mock

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import TestCase

from ..management.commands.serve import OPTIONS
from .factories import make_user

SECRET = "essai-0123456789" * 4
SETTINGS = settings.BASE_DIR / "newsroom" / "settings.py"
HTTPS = {
    "SITE_URL": "https://www.example.org",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "www.example.org",
}


@pytest.fixture
def load(tmp_path):
    """Return a function that reads the settings anew, in an environment with nothing else."""

    def load(**variables):
        with mock.patch.dict(os.environ, {"VAR_DIR": str(tmp_path), **variables}, clear=True):
            spec = importlib.util.spec_from_file_location("newsroom.read_anew", SETTINGS)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

    return load


@pytest.mark.parametrize(
    "variables, sentence",
    [
        ({"DEBUG": "maybe"}, "DEBUG must be 1 or 0"),
        ({"PORT": "http"}, "PORT must be a port"),
        ({"PORT": "65536"}, "PORT must be a port"),
        ({"TIME_ZONE": "Europe/Pariss"}, "TIME_ZONE must be a zone"),
        ({"TIME_ZONE": "Europe"}, "TIME_ZONE must be a zone"),
        ({"LANGUAGE_CODE": "fr-FR"}, "LANGUAGE_CODE must be fr or en"),
        ({"DATABASE_URL": "postgres//u@h/n"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "postgres://u:secret@h"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "postgres://u:secret@h:port/n"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "mysql://u:secret@h/n"}, "DATABASE_URL must look like"),
        ({"DATABASE_URL": "sqlite:////proc/none/newsroom"}, "DATABASE_URL: /proc/none can't be"),
        ({"VAR_DIR": "/proc/none"}, "VAR_DIR: /proc/none can't be made"),
        ({"CACHE_URL": "redi://u:secret@h"}, "CACHE_URL must be"),
        ({"CACHE_URL": "redis://u:secret@h"}, "CACHE_URL needs a package"),
        ({"EMAIL_URL": "stmp://u:secret@h"}, "EMAIL_URL must be"),
        ({"EMAIL_URL": "smtp://u:secret@h:port"}, "EMAIL_URL must be"),
        ({"SITE_URL": "www.example.org"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://www.example.org/journal"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://u@www.example.org"}, "SITE_URL must look like"),
        ({"SITE_URL": "https://www.example.org:https"}, "SITE_URL must look like"),
        ({"SITE_URL": "http://www.example.org"}, "plain http is for this machine only"),
        ({**HTTPS, "SECRET_KEY": ""}, "set the environment variable SECRET_KEY"),
        ({**HTTPS, "SECRET_KEY": "secret"}, "SECRET_KEY must be at least 50"),
        ({**HTTPS, "SECRET_KEY": "a" * 60}, "SECRET_KEY must be at least 50"),
        ({**HTTPS, "ALLOWED_HOSTS": ""}, "set the environment variable ALLOWED_HOSTS"),
        ({**HTTPS, "ALLOWED_HOSTS": "*"}, "'\\*' is refused"),
        ({**HTTPS, "ALLOWED_HOSTS": "www.exemple.org"}, "must include www.example.org"),
        ({**HTTPS, "DEBUG": "1"}, "DEBUG shows secrets"),
    ],
)
def test_wrong_value_stops_with_one_sentence_and_no_secret(load, variables, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence) as refusal:
        load(**variables)
    assert "\n" not in str(refusal.value)
    assert "secret@" not in str(refusal.value)


def test_defaults_are_safe_and_local(load, tmp_path):
    found = load()
    assert found.DEBUG is False
    assert found.SITE_URL == "http://127.0.0.1:8000"
    assert found.DATABASES["default"]["NAME"] == str(tmp_path / "newsroom.sqlite3")
    assert (found.LANGUAGE_CODE, found.TIME_ZONE) == ("fr", "Europe/Paris")
    assert "127.0.0.1" in found.ALLOWED_HOSTS


def test_site_url_follows_the_port(load):
    assert load(PORT="9000").SITE_URL == "http://127.0.0.1:9000"


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://[::1]:8000"])
def test_plain_http_is_accepted_on_loopback(load, origin):
    assert load(SITE_URL=origin).SITE_URL == origin


def test_local_secret_is_made_once_and_for_the_owner_alone(load, tmp_path):
    assert load().SECRET_KEY == load().SECRET_KEY != ""
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_https_is_strict(load):
    found = load(**HTTPS)
    assert found.SESSION_COOKIE_SECURE and found.CSRF_COOKIE_SECURE
    assert found.SECURE_SSL_REDIRECT and found.SECURE_HSTS_SECONDS >= 31536000
    assert found.CSRF_TRUSTED_ORIGINS == ["https://www.example.org"]


def test_http_promises_no_https(load):
    found = load()
    assert not found.SECURE_SSL_REDIRECT
    assert not found.SECURE_HSTS_SECONDS
    assert found.SECURE_PROXY_SSL_HEADER is None


def test_database_password_may_hold_any_character(load):
    found = load(DATABASE_URL="postgres://desk:p%40s%2Fs%3A%25@db:5433/news%20room")
    database = found.DATABASES["default"]
    assert (database["PASSWORD"], database["NAME"]) == ("p@s/s:%", "news room")
    assert (database["HOST"], database["PORT"]) == ("db", 5433)


def test_database_is_asked_for_plans_that_last_beside_what_the_address_asks(load):
    found = load(DATABASE_URL="postgres:///newsroom?options=-c%20search_path%3Dpaper")
    options = found.DATABASES["default"]["OPTIONS"]
    assert options["options"] == "-c search_path=paper -c plan_cache_mode=force_generic_plan"
    assert options["prepare_threshold"] == 0


def test_database_pool_has_a_connection_for_each_thread(load):
    found = load(DATABASE_URL="postgres:///newsroom")
    pool = found.DATABASES["default"]["OPTIONS"]["pool"]
    assert pool["max_size"] >= int(OPTIONS["GRANIAN_BLOCKING_THREADS"])


def test_mail_goes_where_the_address_says(load):
    found = load(EMAIL_URL="smtp://desk%40example.org:p%2Fw@mail.example.org:587?tls=1")
    assert (found.EMAIL_HOST, found.EMAIL_PORT) == ("mail.example.org", 587)
    assert (found.EMAIL_HOST_USER, found.EMAIL_HOST_PASSWORD) == ("desk@example.org", "p/w")
    assert found.EMAIL_USE_TLS and not found.EMAIL_USE_SSL


def test_blanks_in_a_list_are_dropped(load):
    found = load(ALLOWED_HOSTS=" www.example.org, ,127.0.0.1 ,")
    assert found.ALLOWED_HOSTS == ["www.example.org", "127.0.0.1"]


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["-c", "import newsroom.wsgi"]], ids=["manage", "wsgi"]
)
def test_start_up_stops_in_one_line_without_traceback(command, tmp_path):
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "PORT": "many"}
    run = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert run.stderr == "newsroom: PORT must be a port from 1 to 65535, not 'many'.\n"


class CookieTests(TestCase):
    def test_no_cookie_says_secure_on_http(self):
        """Safari drops such cookies on plain http; Chromium on loopback hides the fault."""
        make_user(username="essai", password="mot-de-passe-essai")
        page = self.client.get("/admin/login/")
        answer = self.client.post(
            "/admin/login/", {"username": "essai", "password": "mot-de-passe-essai"}
        )
        cookies = {**page.cookies, **answer.cookies}
        assert cookies.keys() == {"csrftoken", "sessionid"}
        assert not any(cookie["secure"] for cookie in cookies.values())


def test_photos_are_kept_in_a_folder_of_ours_or_in_a_private_bucket(load, tmp_path):
    photos = load().STORAGES["photos"]
    assert photos["OPTIONS"]["location"] == tmp_path / "media" / "photos"
    assert photos["OPTIONS"]["file_permissions_mode"] == 0o600
    url = "s3://key:se%2Fcret@s3.example.org/paper?region=paris"
    with pytest.raises(ImproperlyConfigured, match="pip install django-storages"):
        load(PHOTO_STORAGE_URL=url)
    with mock.patch.dict(sys.modules, {"storages": mock.Mock()}):
        options = load(PHOTO_STORAGE_URL=url).STORAGES["photos"]["OPTIONS"]
    assert options["endpoint_url"] == "https://s3.example.org"
    assert (options["bucket_name"], options["region_name"]) == ("paper", "paris")
    assert (options["access_key"], options["secret_key"]) == ("key", "se/cret")
    assert options["default_acl"] == "private"


@pytest.mark.parametrize("url", ["/srv/photos", "s3://host/bucket", "s3://me:hidden@host"])
def test_storage_of_photos_that_is_none_stops_start_up_without_its_password(load, url):
    with pytest.raises(ImproperlyConfigured, match="must look like s3://") as refused:
        load(PHOTO_STORAGE_URL=url)
    assert "hidden" not in str(refused.value)
