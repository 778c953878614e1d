"""What is typed and not saved: looked over while it is typed, and shown as the page it makes."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from ..models import Article, Autosave, Revision, Topic
from .factories import make_article, make_author, make_edition, make_topic, make_user, save
from .test_autosave import AutosaveTestCase
from .test_desk_articles import DESK, change_page

CHECK = reverse("admin:articles_article_check")
PREVIEW_NEW = reverse("admin:articles_article_preview_new")
HOUR = timedelta(hours=1)


def local(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


class CheckTests(AutosaveTestCase):
    """E17"""

    def check(self, article=None, **changes):
        data = {
            "user": self.editor.pk,
            "article": article.uuid if article else uuid4(),
            "form": uuid4(),
            "ago": 0,
            "typed": self.browser(article, **changes),
        }
        return self.post(CHECK, data)

    def remarks(self, article=None, **changes):
        return self.check(article, **changes).json()["checklist"]

    def test_remarks_are_on_what_is_typed_and_each_leads_to_its_field(self):
        found = self.remarks(self.article, headline="T" * 111, standfirst="Chapô")
        assert "Le titre a 111 signes" in found
        assert 'data-field="headline"' in found
        assert "chapô" not in found
        assert "Il n’y a pas de chapô." in self.remarks(self.article, headline="Court")

    def test_nothing_is_stored(self):
        topics = Topic.objects.count()
        self.remarks(self.article, headline="Autre", topics=["+Sujet d’essai à faire"])
        assert Article.objects.get().headline == "Ancien"
        assert (Revision.objects.count(), Autosave.objects.count()) == (1, 0)
        assert Topic.objects.count() == topics

    def test_new_article_is_looked_over_before_its_first_save(self):
        self.client.force_login(make_user(*DESK, "articles.add_topic"))
        self.editor = self.client.get(reverse("profile")).wsgi_request.user
        found = self.remarks(None, topics=["+Sujet d’essai à faire"])
        for text in ("Il manque le titre.", "Il manque la rubrique.", "Empêche la publication"):
            assert text in found
        assert "Il n’y a pas de sujet." not in found

    def test_what_the_form_itself_refuses_is_among_them(self):
        found = self.remarks(self.article, at=local(timezone.now() - HOUR), headline="T" * 251)
        assert "L’heure de publication est passée" in found
        assert 'data-field="at"' in found
        assert "Le titre a 251 signes" in found

    def test_correction_without_its_note_is_told_while_it_is_typed(self):
        article = make_edition().article
        assert 'data-field="note"' in self.remarks(article, meaning="correction")
        typed = {"meaning": "correction", "note": "Une date était fausse."}
        assert 'data-field="note"' not in self.remarks(article, **typed)

    def test_embargo_counts_at_the_time_that_is_typed(self):
        article = make_article(embargo_until=timezone.now() + HOUR)
        assert "sous embargo" in self.remarks(article)
        assert "sous embargo" not in self.remarks(article, at=local(timezone.now() + 2 * HOUR))

    def test_signature_that_is_typed_is_one(self):
        row = {
            "bylines-TOTAL_FORMS": "1",
            "bylines-0-role": "writer",
            "bylines-0-author": str(make_author().pk),
        }
        assert "ni signature" in self.remarks(self.article)
        assert "ni signature" not in self.remarks(self.article, **row)

    def test_typography_of_what_is_typed_is_proposed(self):
        assert "L’État" in self.remarks(self.article, headline="L'Etat")

    def test_who_may_not_edit_is_refused_and_an_ended_session_is_told(self):
        self.client.force_login(make_user("articles.view_article"))
        assert self.check(self.article).status_code == 401
        self.client.logout()
        assert self.post(CHECK, {}).status_code == 401

    def test_text_taken_up_again_is_looked_over_when_the_page_opens(self):
        self.keep(self.article, headline="T" * 120)
        page = self.page(self.article, reprendre=self.form)
        self.assertContains(page, "Le titre a 120 signes")
        self.assertNotContains(self.page(self.article), "Le titre a 120 signes")

    def test_form_that_was_refused_is_looked_over_as_it_was_typed(self):
        sent = self.open(self.article)
        response = self.send(sent, self.article, slug="n’importe quoi", headline="T" * 120)
        self.assertContains(response, "Le titre a 120 signes")

    def test_query_count_is_fixed(self):
        article = make_edition(topics=[make_topic()], authors=[make_author()]).article
        data = {"user": self.editor.pk, "article": article.uuid, "form": uuid4(), "ago": 0}
        data["typed"] = self.browser(article)
        # session, user, 2 permissions; the article, as anyone's and as the form's, its topics and
        # photos; to check what is chosen: section (twice), topics (twice); the byline's authors
        with self.assertNumQueries(13):
            self.post(CHECK, data)


class PreviewTests(AutosaveTestCase):
    """E9"""

    def show(self, article, name="preview_typed", **changes):
        address = reverse(f"admin:articles_article_{name}", args=[article.pk])
        return self.client.post(address, {**self.open(article), **changes})

    def test_page_is_the_public_one_with_what_is_typed(self):
        author = make_author(name="Zoé Lefèvre")
        row = {
            "bylines-TOTAL_FORMS": "1",
            "bylines-0-role": "writer",
            "bylines-0-author": author.pk,
            "bylines-0-position": "0",
        }
        page = self.show(self.article, headline="Jamais enregistré", **row)
        for text in ("Jamais enregistré", "Zoé Lefèvre", "<p>Un.</p>", "Non enregistré"):
            self.assertContains(page, text)
        assert "no-store" in page["Cache-Control"]
        assert Article.objects.get().headline == "Ancien"
        assert Revision.objects.count() == 1

    def test_html_is_cleaned(self):
        """E22"""
        page = self.show(self.article, body="<p>Texte<script>alert(1)</script></p>")
        self.assertNotContains(page, "alert(1)")

    def test_article_that_was_never_saved_has_its_page_too(self):
        typed = {**self.open(), "headline": "Tout nouveau", "section": self.section.pk}
        page = self.client.post(PREVIEW_NEW, typed)
        self.assertContains(page, "Tout nouveau")
        self.assertContains(page, self.section.name)
        assert not Article.objects.filter(headline="Tout nouveau").exists()

    def test_form_with_holes_and_faults_has_a_page(self):
        page = self.client.post(PREVIEW_NEW, {**self.open(), "headline": "T" * 251, "slug": "é è"})
        self.assertContains(page, "T" * 251)

    def test_topic_that_is_to_be_made_is_shown(self):
        self.client.force_login(make_user(*DESK, "articles.add_topic"))
        page = self.show(self.article, topics=["+Sujet d’essai à faire"])
        self.assertContains(page, "Sujet d’essai à faire")
        assert not Topic.objects.filter(name="Sujet d’essai à faire").exists()

    def test_page_is_of_the_time_typed_or_planned(self):
        start = timezone.now() + timedelta(days=30)
        article = make_edition(live_from=start).article
        page = self.show(article, "preview_typed_planned", headline="Autre")
        self.assertContains(page, f'<time datetime="{timezone.localtime(start):%Y-%m-%d}')
        later = start + timedelta(days=9)
        page = self.show(article, at=local(later))
        self.assertContains(page, f'<time datetime="{timezone.localtime(later):%Y-%m-%d}')
        assert self.show(self.article, "preview_typed_planned").status_code == 404

    def test_form_offers_it_beside_itself(self):
        form = self.client.get(change_page(self.article))
        address = reverse("admin:articles_article_preview_typed", args=[self.article.pk])
        self.assertContains(form, f'formaction="{address}" formtarget="_blank"')

    def test_who_may_not_edit_gets_the_page_of_what_is_saved(self):
        self.client.force_login(make_user("articles.view_article"))
        address = reverse("admin:articles_article_preview", args=[self.article.pk])
        self.assertContains(self.client.get(change_page(self.article)), f'href="{address}"')
        typed = reverse("admin:articles_article_preview_typed", args=[self.article.pk])
        assert self.client.post(typed, {"headline": "Autre"}).status_code == 403

    def test_login_in_the_new_tab_ends_at_the_desk(self):
        save(self.article, headline="Suite")
        address = reverse("admin:articles_article_preview_typed", args=[self.article.pk])
        assert self.client.get(address).status_code == 302
