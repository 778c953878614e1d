"""Photos at the desk and on the site, in a real browser under the strict policy."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from ... import renditions
from ...models import Article, Photo
from ..drawings import draw, encode
from ..factories import (
    figure,
    make_article,
    make_edition,
    make_photo,
    make_section,
    make_topic,
    make_user,
)
from .audit import WIDTHS, faults_of

PAGES = {
    "library": "/admin/articles/photo/",
    "upload": "/admin/articles/photo/add/",
    "window": "/admin/articles/photo/choisir/",
    "card": "/admin/articles/photo/{photo}/change/",
    "rights": "/admin/articles/photo/{photo}/actes/droits/",
    "story": "/admin/articles/article/{article}/change/",
    "reading": "{reading}",
    "front": "/",
}


@pytest.fixture
def made_at_once(monkeypatch):
    """Sizes are made in the request: the emptied database must meet no thread of ours."""
    monkeypatch.setattr(renditions.studio, "submit", lambda make, key: make(key))
    # The request still needs its connection.
    monkeypatch.setattr("articles.renditions.connection.close", lambda: None)


def choose(page, opener, number=0):
    """Press *opener* and take a photo of the library in the window that it opens."""
    with page.expect_popup() as opened:
        opener.click()
    window = opened.value
    # Its script listens.
    window.wait_for_load_state("load")
    with window.expect_event("close"):
        # A click that closes its window under Playwright's hand would be a fault.
        press = "button => setTimeout(() => button.click())"
        window.locator(".photo-choices button").nth(number).evaluate(press)


def test_photo_is_added_described_put_in_a_story_and_seen(desk, made_at_once):
    make_section(name="Monde")
    desk.goto(PAGES["upload"])
    file = encode(draw(1600, 1200)).read()
    files = {"name": "phare.jpg", "mimeType": "image/jpeg", "buffer": file}
    desk.get_by_label("Fichiers").set_input_files(files)
    desk.get_by_role("button", name="Ajouter à la photothèque").click()
    desk.get_by_label("Texte de remplacement").fill("Un phare d’essai")
    desk.get_by_label("Légende").fill("Le phare d’essai, lundi.")
    desk.get_by_label("Crédit").fill("Essai / Newsroom")
    point = desk.get_by_role("button", name="Point d’intérêt")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        point.press(key)
    expect(point).to_have_accessible_name(re.compile("46 % de la gauche, à 48 % du haut"))
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("modifié")
    photo = Photo.objects.get()
    assert (photo.focal_x, photo.focal_y) == (0.46, 0.48)
    desk.goto("/admin/articles/article/add/")
    desk.get_by_label("Titre", exact=True).fill("Un titre d’essai")
    desk.get_by_label("Rubrique").select_option("Monde")
    choose(desk, desk.get_by_role("button", name="Choisir ou ajouter une photo"))
    desk.get_by_label("Légende dans cet article").fill("Le phare, vu d’ici.")
    desk.locator("[contenteditable=true]").click()
    desk.keyboard.type("Le premier paragraphe.")
    choose(desk, desk.get_by_role("button", name="Photo", exact=True))
    expect(desk.locator(".ProseMirror figure img")).to_be_visible()
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.locator(".publication-state")).to_contain_text("En ligne")
    article = Article.objects.get()
    assert [use["caption"] for use in article.load_photos()] == ["Le phare, vu d’ici."]
    assert article.body == f"<p>Le premier paragraphe.</p>{figure(photo, photo.caption)}"
    desk.goto(article.editions.get().get_absolute_url())
    pictures = desk.locator("figure.photo img")
    expect(pictures).to_have_count(2)
    for n, caption in enumerate(("Le phare, vu d’ici.", "Le phare d’essai, lundi.")):
        pictures.nth(n).scroll_into_view_if_needed()
        expect(desk.locator("figcaption").nth(n)).to_contain_text(caption)
        loaded = "image => image.decode().then(() => [image.naturalWidth > 0, image.currentSrc])"
        is_seen, source = pictures.nth(n).evaluate(loaded)
        assert is_seen and source.endswith(".avif")


def test_photos_of_a_story_change_places_by_keyboard_and_are_kept(desk):
    photos = [make_photo(caption=f"Photo {n}", ready=False) for n in range(3)]
    article = make_article(lead=photos[0], gallery=photos[1:])
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    desk.get_by_role("button", name="Monter – Photo 2").press("Enter")
    expect(desk.locator(".story-photos [role=status]")).to_have_text("Photo 2 : place 2 sur 3.")
    expect(desk.get_by_role("button", name="Monter – Photo 2")).to_be_focused()
    desk.get_by_role("button", name="Retirer – Photo 1").press("Enter")
    expect(desk.get_by_role("button", name="Retirer – Photo 2")).to_be_focused()
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("version 2")
    assert [use["photo"] for use in article.load_photos()] == [photos[0].key, photos[2].key]


def test_pages_with_photos_have_no_fault_and_do_not_scroll_sideways(desk, problems):
    photo = make_photo(by=make_user("articles.add_photo"), image=draw(1200, 800))
    article = make_article(lead=photo, gallery=[make_photo()], body=f"<p>T</p>{figure(photo)}")
    edition = make_edition(article=article)
    ids = {"photo": photo.pk, "article": article.pk, "reading": edition.get_absolute_url()}
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            desk.emulate_media(color_scheme=scheme)
            for name, address in PAGES.items():
                desk.goto(address.format(**ids))
                desk.wait_for_load_state("networkidle")
                assert faults_of(desk, problems) == [], f"{name} at {width} px, {scheme}"


def test_page_of_a_story_does_not_jump_when_its_photos_come(page, transactional_db):
    photo = make_photo(image=draw(1200, 800))
    edition = make_edition(lead=photo, body=f"<p>Texte</p>{figure(photo)}<p>Suite</p>")
    page.route("**/photos/*", lambda route: route.abort())
    page.goto(edition.get_absolute_url())
    tops = "() => [...document.querySelectorAll('.prose p')].map((p) => p.offsetTop)"
    before = page.evaluate(tops)
    page.unroute("**/photos/*")
    page.goto(edition.get_absolute_url())
    page.wait_for_load_state("networkidle")
    assert page.evaluate(tops) == before
    assert all(low < high for low, high in pairwise(before))


def test_photo_is_chosen_for_a_place_of_the_front_page_and_for_a_dossier(
    desk, problems, made_at_once
):
    topic, section = make_topic(name="Un dossier d’essai"), make_section(name="Monde")
    make_edition(headline="Premier essai", body="<p>Texte.</p>", section=section, topics=[topic])
    make_photo(alt="Un phare d’essai")
    make_photo(alt="Une plage d’essai")
    desk.goto("/admin/articles/frontpage/0/")
    desk.get_by_role("button", name="Ajouter une place").click()
    place = desk.locator("[data-slot]:visible")
    place.get_by_role("combobox", name="Article choisi").press_sequentially("premier")
    desk.get_by_role("option", name="Premier essai").click()
    place.locator("summary").click()
    opener = place.get_by_role("button", name="Choisir ou ajouter une photo")
    choose(desk, opener, 0)
    choose(desk, opener, 1)
    expect(place.locator(".story-photo")).to_have_count(1)
    place.get_by_label("Texte de remplacement à cette place").fill("Le phare, à la une")
    assert faults_of(desk, problems) == []
    desk.get_by_role("button", name="Enregistrer et publier").click()
    expect(desk.get_by_text("La une est en ligne.")).to_be_visible()
    desk.goto("/")
    expect(desk.get_by_role("img", name="Le phare, à la une")).to_be_visible()
    desk.goto(f"/admin/articles/topic/{topic.pk}/dossier/")
    choose(desk, desk.get_by_role("button", name="Choisir ou ajouter une photo"), 1)
    desk.get_by_label("Légende à cette place").fill("Le phare, au dossier.")
    assert faults_of(desk, problems) == []
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.get_by_text("Le dossier est en ligne.")).to_be_visible()
    desk.goto(topic.get_absolute_url())
    expect(desk.get_by_role("img", name="Un phare d’essai")).to_be_visible()
    expect(desk.get_by_text("Le phare, au dossier.")).to_be_visible()
    assert faults_of(desk, problems) == []
