"""A reader's journey, with and without scripts."""

import pytest
from playwright.sync_api import expect

from ..factories import make_author, make_edition, make_section, make_topic
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


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_have_no_accessibility_fault_and_no_sideways_scroll(
    page, problems, story, width
):
    """E23"""
    page.set_viewport_size({"width": width, "height": 900})
    faults = {}
    for address in ("/", story.get_absolute_url(), story.section.get_absolute_url(), "/fil/"):
        page.goto(address)
        faults[address] = faults_of(page, problems)
    assert {address: found for address, found in faults.items() if found} == {}
