import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Tests run without collectstatic: addresses have no hash."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def no_kept_pages(settings):
    """Rows made by factories don't bump the site's version: pages are kept only where asked."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
