"""A message of a live blog, from the keyboard to the readers' page."""

from django.urls import reverse

from ..factories import make_edition
from .audit import WIDTHS, faults_of


def test_message_survives_a_closed_page_and_is_published_from_the_keyboard(desk, problems):
    edition = make_edition(headline="Titre d’essai", body="<p>Texte d’essai.</p>")
    page = reverse("admin:articles_article_live_blog", args=[edition.article_id])
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(page)
    desk.locator(".ProseMirror").click()
    desk.keyboard.type("Le train d’essai")
    while not desk.evaluate("Object.keys(localStorage).some((key) => key.includes('direct'))"):
        desk.wait_for_timeout(50)
    desk.goto("/admin/")
    desk.goto(page)
    # What wasn't sent is there again.
    assert desk.locator(".ProseMirror").inner_text() == "Le train d’essai"
    assert desk.locator("#live-kept").inner_text() != ""
    desk.locator(".ProseMirror").click()
    desk.keyboard.press("End")
    desk.keyboard.type(" est arrivé.")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("Le message est en ligne.").wait_for()
    # Nothing is left of it, and the next can be typed at once.
    assert desk.locator(".ProseMirror").inner_text().strip() == ""
    assert "envoye" not in desk.url
    desk.locator("[role=textbox]:focus").wait_for()
    for address in (page, edition.get_absolute_url()):
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(address)
            assert faults_of(desk, problems) == []
    assert "Le train d’essai est arrivé." in desk.locator(".live-entry").inner_text()
    desk.get_by_role("link", name="Actualiser").click()
    desk.wait_for_url("**#direct")
