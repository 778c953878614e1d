"""A real browser for the journeys; without Chromium they are skipped, and say so."""

import os
import shutil

import pytest

from ..factories import make_user

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PASSWORD = "un-mot-de-passe-d-essai"
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
def chromium():
    playwright_api = pytest.importorskip("playwright.sync_api")
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
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


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
