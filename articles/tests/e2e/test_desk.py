"""Journeys at the desk, in a real browser under the strict policy."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from ...models import Article, Edition
from ...slug import make_slug
from ..factories import make_article, make_author, make_edition, make_section, make_topic, save
from ..test_slug import EXAMPLES
from .audit import WIDTHS, faults_of

PAGES = {
    "index": "/admin/",
    "list": "/admin/articles/article/",
    "form": "/admin/articles/article/{article}/change/",
    "new": "/admin/articles/article/add/",
    "urgent": "/admin/articles/article/urgence/",
    "versions": "/admin/articles/article/{article}/history/",
    "withdrawal": "/admin/articles/article/{article}/actes/retrait/",
    "pin": "/admin/articles/article/{article}/actes/tete-de-une/",
    "embargo": "/admin/articles/article/{article}/actes/embargo/",
    "preview": "/admin/articles/article/{article}/apercu/",
    "preview links": "/admin/articles/article/{article}/liens/",
    "another instant": "/admin/au/",
    "front page of another day": "/admin/au/2027-02-03T06:00:00/",
    "journal": "/admin/articles/act/",
    "journal of accounts": "/admin/articles/accountact/",
    "journal of topics": "/admin/articles/topicact/",
    "account": "/admin/articles/user/add/",
    "topics": "/admin/articles/topic/",
}
CHECK = "**/saisie/verifier/"
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{color:red}</style>
<meta name=Generator content="Microsoft Word 15"></head><body lang=FR style='tab-interval:35.4pt'>
<!--StartFragment--><h1 style='mso-outline-level:1'>Le titre<o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:8pt' onclick="x()">Du <b style='mso-bidi:normal'>gras</b> et
de l’<i>italique</i>,&nbsp;<span style='font-size:9pt;color:#1F1F1F'>puis</span> un
<a href="https://example.org/" style='color:blue'>lien</a>.<o:p>&nbsp;</o:p></p>
<p class=MsoNormal><img width=12 src="file:///C:/image001.png" v:shapes="a"></p>
<!--EndFragment--></body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1">
<p dir="ltr" style="line-height:1.38"><span style="font-weight:400;font-style:normal">Du </span>
<span style="font-weight:700;font-style:normal">gras</span>
<span style="font-weight:400"> et de l’</span>
<span style="font-weight:400;font-style:italic">italique</span></p>
<h4 dir="ltr"><span style="font-weight:400">Une partie</span></h4></b>"""


def prose(page):
    return page.locator("[contenteditable=true]")


@pytest.mark.parametrize("width", [360, 768, 1025, 1280, 1440])
def test_list_is_whole_on_every_screen(desk, width):
    make_article(headline="Un titre d’essai assez long pour deux ou trois lignes", status="review")
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(PAGES["list"])
    frame = desk.locator(".changelist-form-container").bounding_box()
    parts = ["#changelist-search [type=submit]", ".actions button", "#result_list tr > *"]
    for part in desk.locator(",".join(parts)).all():
        if box := part.bounding_box():
            assert box["x"] + box["width"] <= frame["x"] + frame["width"], part


def go_to_end(page):
    """Set the caret behind the whole text, and wait for the editor to know."""
    prose(page).click()
    page.keyboard.press("Control+End")
    page.wait_for_function("getSelection().focusOffset === (getSelection().focusNode.length ?? 0)")


def paste(page, html):
    prose(page).evaluate(
        """(box, html) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          box.focus();
          box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }""",
        html,
    )


def written(page):
    """Return the text that the form would send."""
    return page.locator("#id_body").input_value()


def test_story_is_written_saved_published_and_read(desk):
    make_section(name="Monde")
    author = make_author(name="Zoé Lefèvre", slug="zoe-lefevre")
    make_topic(name="Élections", slug="elections")
    desk.get_by_role("link", name="Nouvel article").click()
    desk.get_by_label("Titre", exact=True).fill("Une élection serrée")
    prose(desk).click()
    desk.keyboard.type("Le premier paragraphe.")
    desk.get_by_label("Rubrique").select_option("Monde")
    desk.get_by_role("combobox", name="Sujets").press_sequentially("elect")
    expect(desk.get_by_role("option", name="Élections")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Ajouter une signature").click()
    desk.get_by_role("combobox", name="Auteur").press_sequentially("zoe")
    desk.get_by_role("option", name="Zoé Lefèvre").click()
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.get_by_text("Enregistré : version 1.")).to_be_visible()
    article = Article.objects.get()
    assert article.body == "<p>Le premier paragraphe.</p>"
    assert [topic.name for topic in article.topics.all()] == ["Élections"]
    assert article.bylines.get().author == author
    # The remarks that come in beside it move the button.
    desk.wait_for_load_state("networkidle")
    desk.get_by_role("button", name="Publier", exact=True).click()
    desk.get_by_role("listitem").filter(has_text="en ligne").get_by_role("link").click()
    expect(desk.get_by_role("heading", level=1, name="Une élection serrée")).to_be_visible()
    expect(desk.get_by_text("Le premier paragraphe.")).to_be_visible()


def test_remarks_and_preview_follow_what_is_typed(desk):
    """E9, E17"""
    make_section(name="Monde")
    desk.goto("/admin/articles/article/add/")
    remarks = desk.locator("#checklist")
    expect(remarks).to_contain_text("Il manque le titre.")
    desk.fill("#id_headline", "Titre d’essai " * 9)
    expect(remarks).not_to_contain_text("Il manque le titre.")
    remarks.get_by_text("au-delà de 110").click()
    expect(desk.locator("#id_headline")).to_be_focused()
    expect(desk.locator("[data-count=headline]")).to_have_text("125")
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Aperçu de la page").click()
    expect(opened.value.locator("h1")).to_contain_text("Titre d’essai")
    expect(opened.value.locator(".banner")).to_contain_text("Non enregistré")
    opened.value.close()
    # The form is still there to be typed into and sent.
    desk.fill("#id_headline", "Titre d’essai")
    expect(remarks).not_to_contain_text("au-delà de 110")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("version 1")
    assert Article.objects.get().headline == "Titre d’essai"


def test_remarks_do_not_move_a_button_that_the_mouse_goes_to(desk):
    make_section(name="Monde")
    desk.clock.install()
    desk.goto("/admin/articles/article/add/")
    desk.clock.pause_at(timezone.now() + timedelta(minutes=1))
    publish = desk.get_by_role("button", name="Publier", exact=True)
    desk.fill("#id_headline", "Titre d’essai")
    publish.hover()
    before = publish.bounding_box()
    with desk.expect_response(CHECK):
        desk.clock.run_for(1500)
    assert publish.bounding_box() == before
    desk.clock.run_for(2000)
    expect(desk.locator("#checklist")).not_to_contain_text("Il manque le titre.")
    assert publish.bounding_box() != before


def test_edit_without_publishing_does_not_change_the_public_page(desk):
    edition = make_edition(headline="Avant", body="<p>Ancien texte</p>")
    desk.goto(f"/admin/articles/article/{edition.article_id}/change/")
    desk.get_by_label("Titre", exact=True).fill("Après")
    prose(desk).click()
    desk.keyboard.type("Nouveau ")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(desk.get_by_text("Modifications non publiées")).to_be_visible()
    desk.goto(edition.get_absolute_url())
    expect(desk.get_by_text("Ancien texte")).to_be_visible()
    expect(desk.get_by_text("Après")).to_have_count(0)


def test_urgent_story_takes_a_headline_and_a_section(desk):
    make_section(name="Monde")
    desk.get_by_role("link", name="Nouvelle urgence").click()
    expect(desk.get_by_label("Titre")).to_be_focused()
    desk.keyboard.type("Séisme à Lisbonne")
    desk.get_by_label("Monde").check()
    desk.get_by_role("button", name="Publier l’urgence").dblclick()
    desk.get_by_role("listitem").filter(has_text="en ligne").get_by_role("link").click()
    expect(desk.get_by_role("heading", level=1, name="Séisme à Lisbonne")).to_be_visible()
    assert Edition.objects.count() == 1


def test_clips_from_word_and_google_docs_keep_only_what_a_story_may_hold(desk):
    """E22"""
    desk.goto("/admin/articles/article/add/")
    paste(desk, WORD)
    text = written(desk)
    assert "<h2>Le titre</h2>" in text
    assert "<strong>gras</strong>" in text
    assert "<em>italique</em>" in text
    assert 'href="https://example.org/"' in text
    for trace in ("style", "class", "Mso", "<o:", "img", "color", "onclick", "span"):
        assert trace not in text
    prose(desk).press("Control+a")
    desk.keyboard.press("Delete")
    paste(desk, DOCS)
    text = written(desk)
    assert text.count("<strong>") == 1
    assert "<strong>gras</strong>" in text
    assert "<em>italique</em>" in text
    assert "<h3>Une partie</h3>" in text


def test_double_click_publishes_once(desk):
    """E18"""
    article = make_article(headline="Une fois")
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    desk.get_by_role("button", name="Publier", exact=True).dblclick()
    expect(desk.get_by_text("L’article est en ligne.")).to_be_visible()
    assert Edition.objects.count() == 1


def test_publication_is_planned_and_cancelled(desk):
    article = make_article(headline="Demain matin")
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    desk.get_by_text("Publier plus tard").click()
    desk.get_by_label("Publier à").fill(f"{tomorrow:%Y-%m-%dT06:00}")
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.get_by_text("Publication prévue le")).to_be_visible()
    desk.get_by_role("link", name="Le site à 06h00").click()
    expect(desk.get_by_text("revenir à maintenant")).to_be_visible()
    expect(desk.get_by_role("link", name="Demain matin").first).to_be_visible()
    desk.get_by_role("link", name="revenir à maintenant").click()
    expect(desk.get_by_role("link", name="Demain matin")).to_have_count(0)
    desk.goto(f"/admin/articles/article/{article.pk}/change/")
    desk.get_by_role("button", name="Annuler la publication prévue").click()
    expect(desk.get_by_text("La publication prévue est annulée.")).to_be_visible()
    assert not Edition.objects.planned(timezone.now()).exists()


def test_correction_is_asked_what_was_wrong_and_tells_readers(desk):
    """E4"""
    edition = make_edition(headline="Trois blessés", body="<p>Texte.</p>")
    desk.goto(f"/admin/articles/article/{edition.article_id}/change/")
    desk.get_by_label("Titre", exact=True).fill("Deux blessés")
    desk.get_by_label("Rectificatif").check()
    desk.get_by_role("button", name="Publier", exact=True).click()
    expect(desk.get_by_text("Dites aux lecteurs ce qui était inexact.", exact=True)).to_be_visible()
    expect(desk.get_by_label("Titre", exact=True)).to_have_value("Deux blessés")
    desk.get_by_label("Note aux lecteurs").fill("Le nombre de blessés était faux.")
    desk.get_by_role("button", name="Publier", exact=True).click()
    desk.get_by_role("listitem").filter(has_text="en ligne").get_by_role("link").click()
    expect(desk.get_by_role("heading", level=1, name="Deux blessés")).to_be_visible()
    expect(desk.get_by_text("Le nombre de blessés était faux.")).to_be_visible()


def test_story_is_withdrawn_and_put_back(desk):
    """E5"""
    edition = make_edition(headline="À vérifier", body="<p>Texte.</p>")
    form = f"/admin/articles/article/{edition.article_id}/change/"
    desk.goto(form)
    desk.get_by_role("link", name="Retirer l’article du site").click()
    desk.get_by_label("Note aux lecteurs").fill("Nous vérifions cet article.")
    desk.get_by_label("Motif, pour le journal").fill("Appel du préfet")
    desk.get_by_role("button", name="Retirer l’article").click()
    expect(desk.get_by_text("Retiré", exact=True)).to_be_visible()
    desk.goto(edition.get_absolute_url())
    expect(desk.get_by_text("Nous vérifions cet article.")).to_be_visible()
    expect(desk.get_by_text("Appel du préfet")).to_have_count(0)
    desk.goto(form)
    desk.get_by_role("button", name="Remettre en ligne").click()
    expect(desk.get_by_text("L’article est en ligne.")).to_be_visible()
    desk.goto(edition.get_absolute_url())
    expect(desk.get_by_role("heading", level=1, name="À vérifier")).to_be_visible()
    desk.goto(f"/admin/articles/article/{edition.article_id}/history/")
    expect(desk.get_by_text("Appel du préfet")).to_be_visible()


def test_address_in_the_form_is_the_one_that_is_stored(desk):
    """slug.js shows what slug.py will make."""
    documents = (settings.BASE_DIR / "fixtures" / "documents").iterdir()
    headlines = [line for document in documents for line in document.read_text().splitlines()]
    headlines += [*EXAMPLES, "anticonstitutionnellement " * 5, "a" * 100, "½ ﬁn Ⅻ ſ ß İ 2² № Ø"]
    made = desk.evaluate(
        """async (headlines) => {
            const slug = await import("/static/js/desk/slug.js");
            return headlines.map(slug.makeSlug);
        }""",
        headlines,
    )
    assert dict(zip(headlines, made, strict=True)) == {text: make_slug(text) for text in headlines}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_accessibility_fault_and_no_sideways_scroll(desk, problems, width):
    """E23"""
    edition = make_edition(body="<p>Essai</p>", topics=[make_topic()], authors=[make_author()])
    save(edition.article, headline="Autre")
    desk.set_viewport_size({"width": width, "height": 900})
    faults = {}
    for name, address in PAGES.items():
        desk.goto(address.format(article=edition.article_id))
        desk.wait_for_load_state("networkidle")
        faults[name] = faults_of(desk, problems)
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_login_has_no_accessibility_fault(page, problems, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/admin/login/")
    assert faults_of(page, problems) == []
