"""Journeys of text that was typed and not saved, in a real browser."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from ...models import Article, Autosave
from ..factories import make_article, make_user
from .audit import WIDTHS, faults_of
from .conftest import PASSWORD
from .test_desk import go_to_end, prose

KEEP = "**/saisie/garder/"
SAYS_KEPT = "Enregistré automatiquement à"


@pytest.fixture
def article(desk):
    return make_article(headline="Ancien", body="<p>Un paragraphe.</p>")


def open_form(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")


def type_text(page, text):
    go_to_end(page)
    page.keyboard.type(text)


def says(page, text):
    expect(page.locator("#autosave-status")).to_contain_text(text)


def keeps(page, number):
    """Wait until the browser itself keeps *number* texts."""
    script = "(n) => Object.keys(localStorage).filter((k) => k.startsWith('newsroom')).length === n"
    page.wait_for_function(script, arg=number)


def log_in(page):
    page.fill("#id_username", "elise")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")


def test_text_of_a_tab_that_was_killed_is_offered_and_taken_up(desk, article):
    open_form(desk, article)
    type_text(desk, " Puis une phrase.")
    says(desk, SAYS_KEPT)
    keeps(desk, 0)
    desk.close()
    page = desk.context.new_page()
    open_form(page, article)
    offer = page.get_by_role("region", name="Reprendre le texte non enregistré")
    expect(offer.locator("ins")).to_contain_text("Puis une phrase.")
    offer.get_by_role("link", name="Reprendre").click()
    expect(prose(page)).to_contain_text("Puis une phrase.")
    assert Article.objects.get().body == "<p>Un paragraphe.</p>"
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré : version 2.")).to_be_visible()
    assert Article.objects.get().body == "<p>Un paragraphe. Puis une phrase.</p>"
    expect(page.get_by_role("link", name="Reprendre")).to_have_count(0)


def test_tab_killed_before_anything_was_sent_loses_nothing(desk, article):
    open_form(desk, article)
    desk.context.route(KEEP, lambda route: route.abort())
    type_text(desk, " Trop vite.")
    keeps(desk, 1)
    desk.close()
    page = desk.context.new_page()
    page.context.unroute(KEEP)
    open_form(page, article)
    expect(page.locator(".unsaved-offer ins")).to_contain_text("Trop vite.")
    keeps(page, 0)


def test_new_article_is_offered_in_the_form_of_a_new_one(desk):
    desk.goto("/admin/articles/article/add/")
    desk.get_by_label("Titre", exact=True).fill("Jamais enregistré")
    says(desk, SAYS_KEPT)
    desk.close()
    page = desk.context.new_page()
    page.goto("/admin/articles/article/add/")
    page.get_by_role("link", name="Reprendre").click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré : version 1.")).to_be_visible()
    assert Article.objects.get().headline == "Jamais enregistré"


def test_abandoned_text_is_not_offered_again(desk, article):
    open_form(desk, article)
    type_text(desk, " De trop.")
    says(desk, SAYS_KEPT)
    desk.close()
    page = desk.context.new_page()
    open_form(page, article)
    page.get_by_role("button", name="Abandonner ce texte").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".unsaved-offer")).to_have_count(0)
    expect(page.get_by_label("Titre", exact=True)).to_be_focused()
    assert not Autosave.objects.exists()
    page.reload()
    expect(page.locator(".unsaved-offer")).to_have_count(0)


def test_text_typed_while_the_server_is_stopped_is_kept_here_then_there(desk, article):
    open_form(desk, article)
    desk.context.route("**/saisie/**", lambda route: route.abort())
    type_text(desk, " Hors ligne.")
    says(desk, "Hors ligne\u00a0: texte gardé dans ce navigateur.")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    says(desk, "rien n’a été enregistré")
    expect(prose(desk)).to_contain_text("Hors ligne.")
    desk.context.unroute("**/saisie/**")
    desk.evaluate("window.dispatchEvent(new Event('online'))")
    says(desk, SAYS_KEPT)
    assert "Hors ligne." in Autosave.objects.get().typed["body"][0]
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.get_by_text("Enregistré : version 2.")).to_be_visible()


def test_busy_server_is_told_and_asked_again(desk, article):
    open_form(desk, article)
    desk.context.route(KEEP, lambda route: route.fulfill(status=503, json={}))
    type_text(desk, " Occupé.")
    says(desk, "Serveur occupé")
    keeps(desk, 1)
    desk.context.unroute(KEEP)
    desk.evaluate("window.dispatchEvent(new Event('focus'))")
    says(desk, SAYS_KEPT)
    keeps(desk, 0)


def test_save_after_the_session_expired_works_once_logged_in_again(desk, article):
    """E18"""
    open_form(desk, article)
    Session.objects.all().delete()
    type_text(desk, " Après minuit.")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    says(desk, "Votre session a expiré")
    expect(prose(desk)).to_contain_text("Après minuit.")
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Se reconnecter").click()
    log_in(opened.value)
    opened.value.wait_for_url("**/admin/")
    opened.value.close()
    # The login made another token: the form sends today's.
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.get_by_text("Enregistré : version 2.")).to_be_visible()
    assert "Après minuit." in Article.objects.get().body


def test_browser_without_its_cookies_is_told_to_log_in_again(desk, article):
    open_form(desk, article)
    desk.context.clear_cookies()
    type_text(desk, " Après le ménage.")
    says(desk, "Votre session a expiré")


def test_text_eaten_by_a_login_page_is_offered_after_the_login(desk, article):
    """E18"""
    open_form(desk, article)
    # The session ends between the question and the save.
    user = Session.objects.get().get_decoded()["_auth_user_id"]
    desk.context.route("**/saisie/session/", lambda route: route.fulfill(json={"user": int(user)}))
    Session.objects.all().delete()
    type_text(desk, " Presque perdu.")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    desk.wait_for_url("**/login/**")
    log_in(desk)
    expect(desk.locator(".unsaved-offer ins")).to_contain_text("Presque perdu.")


def test_text_is_not_kept_for_another_person_of_the_same_browser(desk, article):
    make_user(username="jonas", password=PASSWORD, is_superuser=True)
    open_form(desk, article)
    type_text(desk, " À Élise.")
    other = desk.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Déconnexion").click()
    other.goto("/admin/login/")
    other.fill("#id_username", "jonas")
    other.fill("#id_password", PASSWORD)
    other.click("[type=submit]")
    other.wait_for_url("**/admin/")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    says(desk, "Votre session a expiré")
    open_form(other, article)
    expect(other.locator(".unsaved-offer")).to_have_count(0)
    assert not Autosave.objects.filter(user__username="jonas").exists()
    assert article.revisions.count() == 1


def test_who_else_has_the_article_open_is_told(desk, article, chromium, live_server):
    make_user(username="jonas", password=PASSWORD, is_superuser=True, first_name="Jonas")
    open_form(desk, article)
    expect(desk.locator("#presence")).to_be_empty()
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR")
    other = context.new_page()
    other.goto("/admin/login/")
    other.fill("#id_username", "jonas")
    other.fill("#id_password", PASSWORD)
    other.click("[type=submit]")
    other.wait_for_url("**/admin/")
    open_form(other, article)
    expect(other.locator("#presence")).to_contain_text("Aussi ouvert par Élise E. depuis")
    desk.reload()
    expect(desk.locator("#presence")).to_contain_text("Aussi ouvert par Jonas depuis")
    other.goto("/admin/")
    desk.reload()
    expect(desk.locator("#presence")).to_be_empty()
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_form_with_an_offer_has_no_accessibility_fault(desk, problems, article, width):
    """E23"""
    desk.set_viewport_size({"width": width, "height": 900})
    open_form(desk, article)
    desk.get_by_label("Titre", exact=True).fill("Un autre titre, tout à fait différent")
    type_text(desk, " Puis une phrase.")
    says(desk, SAYS_KEPT)
    desk.goto("/admin/")
    open_form(desk, article)
    expect(desk.locator(".unsaved-offer")).to_be_visible()
    assert faults_of(desk, problems) == []
    desk.get_by_role("link", name="Reprendre").click()
    expect(desk.locator(".unsaved-resumed")).to_be_visible()
    assert faults_of(desk, problems) == []
