"""A reader's journey, with and without scripts."""

import pytest
from playwright.sync_api import expect

from ...publishing import correct
from ..factories import make_author, make_edition, make_section, make_topic, make_user, save
from .audit import WIDTHS, faults_of


@pytest.fixture
def story(transactional_db):
    return make_edition(
        headline="Le port rouvre",
        standfirst="Après trois semaines de grève.",
        body="<p>Les grues tournent.</p><h2>À quai</h2><p>Dix navires attendent.</p>",
        section=make_section(name="Économie"),
        topics=[make_topic(name="Ports")],
        authors=[make_author(name="Zoé Lefèvre")],
    )


def test_story_is_found_and_read_without_javascript(chromium, live_server, story):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Le port rouvre").first.click()
    expect(page.get_by_role("heading", level=1, name="Le port rouvre")).to_be_visible()
    for text in ("Après trois semaines de grève.", "Les grues tournent.", "Zoé Lefèvre"):
        expect(page.get_by_text(text).first).to_be_visible()
    page.get_by_role("link", name="Économie").first.click()
    expect(page.get_by_role("heading", level=1, name="Économie")).to_be_visible()
    expect(page.get_by_role("link", name="Le port rouvre").first).to_be_visible()
    context.close()


def test_correction_is_followed_from_the_story_to_its_words(page, story):
    revision = save(story.article, body="<p>Les grues dorment.</p>")
    editor = make_user(is_superuser=True)
    correct(story.article, revision=revision.number, by=editor, note="Elles dormaient.")
    page.goto(story.get_absolute_url())
    expect(page.get_by_text("Elles dormaient.")).to_be_visible()
    page.get_by_role("link", name="mis à jour").click()
    page.get_by_role("link", name="Voir ce qui a changé").click()
    expect(page.get_by_role("insertion").filter(has_text="dorment")).to_be_visible()
    expect(page.get_by_role("deletion").filter(has_text="tournent")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_have_no_accessibility_fault_and_no_sideways_scroll(
    page, problems, story, width
):
    """E23"""
    revision = save(story.article, headline="Le port rouvre enfin")
    editor = make_user(is_superuser=True)
    story = correct(story.article, revision=revision.number, by=editor, note="Il rouvre.")
    page.set_viewport_size({"width": width, "height": 900})
    faults = {}
    lists = ("/", "/fil/", "/archives/", "/rectificatifs/", "/flux/")
    past = f"{story.get_absolute_url()}versions/"
    own = (story.get_absolute_url(), past, f"{past}1-2/", story.section.get_absolute_url())
    for address in (*lists, *own):
        page.goto(address)
        faults[address] = faults_of(page, problems)
    assert {address: found for address, found in faults.items() if found} == {}
