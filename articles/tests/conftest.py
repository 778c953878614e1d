import os

import pytest
from hypothesis import settings as hypothesis_settings

# Continuous integration tries the same examples each time; at a desk they are new each time.
hypothesis_settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis_settings.load_profile("ci")


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Tests run without collectstatic: addresses have no hash."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "photos": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture(autouse=True)
def no_kept_pages(settings):
    """Rows made by factories don't bump the site's version: pages are kept only where asked."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """Searches are cut short where a test is about that, not where the machine is busy."""
    monkeypatch.setattr("articles.stretches.LIMITS", (60_000, 60_000))


@pytest.fixture(autouse=True)
def no_kept_sections():
    """Each test's database counts the site's versions from the start."""
    from ..live_blog import read_running  # once Django is set up
    from ..navigation import read_sections

    read_sections.cache_clear()
    read_running.cache_clear()
