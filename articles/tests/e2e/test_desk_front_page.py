"""The front page arranged at the desk, in a real browser under the strict policy."""

import pytest
from playwright.sync_api import expect

from ...models import FrontPageEdition
from ..factories import make_edition, make_section
from .audit import WIDTHS, faults_of

PAGES = {
    "front pages": "/admin/articles/frontpage/",
    "front page": "/admin/articles/frontpage/0/",
    "usual arrangement": "/admin/articles/frontpage/0/?disposition=habituelle",
    "new alert": "/admin/articles/alert/add/",
}


def slot(desk, number):
    return desk.locator("[data-slot]:visible").nth(number - 1)


def test_front_page_is_arranged_by_keyboard_previewed_and_published(desk):
    make_edition(headline="Premier essai", body="<p>Texte d’essai.</p>")
    make_edition(headline="Second essai", body="<p>Texte d’essai.</p>")
    desk.goto("/admin/articles/frontpage/0/")
    for _ in range(3):
        desk.get_by_role("button", name="Ajouter une place").press("Enter")
    expect(desk.get_by_role("status").filter(has_text="Place 3 ajoutée.")).to_be_attached()
    slot(desk, 2).get_by_role("combobox", name="Article choisi").press_sequentially("premier")
    expect(desk.get_by_role("option", name="Premier essai")).to_be_visible()
    desk.keyboard.press("Enter")
    slot(desk, 2).locator("summary").press("Enter")
    slot(desk, 2).get_by_label("Titre à la une", exact=True).fill("Choisi pour la une")
    # The second one rises to the head: what is typed there goes along, and the kind is chosen.
    slot(desk, 2).get_by_role("button", name="Monter").press("Enter")
    expect(desk.get_by_role("status").filter(has_text="place 1 sur 3.")).to_be_attached()
    slot(desk, 1).get_by_label("Place", exact=True).select_option("lead")
    slot(desk, 2).get_by_label("Place", exact=True).select_option("second")
    slot(desk, 3).get_by_role("button", name="Supprimer").press("Enter")
    expect(desk.locator("[data-slot]:visible")).to_have_count(2)
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Aperçu").press("Enter")
    expect(opened.value.get_by_role("heading", name="Choisi pour la une")).to_be_visible()
    opened.value.close()
    assert not FrontPageEdition.objects.exists()
    desk.get_by_role("button", name="Enregistrer et publier").press("Enter")
    expect(desk.get_by_text("La une est en ligne.")).to_be_visible()
    desk.goto("/")
    expect(desk.get_by_role("heading", name="Choisi pour la une")).to_be_visible()
    lead, second = FrontPageEdition.objects.get().slots
    assert (lead["kind"], lead["headline"]) == ("lead", "Choisi pour la une")
    assert (second["kind"], second["story"]) == ("second", "")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_accessibility_fault(desk, problems, name, width):
    make_section(name="Monde")
    make_edition(headline="Premier essai", body="<p>Texte d’essai.</p>")
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(PAGES[name])
    assert faults_of(desk, problems) == []
