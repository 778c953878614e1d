"""A reader's journey, with and without scripts, on narrow screens and with large letters."""

import pytest
from playwright.sync_api import expect

from ...publishing import correct
from ..factories import make_author, make_edition, make_section, make_topic, make_user, save
from .audit import WIDTHS, faults_of

# What a reader may ask of any page: WCAG 2.2, 1.4.10, 1.4.4 and 1.4.12.
NARROW = 320
SETTINGS = {
    "reflow": "",
    "letters twice as large": "html { font-size: 200% !important }",
    "text spacing": """* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-block-end: 2em !important }""",
}
ADD_STYLE = """(css) => {
    const style = document.createElement("style");
    style.textContent = css;
    return document.head.appendChild(style);
}"""
# Texts that are cut, and whatever reaches out of the page.
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
    if (!e.checkVisibility() || e.closest(".unseen") || e.matches("input, select")) return false;
    const style = getComputedStyle(e);
    const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
    const isCut = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
    return (cuts && isCut) || e.getBoundingClientRect().right > innerWidth + 1;
}).map((e) => e.outerHTML.slice(0, 100))"""
# 2.5.8; a link within a sentence is as high as its line.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter((e) => {
    if (!e.checkVisibility() || e.closest(".skip, .facts, .prose, .signature")) return false;
    const { width, height } = e.getBoundingClientRect();
    return width < 24 || height < 24;
}).map((e) => e.outerHTML.slice(0, 100))"""
# 2.4.11: what has the focus can be seen, and shows it; null at the end of the page.
UNSEEN = """() => {
    const e = document.activeElement;
    if (e === document.body) return null;
    const { x, y, width, height } = e.getClientRects()[0];
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const isSeen = top && (e.contains(top) || top.contains(e));
    // A part of a date's field shows the focus in its own way.
    const isShown = e.type === "date" || getComputedStyle(e).outlineStyle !== "none";
    return isSeen && isShown ? "" : e.outerHTML.slice(0, 100);
}"""


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


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_text_can_be_enlarged_and_spaced_and_the_keyboard_followed(
    chromium, live_server, story, scripts
):
    """E23"""
    # The styles are the reader's own, which no policy of the page's forbids.
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": NARROW, "height": 640},
        java_script_enabled=scripts,
        bypass_csp=True,
        reduced_motion="reduce",
        forced_colors="active",
    )
    page = context.new_page()
    faults = {}
    for address in ("/", story.get_absolute_url(), "/fil/", "/recherche/?mots=port", "/flux/"):
        page.goto(address)
        faults[address, "targets"] = page.evaluate(SMALL)
        faults[address, "focus"] = list(unseen_on_the_way(page))
        for name, css in SETTINGS.items():
            style = page.evaluate_handle(ADD_STYLE, css)
            faults[address, name] = page.evaluate(CUT)
            style.evaluate("(element) => element.remove()")
    context.close()
    assert {where: found for where, found in faults.items() if found} == {}


def unseen_on_the_way(page):
    """Yield what can't be seen where the Tab key leads, up to the end of *page*."""
    for _ in range(100):
        page.keyboard.press("Tab")
        found = page.evaluate(UNSEEN)
        if found is None:
            return
        if found:
            yield found
