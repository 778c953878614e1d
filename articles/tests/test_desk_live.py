"""The live blog at the desk: written and published from one page, nothing sent is lost."""

import uuid

from django.test import TestCase
from django.urls import reverse

from .. import live_entries
from ..models import Act, Coverage, LiveEntry, LiveEntryEdition
from .factories import make_article, make_author, make_edition, make_entry, make_user


class LiveDeskTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True, first_name="Élise", last_name="Essai")
        cls.article = make_edition(headline="Titre d’essai").article
        cls.page = reverse("admin:articles_article_live_blog", args=[cls.article.pk])

    def setUp(self):
        self.client.force_login(self.editor)

    def entry_page(self, entry, name="live_entry", *more):
        return reverse(f"admin:articles_article_{name}", args=[entry.article_id, entry.pk, *more])

    def filled(self, page):
        """Return what the browser would send back from the form of *page*."""
        form = self.client.get(page).context["form"]
        return {
            bound.name: getattr(bound.value(), "pk", bound.value())
            for bound in form
            if bound.value() not in (None, False, "")
        }

    def send(self, page=None, button="_publish", **typed):
        page = page or self.page
        sent = {**self.filled(page), **typed, button: ""}
        return self.client.post(page, sent, follow=True)

    def told(self, response):
        return [str(message) for message in response.context["messages"]]


class ComposerTests(LiveDeskTestCase):
    def test_message_is_on_the_site_with_one_button(self):
        author = make_author(name="Ada Essai", user=self.editor)
        response = self.send(body_html="<p>Le train est arrivé.</p>", is_key="on")
        assert self.told(response) == ["Le message est en ligne."]
        edition = LiveEntryEdition.objects.get()
        assert edition.is_key
        # Who writes signs, unless they say otherwise.
        assert edition.byline[0]["author"] == author.slug
        assert Act.objects.filter(name="entry", by=self.editor).exists()

    def test_message_sent_twice_is_published_once(self):
        """E18"""
        sent = {**self.filled(self.page), "body_html": "<p>Essai</p>", "_publish": ""}
        self.client.post(self.page, sent)
        again = self.client.post(self.page, sent, follow=True)
        assert self.told(again)[1:] == [
            "Ce message est déjà en ligne : rien n’est parti deux fois."
        ]
        assert LiveEntryEdition.objects.count() == 1

    def test_kept_message_is_not_on_the_site(self):
        response = self.send(button="_keep", body_html="<p>À relire.</p>")
        assert self.told(response) == ["Le message est enregistré, et n’est pas publié."]
        assert not LiveEntryEdition.objects.exists()
        self.assertContains(response, "À publier")

    def test_empty_message_is_refused_beside_the_form(self):
        response = self.send(body_html="<p></p>", headline=" ")
        self.assertContains(response, "Écrivez le message.")
        assert not LiveEntry.objects.exists()

    def test_message_of_a_story_that_is_not_live_is_kept_and_told(self):
        article = make_article()
        page = reverse("admin:articles_article_live_blog", args=[article.pk])
        self.assertNotContains(self.client.get(page), "_publish")
        response = self.send(page, body_html="<p>Trop tôt.</p>")
        self.assertContains(response, "Le message est enregistré, et n’est pas publié.")
        self.assertContains(response, "L’article n’est pas en ligne : publiez-le d’abord.")
        assert article.live_entries.get().revisions.count() == 1
        # What comes next is the same message, and live.js needn't keep it.
        form = response.context["form"]
        assert form["based_on"].value() == 1
        self.assertContains(response, f'data-kept="{form["uuid"].value()}"')

    def test_page_tells_the_browser_which_form_arrived(self):
        sent = {**self.filled(self.page), "body_html": "<p>Essai</p>", "_publish": ""}
        response = self.client.post(self.page, sent)
        assert response["Location"] == f"{self.page}?envoye={sent['uuid']}"

    def test_odd_input_is_no_error_of_the_server(self):
        """E21"""
        for typed in (
            {"uuid": "x", "body_html": "<p>x</p>"},
            {"uuid": str(uuid.uuid4()), "based_on": "x", "body_html": "<p>x</p>"},
            {"uuid": str(uuid.uuid4()), "author": "999999", "body_html": "<p>x</p>"},
            {"uuid": str(uuid.uuid4()), "author": "x", "body_html": "<p>x</p>"},
            {"uuid": str(uuid.uuid4()), "author": "9" * 40, "body_html": "<p>x</p>"},
            {"uuid": str(uuid.uuid4()), "headline": "x" * 251},
            {},
        ):
            response = self.client.post(self.page, {**typed, "_publish": ""})
            assert response.status_code == 200
        for query in ("?avant=x", "?avant=-1", "?avant=" + "9" * 40):
            assert self.client.get(self.page + query).status_code == 200
        assert not LiveEntry.objects.exists()

    def test_list_pages_and_costs_a_fixed_number_of_queries(self):
        """E24"""
        for _ in range(3):
            make_entry(self.article, by=self.editor)
        # session, user, article, author, entries, editions, revisions, coverage, live edition
        with self.assertNumQueries(9):
            self.client.get(self.page)
        for _ in range(62):
            make_entry(self.article, by=self.editor)
        with self.assertNumQueries(9):
            response = self.client.get(self.page)
        older = f"?avant={response.context['next_page']}"
        self.assertContains(response, older)
        assert len(self.client.get(self.page + older).context["entries"]) == 5


class EntryPageTests(LiveDeskTestCase):
    def setUp(self):
        super().setUp()
        self.entry = make_entry(self.article, by=self.editor, headline="Un")

    def test_update_and_correction_are_published_with_their_meaning(self):
        self.send(self.entry_page(self.entry), headline="Deux")
        self.send(
            self.entry_page(self.entry), headline="Trois", meaning="correction", note="Le nom."
        )
        meanings = list(self.entry.editions.values_list("meaning", flat=True))
        assert meanings == ["correction", "update", "first"]

    def test_correction_without_a_note_is_kept_and_not_published(self):
        response = self.send(self.entry_page(self.entry), headline="Deux", meaning="correction")
        self.assertContains(response, "Dites aux lecteurs ce qui était inexact.")
        assert self.entry.revisions.count() == 2
        assert self.entry.editions.count() == 1
        assert response.context["form"]["meaning"].value() == "correction"

    def test_note_of_a_correction_may_follow_on_the_text_and_is_sent_once(self):
        page = self.entry_page(self.entry)
        self.send(page, headline="Juste", meaning="silent")
        for _ in range(2):
            response = self.send(page, meaning="correction", note="Le nom.")
        assert "déjà en ligne" in self.told(response)[-1]
        assert len(self.entry.editions.get(live_until=None).corrections) == 1

    def test_edit_over_someone_else_s_shows_both_and_the_next_save_is_seen(self):
        """E18"""
        page = self.entry_page(self.entry)
        opened = self.filled(page)
        self.client.force_login(make_user(is_superuser=True, first_name="Ada"))
        self.send(page, headline="D’Ada")
        self.client.force_login(self.editor)
        response = self.client.post(page, {**opened, "headline": "D’Élise", "_publish": ""})
        self.assertContains(response, "Ada a enregistré ce message entre-temps")
        self.assertContains(response, "<strong>D’Ada</strong>")
        form = response.context["form"]
        assert form["headline"].value() == "D’Élise"
        again = {**opened, "headline": "D’Élise", "based_on": form["based_on"].value()}
        self.client.post(page, {**again, "_publish": ""})
        assert self.entry.editions.get(live_until=None).headline == "D’Élise"

    def test_withdrawal_asks_for_a_note_to_readers(self):
        address = self.entry_page(self.entry, "withdraw_entry")
        refused = self.client.post(address, {"retrait-note": " ", "retrait-reason": "Démenti."})
        self.assertContains(refused, "Dites aux lecteurs pourquoi le message est retiré.")
        self.assertContains(refused, "Démenti.")
        # The form of the text beside it is still that of its own page.
        self.assertContains(refused, f'action="{self.entry_page(self.entry)}"')
        self.client.post(address, {"retrait-note": "Faux.", "retrait-reason": "Démenti."})
        assert self.entry.editions.get(live_until=None).note == "Faux."
        response = self.client.get(self.entry_page(self.entry))
        self.assertNotContains(response, "_publish")

    def test_note_of_a_second_withdrawal_is_shown_again_with_why(self):
        live_entries.withdraw_entry(self.entry, by=self.editor, note="Faux.")
        typed = {"retrait-note": "Aussi faux.", "retrait-reason": "Démenti."}
        refused = self.client.post(self.entry_page(self.entry, "withdraw_entry"), typed)
        self.assertContains(refused, "il n’y a rien à retirer")
        self.assertContains(refused, "Aussi faux.")

    def test_text_for_an_entry_that_is_withdrawn_meanwhile_is_shown_again_with_why(self):
        page = self.entry_page(self.entry)
        sent = {**self.filled(page), "headline": "Trop tard", "_publish": ""}
        live_entries.withdraw_entry(self.entry, by=self.editor, note="Faux.")
        refused = self.client.post(page, sent)
        self.assertContains(refused, "Ce message est retiré : écrivez-en un autre.")
        assert refused.context["form"]["headline"].value() == "Trop tard"
        assert self.entry.revisions.first().headline == "Trop tard"

    def test_past_edition_is_sealed_from_the_page(self):
        live_entries.withdraw_entry(self.entry, by=self.editor, note="Faux.")
        address = self.entry_page(self.entry, "seal_entry", 1)
        self.assertContains(self.client.get(self.entry_page(self.entry)), address)
        self.assertContains(self.client.post(address, {"reason": ""}), "Dites pourquoi")
        self.client.post(address, {"reason": "Jugement."})
        assert self.entry.editions.get(number=1).is_sealed

    def test_draft_is_put_aside(self):
        draft = make_entry(self.article, by=self.editor, publish=False, headline="Écarté")
        self.client.post(self.entry_page(draft, "drop_entry"))
        self.assertNotContains(self.client.get(self.page), "Écarté")

    def test_page_of_another_story_s_entry_is_not_found(self):
        other = make_article()
        address = reverse("admin:articles_article_live_entry", args=[other.pk, self.entry.pk])
        assert self.client.get(address).status_code == 404

    def test_history_of_the_story_is_not_filled_with_its_entries(self):
        history = reverse("admin:articles_article_history", args=[self.article.pk])
        response = self.client.get(history)
        self.assertContains(response, "Début du direct")
        self.assertNotContains(response, "Message de direct")
        journal = self.client.get(reverse("admin:articles_act_changelist"))
        self.assertContains(journal, f"message de direct {self.entry.pk} → édition 1")


class StateTests(LiveDeskTestCase):
    def test_live_blog_starts_and_ends_with_a_button(self):
        address = reverse("admin:articles_article_live_blog_state", args=[self.article.pk])
        self.client.post(address, {"_start": ""})
        assert Coverage.objects.get().live_until is None
        self.assertContains(self.client.get(self.page), "Terminer le direct")
        self.client.post(address, {"_end": ""})
        assert Coverage.objects.get().live_until is not None
        self.assertContains(self.client.get(self.page), "Reprendre le direct")
        assert self.client.post(address, {}).status_code == 404
        assert self.client.get(address).status_code == 405

    def test_form_of_the_story_leads_there(self):
        change = reverse("admin:articles_article_change", args=[self.article.pk])
        self.assertContains(self.client.get(change), f'href="{self.page}"')

    def test_page_runs_no_inline_script_or_style(self):
        for page in (self.page, self.entry_page(make_entry(self.article, by=self.editor))):
            text = self.client.get(page).content.decode()
            assert "<script>" not in text and " style=" not in text and " onclick=" not in text


class RightsTests(LiveDeskTestCase):
    def test_reader_of_the_desk_sees_the_messages_and_no_form(self):
        entry = make_entry(self.article, by=self.editor, headline="Lu")
        self.client.force_login(make_user("articles.view_article"))
        for page in (self.page, self.entry_page(entry)):
            self.assertContains(self.client.get(page), "Lu")
            self.assertNotContains(self.client.get(page), 'name="uuid"')
            assert self.client.post(page, {"_publish": ""}).status_code == 403
        self.client.force_login(make_user())
        assert self.client.get(self.page).status_code == 403

    def test_reporter_writes_for_an_editor_who_publishes(self):
        reporter = make_user("articles.view_article", "articles.write_liveentry")
        article = make_edition(owner=reporter).article
        page = reverse("admin:articles_article_live_blog", args=[article.pk])
        self.client.force_login(reporter)
        self.assertNotContains(self.client.get(page), 'name="_publish"')
        self.send(page, button="_keep", body_html="<p>Du terrain.</p>")
        entry = article.live_entries.get()
        self.client.force_login(self.editor)
        self.send(self.entry_page(entry))
        assert "Du terrain." in entry.editions.get().body_html
        assert entry.owner == reporter
        # What they change afterwards waits again.
        self.client.force_login(reporter)
        self.send(self.entry_page(entry), button="_keep", body_html="<p>Du terrain, encore.</p>")
        assert entry.revisions.count() == 2
        assert entry.editions.count() == 1
        self.assertContains(self.client.get(page), "Modifications non publiées")
