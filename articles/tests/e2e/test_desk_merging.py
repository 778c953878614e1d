"""Two editors of one article, in a real browser under the strict policy."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from ...models import Article, Edition
from ...publishing import publish
from ..factories import make_article, make_section, make_user, save
from .audit import WIDTHS, faults_of
from .test_autosave import log_in, says
from .test_desk import go_to_end, prose

BODY = "<p>Le port ferme lundi.</p><p>Dix navires attendent au large.</p>"


@pytest.fixture
def article(transactional_db):
    return make_article(headline="Le port", body=BODY)


def by_jonas(article, **changes):
    jonas = make_user(first_name="Jonas", last_name="Essai", is_superuser=True)
    return save(article, by=jonas, **changes)


def save_over(desk, article, *, headline=None, typed="", **theirs):
    """Open the form of *article*, let Jonas save *theirs*, then type and save."""
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    by_jonas(article, **theirs)
    if headline:
        desk.get_by_label("Titre", exact=True).fill(headline)
    if typed:
        prose(desk).get_by_text("Dix navires").click()
        desk.keyboard.press("End")
        desk.keyboard.type(typed)
    desk.get_by_role("button", name="Enregistrer", exact=True).click()


def test_disjoint_changes_of_two_editors_are_merged(desk, article):
    """E18"""
    body = BODY.replace("lundi", "mardi")
    save_over(desk, article, typed=" Un remorqueur arrive.", headline="Le port ferme", body=body)
    expect(desk.get_by_text("Jonas Essai a changé 1 paragraphe à")).to_be_visible()
    expect(prose(desk)).to_contain_text("Le port ferme mardi.")
    expect(prose(desk)).to_contain_text("Un remorqueur arrive.")
    assert Article.objects.get().headline == "Le port ferme"


def test_same_paragraph_leads_to_a_choice_and_both_texts_are_kept(desk, article, problems):
    """E18"""
    body = BODY.replace("Dix", "Douze")
    save_over(desk, article, typed=" Un remorqueur arrive.", body=body)
    expect(desk.get_by_role("heading", name="Deux versions à réunir")).to_be_visible()
    expect(desk.get_by_text("gardé en version 3")).to_be_visible()
    assert Article.objects.get().body == body
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": 900})
        assert faults_of(desk, problems) == []
    desk.get_by_label("Récrire").check()
    expect(prose(desk)).to_be_visible()
    # By keyboard alone: back to the two texts.
    desk.get_by_label("Récrire").focus()
    desk.keyboard.press("ArrowUp")
    expect(desk.get_by_label("Garder les deux")).to_be_checked()
    desk.get_by_role("button", name="Enregistrer le texte réuni").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("version 4.")).to_be_visible()
    text = Article.objects.get().body
    assert "Douze navires attendent" in text
    assert "Un remorqueur arrive." in text


def test_tab_left_open_for_a_day_loses_nothing(desk, article):
    """E18: the session is over, others saved and published; both texts are in the article."""
    desk.clock.install()
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    desk.clock.fast_forward("24:00:00")
    Session.objects.all().delete()
    saved = by_jonas(article, body=BODY.replace("lundi", "mardi"), section=make_section())
    publish(article, revision=saved.number, by=saved.created_by)
    go_to_end(desk)
    desk.keyboard.type(" Un remorqueur arrive.")
    desk.get_by_role("button", name="Publier", exact=True).click()
    says(desk, "Votre session a expiré")
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Se reconnecter").click()
    log_in(opened.value)
    opened.value.wait_for_url("**/admin/")
    desk.get_by_role("button", name="Publier", exact=True).click()
    # Nobody publishes a text that they haven't read: it is merged, shown, then published.
    expect(desk.get_by_text("Rien n’est publié : relisez le texte réuni")).to_be_visible()
    expect(desk.get_by_text("Jonas Essai a changé la rubrique et 1 paragraphe à")).to_be_visible()
    assert Edition.objects.count() == 1
    expect(prose(desk)).to_contain_text("Le port ferme mardi.")
    expect(prose(desk)).to_contain_text("Un remorqueur arrive.")
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.get_by_text("L’article est en ligne.")).to_be_visible()
    assert "Un remorqueur arrive." in Edition.objects.latest("pk").body_html


def test_old_version_is_compared_then_restored(desk, article, problems):
    by_jonas(article, headline="Le port rouvre", body=BODY.replace("ferme", "rouvre"))
    desk.goto(f"/admin/articles/article/{article.pk}/history/")
    desk.get_by_role("button", name="Comparer ces deux versions").click()
    expect(desk.locator("ins").filter(has_text="rouvre").first).to_be_visible()
    pages = [desk.url]
    desk.get_by_role("link", name="Restaurer la version 1").click()
    expect(desk.get_by_role("heading", name="Ce qui changera")).to_be_visible()
    pages.append(desk.url)
    desk.get_by_role("button", name="Restaurer la version 1").click()
    expect(desk.get_by_text("La version 1 est de nouveau le texte")).to_be_visible()
    assert (Article.objects.get().headline, Article.objects.get().body) == ("Le port", BODY)
    for address in [*pages, f"/admin/articles/article/{article.pk}/history/"]:
        desk.goto(address)
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 900})
            assert faults_of(desk, problems) == []


def test_conflict_is_settled_without_javascript(chromium, desk, article, live_server):
    body = BODY.replace("Dix", "Douze")
    save_over(desk, article, typed=" Un remorqueur arrive.", body=body)
    desk.wait_for_url("**/conflits/3/")
    context = chromium.new_context(
        storage_state=desk.context.storage_state(), java_script_enabled=False
    )
    page = context.new_page()
    page.goto(desk.url)
    page.get_by_label("Garder le texte en attente").check()
    page.get_by_role("button", name="Enregistrer le texte réuni").click()
    expect(page.get_by_text("version 4.")).to_be_visible()
    assert "Un remorqueur arrive." in Article.objects.get().body
    context.close()
