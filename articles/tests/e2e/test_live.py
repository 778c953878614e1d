"""A message of a live blog, from the keyboard to the readers' page."""

from django.urls import reverse
from playwright.sync_api import expect

from ..factories import make_edition
from .audit import WIDTHS, faults_of
from .test_desk import go_to_end, prose


def test_message_survives_a_closed_page_and_is_published_from_the_keyboard(desk, problems):
    edition = make_edition(headline="Titre d’essai", body="<p>Texte d’essai.</p>")
    page = reverse("admin:articles_article_live_blog", args=[edition.article_id])
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(page)
    prose(desk).click()
    desk.keyboard.type("Le train d’essai")
    # Left at once: nothing has been kept yet, and the page that closes keeps it.
    desk.goto("/admin/")
    desk.goto(page)
    # What wasn't sent is there again.
    expect(prose(desk)).to_have_text("Le train d’essai")
    expect(desk.locator("#live-kept")).not_to_be_empty()
    go_to_end(desk)
    desk.keyboard.type(" est arrivé.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Le message est en ligne.")).to_be_visible()
    # Nothing is left of it, and the next can be typed at once.
    expect(prose(desk)).to_have_text("")
    expect(prose(desk)).to_be_focused()
    assert "envoye" not in desk.url
    for address in (page, edition.get_absolute_url()):
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(address)
            assert faults_of(desk, problems) == []
    expect(desk.locator(".live-entry")).to_contain_text("Le train d’essai est arrivé.")
    desk.get_by_role("link", name="Actualiser").click()
    desk.wait_for_url("**#direct")
