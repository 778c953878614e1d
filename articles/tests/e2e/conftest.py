"""A real browser for the journeys; without Chromium they are skipped, and say so."""

import os
import shutil

import pytest
from django.db import connection

from ..factories import make_user

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PASSWORD = "un-mot-de-passe-d-essai"
# In milliseconds: a busy machine is no fault of the page.
PATIENCE = 30_000
# The policy's refusals, told from each page's first moment.
WATCH = """
  document.addEventListener("securitypolicyviolation", (event) => {
    window.refused(`${event.violatedDirective}: ${event.blockedURI} on ${location}`);
  });
"""


def find_chromium():
    named = os.environ.get("CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file: in memory all threads of the server would share one connection.

    The desk's scripts send while pages load, and two transactions in one connection mix.
    """
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "journeys.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(scope="session")
def chromium():
    playwright_api = pytest.importorskip("playwright.sync_api")
    playwright_api.expect.set_options(timeout=PATIENCE)
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium introuvable : installez le paquet chromium ou donnez CHROMIUM=chemin")
    # Playwright's own event loop runs in this thread; the ORM calls of the tests are plain ones.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def problems():
    """What went wrong in the page: scripts that failed, and what the policy refused."""
    return []


@pytest.fixture
def page(chromium, live_server, problems):
    """A page of 1440 px; at its end there were no problems."""
    context = chromium.new_context(
        base_url=live_server.url, locale="fr-FR", viewport={"width": 1440, "height": 900}
    )
    context.expose_function("refused", lambda text: problems.append(text))
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: problems.append(str(error)))
    pending = watch_requests(context)
    yield page
    # A page that closes sends last words; one under way would meet the emptied database.
    context.route("**/*", lambda route: route.abort())
    for open_page in context.pages:
        open_page.goto("about:blank")
    last = context.new_page()
    # The answer to a tab that was closed never comes.
    for _ in range(100):
        if pending:
            last.wait_for_timeout(20)
    context.close()
    assert problems == []


def watch_requests(context):
    """Return the set of requests under way in *context*, which stays true."""
    pending = set()
    context.on("request", lambda request: pending.add(request))
    context.on("requestfinished", lambda request: pending.discard(request))
    context.on("requestfailed", lambda request: pending.discard(request))
    return pending


@pytest.fixture
def desk(page, transactional_db):
    """The page, with an editor-in-chief logged in."""
    make_user(
        username="elise", password=PASSWORD, is_superuser=True, first_name="Élise", last_name="E."
    )
    page.goto("/admin/login/")
    page.fill("#id_username", "elise")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    return page
