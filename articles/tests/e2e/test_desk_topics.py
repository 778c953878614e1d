"""Topics, accounts and site texts at the desk, in a real browser under the strict policy."""

import pytest
from playwright.sync_api import expect

from ... import dossiers
from ...invitations import password_link
from ...models import SiteText, Topic, User
from ..factories import make_edition, make_topic, make_user
from .audit import WIDTHS, faults_of

PASSWORD = "un-autre-mot-d-essai"


def test_close_name_is_told_before_a_topic_is_made(desk):
    make_topic(name="Élections", slug="elections")
    desk.goto("/admin/articles/article/add/")
    desk.get_by_role("combobox", name="Sujets").press_sequentially("election")
    close = desk.get_by_role("option", name="Élections Existe déjà, sous un nom très proche")
    expect(close).to_be_visible()
    expect(desk.get_by_role("option", name="Créer quand même « election »")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Retirer Élections")).to_be_visible()


def test_topic_is_merged_and_the_merge_undone_by_keyboard(desk):
    topic, into = make_topic(name="Scrutins", slug="scrutins"), make_topic(name="Vote", slug="vote")
    make_edition(topics=[topic], headline="Un vote serré")
    desk.goto(f"/admin/articles/topic/{topic.pk}/fusion/")
    desk.get_by_role("combobox", name="Le fusionner dans").focus()
    desk.keyboard.type("vote")
    expect(desk.get_by_role("option", name="Vote")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Continuer").press("Enter")
    expect(desk.get_by_text("1 édition publiée")).to_be_visible()
    desk.get_by_role("button", name="Fusionner").press("Enter")
    expect(desk.get_by_text("est fusionné")).to_be_visible()
    desk.goto("/sujets/scrutins/")
    expect(desk.get_by_role("heading", level=1, name="Vote")).to_be_visible()
    desk.goto(f"/admin/articles/topic/{into.pk}/history/")
    desk.get_by_role("button", name="Annuler la fusion de Scrutins").press("Enter")
    expect(desk.get_by_text("tout ce qui avait bougé est revenu")).to_be_visible()
    assert Topic.objects.get(pk=topic.pk).merged_into is None


def test_invited_person_chooses_a_password(page, transactional_db):
    user = make_user(username="ada@journal.example", email="ada@journal.example")
    page.goto(password_link(user).partition("/admin/")[2].join(["/admin/", ""]))
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le même, encore une fois").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer le mot de passe").click()
    page.get_by_role("link", name="Se connecter").click()
    page.fill("#id_username", "ada@journal.example")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_accessibility_fault_and_no_sideways_scroll(desk, problems, width):
    """E23"""
    topic = make_topic()
    make_edition(topics=[topic])
    text, _is_new = SiteText.objects.get_or_create(key="contact", defaults={"title": "Contact"})
    chief, into = User.objects.get(), make_topic()
    for owner in (topic, into):
        kept = {"introduction_html": "<p>Essai</p>", "articles": [], "by": chief}
        dossiers.write(owner, based_on=0, **kept)
    desk.set_viewport_size({"width": width, "height": 900})
    faults = {}
    for address in (
        f"/admin/articles/topic/{topic.pk}/change/",
        f"/admin/articles/topic/{topic.pk}/fusion/",
        f"/admin/articles/topic/{topic.pk}/fusion/?into={into.pk}",
        f"/admin/articles/topic/{topic.pk}/dossier/",
        f"/admin/articles/topic/{topic.pk}/history/",
        f"/admin/articles/topic/{topic.pk}/delete/",
        f"/admin/articles/sitetext/{text.pk}/change/",
        f"/admin/articles/user/{chief.pk}/change/",
        "/admin/articles/user/add/",
        "/admin/profil/",
        "/admin/mot-de-passe-oublie/",
    ):
        desk.goto(address)
        desk.wait_for_load_state("networkidle")
        if found := faults_of(desk, problems):
            faults[address] = found
    assert faults == {}
