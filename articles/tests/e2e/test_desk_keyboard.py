"""The desk without a mouse, in a real browser under the strict policy."""

import pytest
from playwright.sync_api import expect

from ...models import Article, Edition, Topic
from ..factories import make_section, make_topic
from .test_desk import prose


def test_desk_is_used_by_keyboard_alone(desk):
    """E23"""
    make_section(name="Monde")
    make_topic(name="Élections", slug="elections")
    desk.goto("/admin/articles/article/add/")
    desk.get_by_label("Titre", exact=True).focus()
    desk.keyboard.type("Au clavier")
    prose(desk).focus()
    desk.keyboard.press("Alt+F10")
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("button", name="Sous-intertitre")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.type("Un sous-intertitre")
    expect(desk.get_by_role("button", name="Sous-intertitre")).to_have_attribute(
        "aria-pressed", "true"
    )
    desk.get_by_role("combobox", name="Sujets").focus()
    desk.keyboard.type("Ecole")
    expect(desk.get_by_role("option", name="Créer « Ecole »")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.get_by_label("Titre", exact=True).focus()
    desk.get_by_role("button", name="Enregistrer", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Enregistré : version 1.")).to_be_visible()
    assert Article.objects.get().body == "<h3>Un sous-intertitre</h3>"
    assert Topic.objects.filter(name="Ecole", qcode="").exists()


def test_story_is_written_and_published_by_keyboard_alone(desk):
    """E23: from the dashboard to the site with Tab, Enter and letters."""
    make_section(name="Monde")
    tab_to(desk, desk.get_by_role("link", name="Nouvel article"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_label("Titre", exact=True))
    desk.keyboard.type("Publié au clavier")
    tab_to(desk, prose(desk))
    desk.keyboard.type("Sans souris.")
    tab_to(desk, desk.get_by_role("combobox", name="Rubrique"))
    desk.keyboard.press("ArrowDown")
    tab_to(desk, desk.get_by_role("button", name="Publier", exact=True))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("L’article est en ligne.")).to_be_visible()
    edition = Edition.objects.get()
    assert edition.body_html == "<p>Sans souris.</p>"
    desk.goto(edition.get_absolute_url())
    expect(desk.get_by_role("heading", level=1, name="Publié au clavier")).to_be_visible()


def tab_to(desk, place):
    """Press Tab until *place* has the focus, as who has no mouse does."""
    for _ in range(60):
        if place.evaluate("element => element === document.activeElement"):
            return
        desk.keyboard.press("Tab")
    pytest.fail(f"{place} isn't reached")
