"""The versions of a story at the desk: their list, differences, restoring, and conflicts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.test import Client, TransactionTestCase, skipUnlessDBFeature
from django.urls import reverse
from django.utils import timezone

from ..models import Article, Edition
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)
from .test_desk_articles import DESK, DeskTestCase, change_page


def address(name, article, *args):
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *args])


class VersionsPageTests(DeskTestCase):
    def page(self, article, **query):
        return self.client.get(address("history", article), query)

    def rows(self, article):
        entries = self.page(article).context["entries"]
        return [entry for entry in entries if "revision" in entry]

    def test_each_version_says_who_why_and_how_many_signs_came_and_went(self):
        """E20"""
        article = make_article(headline="Titre", body="<p>Dix signes.</p>")
        save(article, by=self.editor, body="<p>Dix signes et cinq.</p>")
        newest, first = self.rows(article)
        assert (first["added"], first["removed"]) == (len("TitreDix signes."), 0)
        assert (newest["added"], newest["removed"]) == (len(" et cinq"), 0)
        self.assertContains(self.page(article), "Élise Essai")

    def test_what_is_live_and_what_is_planned_are_marked(self):
        start = timezone.now() + timedelta(hours=1)
        article = make_edition(live_until=start).article
        save(article, headline="Suite")
        make_edition(article=article, live_from=start)
        save(article, headline="Plus tard")
        assert [row["state"] for row in self.rows(article)] == [None, "planned", "live"]

    def test_query_count_does_not_grow_with_the_number_of_versions(self):
        article = make_edition().article
        with self.assertNumQueries(11):
            self.page(article)
        for number in range(20):
            save(article, headline=f"Titre {number}")
        # session, user, 2 permissions, article (twice), its content type for the log, the log,
        # editions, versions, acts, steps
        with self.assertNumQueries(11):
            self.page(article)

    def test_older_versions_are_on_the_next_page(self):
        article = make_article()
        for number in range(55):
            save(article, headline=f"Titre {number}")
        response = self.page(article)
        assert len(response.context["entries"]) == 50
        assert response.context["entries"][-1]["added"] is not None
        older = self.page(article, avant=response.context["next_page"]).context
        assert [row["revision"].number for row in older["entries"]] == [6, 5, 4, 3, 2, 1]
        assert older["next_page"] is None

    def test_who_may_not_change_the_article_is_not_offered_to_restore(self):
        article = make_article()
        save(article, headline="Autre")
        self.client.force_login(make_user("articles.view_article"))
        self.assertNotContains(self.page(article), "Restaurer")
        for page in ("restore_version", "conflict"):
            assert self.client.get(address(page, article, 1)).status_code == 403


class DifferencesTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        author = make_author(name="Zoé Lefèvre", slug="zoe")
        topic = make_topic(name="Ports")
        self.article = make_article(
            headline="Le port ferme", body="<p>Dix grues.</p>", section=make_section(name="Mer")
        )
        self.article.bylines.create(author=author, text="à Brest")
        self.article.topics.add(topic)
        changes = {"body": "<p>Douze grues.</p>", "dateline": "Brest", "section": self.section}
        save(self.article, headline="Le port rouvre", **changes)

    def page(self, **query):
        return self.client.get(address("differences", self.article), query)

    def test_all_that_changed_is_shown_by_name(self):
        response = self.page(de=1, a=2)
        for text in (
            "Le port <del>ferme</del><ins>rouvre</ins>",
            "<del>Dix</del><ins>Douze</ins> grues.",
            "<del>Mer</del>, <ins>Monde</ins>",
            "<ins>Ports</ins>",
            "<ins>Zoé Lefèvre à Brest (Texte)</ins>",
            "<ins>Brest</ins>",
        ):
            self.assertContains(response, text)

    def test_versions_in_either_order_are_shown_from_the_older_to_the_newer(self):
        self.assertContains(self.page(de=2, a=1), "<ins>Ports</ins>")

    def test_versions_that_do_not_exist_are_a_404(self):
        for query in ({}, {"de": "1"}, {"de": "1", "a": "9"}, {"de": "x", "a": "1"}):
            assert self.page(**query).status_code == 404

    def test_change_of_markup_alone_is_told(self):
        save(self.article, body="<p>Douze <strong>grues</strong>.</p>")
        self.assertContains(self.page(de=2, a=3), "Gras\u00a0: ajouté à «\u00a0grues\u00a0».")
        save(self.article, body="<ul><li><p>Douze <strong>grues</strong>.</p></li></ul>")
        save(self.article, body="<ol><li><p>Douze <strong>grues</strong>.</p></li></ol>")
        self.assertContains(self.page(de=4, a=5), "seule sa mise en forme change")

    def test_query_count_is_fixed(self):
        # session, user, 2 permissions, article, versions, topics, authors
        with self.assertNumQueries(8):
            self.page(de=1, a=2)


class RestoreTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.article = make_article(headline="Ancien", body="<p>Ancien</p>")
        save(self.article, headline="Nouveau")

    def restore(self, number=1, **typed):
        typed = {"shown": 2, "reason": "", **typed}
        return self.client.post(
            address("restore_version", self.article, number), typed, follow=True
        )

    def test_page_shows_what_will_change_before_it_changes(self):
        response = self.client.get(address("restore_version", self.article, 1))
        self.assertContains(response, "<ins>Ancien</ins>")
        assert self.article.revisions.count() == 2

    def test_old_version_comes_back_as_a_new_one(self):
        self.restore(reason="Erreur de dossier")
        newest = self.article.revisions.first()
        assert (newest.number, newest.kind, newest.created_by) == (3, "restore", self.editor)
        assert newest.reason == "Restaure la version 1\u00a0: Erreur de dossier"
        assert Article.objects.get().headline == "Ancien"

    def test_restoring_publishes_nothing(self):
        make_edition(article=self.article)
        self.restore()
        assert Edition.objects.count() == 1

    def test_what_someone_saved_meanwhile_is_merged_or_asked_about(self):
        save(self.article, by=make_user(first_name="Jonas"), kicker="De Jonas")
        self.restore()
        article = Article.objects.get()
        assert (article.headline, article.kicker) == ("Ancien", "De Jonas")
        save(self.article, headline="De Jonas")
        response = self.restore(shown=4, number=2)
        self.assertContains(response, "Deux versions à réunir")

    def test_text_kept_from_a_conflict_can_be_restored(self):
        sent = self.open(self.article)
        save(self.article, headline="De Jonas")
        self.send(sent, self.article, headline="De moi")
        self.restore(number=4, shown=3)
        assert Article.objects.get().headline == "De moi"


class ConflictPageTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.jonas = make_user(first_name="Jonas")
        self.article = make_article(headline="Ancien", body="<p>Un.</p><p>Deux.</p>")
        sent = self.open(self.article)
        changes = {"headline": "De Jonas", "body": "<p>Un de Jonas.</p><p>Deux.</p>"}
        save(self.article, by=self.jonas, **changes)
        mine = {"headline": "De moi", "body": "<p>Un de moi.</p><p>Deux.</p><p>Trois.</p>"}
        self.send(sent, self.article, **mine)
        self.kept = self.article.revisions.get(kind="conflict")
        self.url = address("conflict", self.article, self.kept.number)

    def answer(self, headline, text, shown=2, **typed):
        answers = {"shown": shown, "choice-0": headline, "choice-1": text, **typed}
        return self.client.post(self.url, answers)

    def test_page_shows_both_sides_and_marks_the_words_that_differ(self):
        response = self.client.get(self.url)
        for text in ("Un de <mark>Jonas</mark>.", "Un de <mark>moi</mark>.", "De <mark>moi</mark>"):
            self.assertContains(response, text)
        self.assertContains(response, "gardé en version 3")

    def test_choices_and_what_was_merged_become_one_version(self):
        self.assertRedirects(self.answer("mine", "both"), change_page(self.article))
        article = Article.objects.get()
        assert article.headline == "De moi"
        assert article.body == "<p>Un de Jonas.</p><p>Un de moi.</p><p>Deux.</p><p>Trois.</p>"
        newest = article.revisions.first()
        assert (newest.number, newest.based_on) == (4, self.kept)
        assert newest.reason == "Conflit de la version 3 résolu"
        response = self.client.get(address("history", article))
        self.assertContains(response, "réglé par Élise Essai dans la version 4")

    def test_text_can_be_written_anew_and_is_cleaned(self):
        rewritten = {"rewrite-0": "De nous", "rewrite-1": "<p>Un.<script>x</script></p>"}
        self.answer("rewrite", "rewrite", **rewritten)
        article = Article.objects.get()
        assert (article.headline, article.body[:11]) == ("De nous", "<p>Un.</p><")

    def test_question_without_an_answer_is_asked_again_and_the_others_are_kept(self):
        response = self.answer("", "rewrite", **{"rewrite-1": "<p>À garder</p>"})
        self.assertContains(response, "Choisissez ce qui est gardé.", 1)
        self.assertContains(response, "À garder")
        assert Article.objects.get().headline == "De Jonas"

    def test_too_long_a_text_matters_only_if_it_is_chosen(self):
        typed = {"rewrite-0": "x" * 300}
        assert self.answer("rewrite", "mine", **typed).status_code == 200
        assert self.answer("theirs", "mine", **typed).status_code == 302

    def test_what_a_third_person_saved_meanwhile_is_merged(self):
        save(self.article, kicker="De Zoé")
        self.answer("mine", "mine")
        article = Article.objects.get()
        assert (article.headline, article.kicker) == ("De moi", "De Zoé")

    def test_what_a_third_person_changed_too_is_asked_again_with_the_answers_stored(self):
        """E18"""
        save(self.article, headline="De Zoé")
        response = self.answer("mine", "mine")
        again = self.article.revisions.filter(kind="conflict").first()
        assert again.snapshot["headline"] == "De moi"
        self.assertRedirects(response, address("conflict", self.article, again.number))
        assert Article.objects.get().headline == "De Zoé"

    def test_double_click_saves_once(self):
        self.answer("mine", "mine")
        self.answer("mine", "mine")
        assert self.article.revisions.current().count() == 3

    def test_section_is_chosen_by_name(self):
        article = make_article(section=self.section)
        sent = self.open(article)
        save(article, section=make_section(name="Mer"))
        self.send(sent, article, section=make_section(name="Sport").pk)
        url = address("conflict", article, 3)
        self.assertContains(self.client.get(url), "<mark>Sport</mark>")
        self.client.post(url, {"shown": 2, "choice-0": "mine"})
        assert Article.objects.get(pk=article.pk).section.name == "Sport"

    def test_versions_list_and_form_mark_it_and_lead_to_it_until_it_is_settled(self):
        pages = (address("history", self.article), change_page(self.article))
        for page in pages:
            self.assertContains(self.client.get(page), self.url)
        self.answer("mine", "both")
        for page in pages:
            self.assertNotContains(self.client.get(page), self.url)

    def test_conflict_is_settled_where_all_of_the_saved_version_is_kept(self):
        mine = {"headline": "De moi", "body": "<p>Un de moi.</p><p>Deux.</p>"}
        article = make_article(headline="Ancien", body="<p>Un.</p><p>Deux.</p>")
        sent = self.open(article)
        save(article, by=self.jonas, headline="De Jonas", body="<p>Un de Jonas.</p><p>Deux.</p>")
        self.send(sent, article, **mine)
        answers = {"shown": 2, "choice-0": "theirs", "choice-1": "theirs"}
        self.client.post(address("conflict", article, 3), answers)
        assert article.revisions.current().count() == 2
        settlement = article.revisions.get(kind="conflict").settlement
        assert (settlement.revision.number, settlement.by) == (2, self.editor)
        assert not article.revisions.unsettled()
        again = self.client.get(address("conflict", article, 3))
        self.assertContains(again, "déjà réglé, par Élise Essai, dans la version 2")

    def test_conflict_that_met_another_save_goes_on_as_one(self):
        save(self.article, headline="De Zoé")
        self.answer("mine", "mine")
        assert [conflict.number for conflict in self.article.revisions.unsettled()] == [5]

    def test_conflict_whose_text_is_restored_is_settled(self):
        page = address("restore_version", self.article, self.kept.number)
        self.client.post(page, {"shown": 2, "reason": ""})
        assert not self.article.revisions.unsettled()
        assert Article.objects.get().headline == "De moi"

    def test_who_may_not_edit_is_told_of_no_conflict_in_the_form(self):
        self.client.force_login(make_user("articles.view_article"))
        self.assertNotContains(self.client.get(change_page(self.article)), self.url)

    def test_colleague_sees_whose_text_it_is(self):
        self.client.force_login(make_user(*DESK))
        self.assertContains(self.client.get(self.url), "Le texte de Élise Essai est gardé")

    def test_query_count_is_fixed(self):
        # session, user, 2 permissions, article, the text kept with its base, the current version
        with self.assertNumQueries(7):
            self.client.get(self.url)

    def test_no_preview_and_no_publication_box_takes_it_for_the_newest(self):
        response = self.client.get(address("preview", self.article))
        self.assertContains(response, "De Jonas")
        box = self.client.get(change_page(self.article)).context["box"]
        assert [revision.number for revision in box["revisions"]] == [2, 1]


class PlanTests(DeskTestCase):
    def test_save_says_that_the_plan_has_an_older_text_and_offers_to_replace_it(self):
        start = timezone.now() + timedelta(hours=3)
        article = make_edition(live_from=start).article
        response = self.send(self.open(article), article, headline="Nouveau")
        time = timezone.localtime(start).strftime("%Hh%M")
        told = self.told(response)[-1]
        assert f"La version prévue à {time} n’a pas ces changements." in told
        assert 'form="article_form" name="_replace"' in told
        self.send(self.open(article), article, "_replace")
        response = self.send(self.open(article), article)
        assert "n’a pas ces changements" not in self.told(response)[-1]

    def test_who_may_not_plan_is_told_without_the_button(self):
        article = make_edition(live_from=timezone.now() + timedelta(hours=3)).article
        self.client.force_login(make_user(*DESK[2:]))
        told = self.told(self.send(self.open(article), article, headline="Nouveau"))[-1]
        assert "n’a pas ces changements" in told
        assert "_replace" not in told


class ParallelFormsTests(TransactionTestCase):
    @skipUnlessDBFeature("has_select_for_update")
    def test_two_forms_sent_at_the_same_instant_lose_nothing(self):
        """E18"""
        words = ["un", "deux", "trois"]
        article = make_article(body="".join(f"<p>{word}</p>" for word in words))
        desk = DeskTestCase()
        desk.editor = make_user(*DESK)
        start = threading.Barrier(2)

        def type_and_send(word):
            desk_here = DeskTestCase()
            desk_here.client = Client()
            desk_here.client.force_login(desk.editor)
            sent = desk_here.open(article)
            start.wait()
            try:
                body = article.body.replace(word, f"{word} de plus")
                return desk_here.send(sent, article, body=body).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(type_and_send, ("un", "trois"))) == [302, 302]
        assert Article.objects.get().body == "<p>un de plus</p><p>deux</p><p>trois de plus</p>"
        assert article.revisions.current().count() == 3
