import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Tests run without collectstatic: addresses have no hash."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
