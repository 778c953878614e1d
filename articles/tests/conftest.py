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
    monkeypatch.setattr("articles.finding.LIMITS", (60_000, 60_000))


@pytest.fixture(autouse=True)
def no_kept_sections():
    """Each test's database counts the site's versions from the start."""
    from ..cards import draw_once as draw_card_once  # once Django is set up
    from ..live_blog import read_running
    from ..navigation import draw_once, read_sections
    from ..results import read_newest
    from ..spelling import make_once
    from ..templatetags.articles import draw_empty_fields

    read = (read_sections, read_running, read_newest, make_once)
    drawn = (draw_once, draw_card_once, draw_empty_fields)
    for kept in (*read, *drawn):
        kept.cache_clear()


@pytest.fixture(scope="session")
def migrated_place(tmp_path_factory, django_db_setup, django_db_blocker):
    """A Place whose database has its tables, to be copied."""
    yield from make_place(tmp_path_factory, django_db_blocker, "migrated")


@pytest.fixture(scope="session")
def demo_place(tmp_path_factory, migrated_place, django_db_blocker):
    """A Place with the demo's stories, to be copied."""
    yield from make_place(tmp_path_factory, django_db_blocker, "demo", like=migrated_place)


def make_place(tmp_path_factory, blocker, name, like=None):
    """Yield a place that the command *name* or, for an empty one, `migrate` has run on."""
    from .places import Place  # once Django is set up

    with blocker.unblock():
        place = Place(tmp_path_factory.mktemp("places"), f"{name}_template", like)
        run = place.manage("demo" if like else "migrate", "--verbosity=0")
        assert run.returncode == 0, run.stderr
    yield place
    with blocker.unblock():
        place.close()
