"""A story before publication: its steps, the trash, copies, notes, through functions and forms."""

from datetime import timedelta

from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import workflow
from ..models import Article, Edition, Note, Revision, Step
from ..publishing import PublishingError, publish
from .factories import make_article, make_author, make_edition, make_topic, make_user, save
from .test_desk_articles import LIST, DeskTestCase, change_page

JOURNALIST = ["articles.add_article", "articles.change_article", "articles.view_article"]


class StepTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = make_user(*JOURNALIST, first_name="Jonas")
        cls.editor = make_user(*JOURNALIST, "articles.change_any_article", first_name="Élise")

    def test_story_goes_from_draft_to_ready_and_each_step_says_who_and_when(self):
        """E20"""
        article = make_article(owner=self.author)
        workflow.take(article, Step.Name.SUBMIT, by=self.author)
        workflow.take(article, Step.Name.APPROVE, by=self.editor)
        article.refresh_from_db()
        assert article.status == Article.Status.READY
        steps = article.steps.values_list("name", "by_name")
        assert list(steps) == [("approve", "Élise"), ("submit", "Jonas")]

    def test_sending_back_needs_a_reason_that_the_author_reads(self):
        article = make_article(owner=self.author, status="review")
        with self.assertRaisesMessage(PublishingError, "Dites à l’auteur pourquoi"):
            workflow.take(article, Step.Name.SEND_BACK, by=self.editor, reason=" ")
        workflow.take(article, Step.Name.SEND_BACK, by=self.editor, reason="Une source manque.")
        self.client.force_login(self.author)
        for page in (change_page(article), reverse("admin:index")):
            self.assertContains(self.client.get(page), "Une source manque.")

    def test_versions_page_tells_the_steps_among_the_versions(self):
        """E20"""
        article = make_article(owner=self.author)
        workflow.take(article, Step.Name.SUBMIT, by=self.author, reason="Bonne à relire.")
        self.client.force_login(self.editor)
        page = self.client.get(reverse("admin:articles_article_history", args=[article.pk]))
        self.assertContains(page, "Soumission")
        self.assertContains(page, "Bonne à relire.")

    def test_second_of_two_who_take_a_step_is_told_where_the_story_is(self):
        article = make_article(owner=self.author)
        stale = Article.objects.get()
        workflow.take(article, Step.Name.APPROVE, by=self.editor)
        with self.assertRaisesMessage(PublishingError, "Cet article est maintenant «\u00a0Prêt"):
            workflow.take(stale, Step.Name.SUBMIT, by=self.author)

    def test_no_step_beside_the_table_is_taken_by_anyone(self):
        for before in Article.Status:
            for name in Step.Name:
                article = make_article(owner=self.author, status=before)
                for user in (self.author, self.editor):
                    row = workflow.find_row(article, name)
                    if row and workflow.may_take(row, article, user):
                        continue
                    with self.subTest(before=before, name=name), self.assertRaises(PublishingError):
                        workflow.take(article, name, by=user, reason="Essai.")

    def test_step_moves_no_revision_and_shows_nothing_to_readers(self):
        article = make_article(owner=self.author)
        workflow.take(article, Step.Name.SUBMIT, by=self.author)
        assert Revision.objects.count() == 1
        assert not Edition.objects.exists()

    def test_live_story_is_neither_dropped_nor_trashed(self):
        article = make_edition(owner=self.author).article
        for name in (Step.Name.DROP, Step.Name.TRASH):
            assert name not in workflow.offered_steps(article, self.editor)
            with self.assertRaises(PublishingError):
                workflow.take(article, name, by=self.editor)


class TrashTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(*JOURNALIST, "articles.change_any_article")
        cls.article = make_article(headline="À jeter")
        workflow.take(cls.article, Step.Name.TRASH, by=cls.editor)
        cls.article.refresh_from_db()

    def setUp(self):
        self.client.force_login(self.editor)

    def test_trash_is_hidden_from_the_list_unless_asked_for(self):
        self.assertNotContains(self.client.get(LIST), "À jeter")
        self.assertContains(self.client.get(LIST, {"status": "trashed"}), "À jeter")

    def test_trashed_draft_is_not_edited_not_published_and_comes_back_whole(self):
        page = self.client.get(change_page(self.article))
        self.assertNotContains(page, "_continue")
        with self.assertRaisesMessage(PublishingError, "corbeille"):
            publish(self.article, revision=1, by=make_user("articles.publish_article"))
        self.client.post(reverse("admin:articles_article_restore", args=[self.article.pk]))
        self.article.refresh_from_db()
        assert (self.article.status, self.article.trashed_at) == ("draft", None)

    def test_only_what_lay_there_for_thirty_days_is_deleted(self):
        call_command("empty_trash", verbosity=0)
        assert Article.objects.exists()
        old = timezone.now() - timedelta(days=31)
        Article.objects.update(trashed_at=old)
        other = make_edition().article
        call_command("empty_trash", verbosity=0)
        assert list(Article.objects.all()) == [other]


class CopyTests(DeskTestCase):
    def test_copy_is_a_draft_of_its_own_with_the_same_content(self):
        article = make_edition(
            article=make_article(
                headline="Modèle",
                body="<p>Texte</p>",
                slug="a-lui",
                topics=[make_topic()],
                authors=[make_author()],
            )
        ).article
        address = reverse("admin:articles_article_duplicate", args=[article.pk])
        response = self.client.post(address)
        copy = Article.objects.exclude(pk=article.pk).get()
        self.assertRedirects(response, change_page(copy))
        assert copy.uuid != article.uuid
        assert (copy.owner, copy.status, copy.slug) == (self.editor, "draft", "")
        mine, theirs = copy.snapshot(), article.snapshot()
        assert {**mine, "slug": ""} == {**theirs, "slug": ""}
        assert copy.revisions.get().reason == "Copie de «\u00a0Modèle\u00a0»"
        assert article.bylines.count() == 1


class NoteTests(DeskTestCase):
    def test_note_is_added_and_resolved_without_losing_what_is_typed(self):
        article = make_article(headline="Avant")
        self.send(self.open(article), article, "_note", headline="Après", new_note="À vérifier.")
        assert Article.objects.get().headline == "Après"
        page = self.client.get(change_page(article))
        self.assertContains(page, "À vérifier.")
        note = Note.objects.get()
        sent = {**self.open(article), "_resolve": note.pk}
        self.client.post(change_page(article), sent)
        note.refresh_from_db()
        assert (note.resolved_by, note.by_name) == (self.editor, "Élise Essai")
        self.assertNotContains(self.client.get(change_page(article)), "À vérifier.")

    def test_empty_note_is_refused_with_a_sentence(self):
        article = make_article()
        response = self.send(self.open(article), article, "_note", new_note="  ")
        assert self.told(response) == ["Écrivez la note avant de l’ajouter."]
        assert not Note.objects.exists()


class FormStepTests(DeskTestCase):
    def test_step_saves_what_was_typed_first(self):
        article = make_article(headline="Avant")
        sent = {**self.open(article), "headline": "Après", "_step": "approve"}
        response = self.client.post(change_page(article), sent)
        article.refresh_from_db()
        assert (article.headline, article.status) == ("Après", "ready")
        assert self.told(response)[-1] == "L’article est maintenant «\u00a0Prêt\u00a0»."

    def test_step_is_told_until_the_story_is_published(self):
        article = make_article(section=self.section, status="review")
        workflow.take(article, "send-back", by=self.editor, reason="Trop long.")
        self.assertContains(self.client.get(change_page(article)), "Trop long.")
        self.publish(self.open(article), article)
        self.assertNotContains(self.client.get(change_page(article)), "Trop long.")

    def test_refused_step_keeps_the_text_and_says_why(self):
        article = make_article(status="review")
        sent = {**self.open(article), "headline": "Après", "_step": "send-back"}
        response = self.client.post(change_page(article), sent)
        article.refresh_from_db()
        assert (article.headline, article.status) == ("Après", "review")
        assert "pourquoi" in self.told(response)[-1]

    def test_unknown_step_is_refused(self):
        article = make_article()
        sent = {**self.open(article), "_step": "n’importe quoi"}
        assert self.client.post(change_page(article), sent).status_code == 302
        assert not article.steps.exists()

    def test_due_time_is_saved_without_a_new_version(self):
        article = make_article()
        response = self.send(self.open(article), article, due_at="2027-07-01T06:00")
        article.refresh_from_db()
        assert article.due_at is not None
        assert article.revisions.count() == 1
        assert self.told(response) == ["Le suivi est enregistré."]


class AddressTests(DeskTestCase):
    def test_address_stays_when_the_headline_changes_after_the_first_publication(self):
        article = make_article(headline="L’œuf d’or")
        self.publish(self.open(article), article)
        self.publish(self.open(article), article, headline="Tout autre chose")
        assert [e.slug for e in article.editions.order_by("number")] == ["l-oeuf-d-or"] * 2
        self.publish(self.open(article), article, slug="choisie")
        assert article.editions.order_by("-number")[0].slug == "choisie"

    def test_form_proposes_the_address_until_the_first_publication(self):
        article = make_article(headline="L’œuf d’or")
        page = self.client.get(change_page(article))
        self.assertContains(page, 'placeholder="l-oeuf-d-or"')
        self.assertContains(page, 'data-proposed="yes"')
        publish(article, revision=1, by=self.editor)
        save(article, headline="Autre")
        page = self.client.get(change_page(article))
        self.assertContains(page, 'placeholder="l-oeuf-d-or"')
        self.assertNotContains(page, "data-proposed")
