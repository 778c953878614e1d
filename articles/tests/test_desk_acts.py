"""The acts that have a page of their own, the list's selection, and the journal of them all."""

import re
from datetime import UTC, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from .. import front_pages, publishing
from ..models import Act, Article, Edition, FrontPageEdition
from .factories import make_article, make_edition, make_section, make_user, save
from .test_desk_articles import LIST, DeskTestCase, change_page

HOUR = timedelta(hours=1)
JOURNAL = reverse("admin:articles_act_changelist")


def act_url(article, act):
    return reverse("admin:articles_article_act", args=[article.pk, act])


def history_url(article):
    return reverse("admin:articles_article_history", args=[article.pk])


class ChiefTestCase(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.chief = make_user(is_superuser=True, first_name="Élise", last_name="Essai")

    def setUp(self):
        self.client.force_login(self.chief)

    def act(self, article, act, **typed):
        return self.client.post(act_url(article, act), typed)


class ActPageTests(ChiefTestCase):
    def test_withdrawal_needs_a_note_and_keeps_what_was_typed(self):
        article = make_edition().article
        response = self.act(article, "retrait", note=" ", reason="Plainte reçue")
        self.assert_refused(response, "Dites aux lecteurs pourquoi l’article est retiré.")
        self.assertContains(response, "Plainte reçue")
        assert Edition.objects.count() == 1

    def test_withdrawal_takes_the_note_to_readers_and_the_reason_to_the_journal(self):
        """E20"""
        edition = make_edition()
        response = self.act(edition.article, "retrait", note="Inexact.", reason="Plainte")
        assert self.told(response)[0].startswith("L’article est retiré")
        page = self.client.get(edition.get_absolute_url())
        self.assertContains(page, "Inexact.", status_code=410)
        self.assertNotContains(page, "Plainte", status_code=410)
        assert Act.objects.get().reason == "Plainte"

    def test_fault_of_the_act_is_a_form_error_and_changes_nothing(self):
        article = make_article()
        response = self.act(article, "retrait", note="Inexact.")
        self.assert_refused(response, "il n’y a rien à retirer")
        self.assertContains(response, "Inexact.")
        assert not Act.objects.exists()

    def test_pin_asks_until_when_and_says_who_gives_way(self):
        before, article = make_edition(headline="Avant").article, make_edition().article
        front_pages.pin(before, by=self.chief, until=timezone.now() + HOUR)
        page = self.client.get(act_url(article, "tete-de-une"))
        self.assertContains(page, "« Avant » lui laissera la place.")
        self.assert_refused(self.act(article, "tete-de-une", until=""), "Dites jusqu’à quand.")
        past = self.act(article, "tete-de-une", until="2020-01-01T06:00")
        self.assert_refused(past, "La fin est passée")
        year = timezone.now().year + 1
        self.act(article, "tete-de-une", until=f"{year}-07-01T06:00")
        now = timezone.now()
        lead = front_pages.lead_of(FrontPageEdition.objects.shown(None, now), now)
        assert lead.story == str(article.uuid)
        assert lead.leaves_at == datetime(year, 7, 1, 4, tzinfo=UTC)
        self.assertContains(self.client.get(change_page(article)), "En tête de une")

    def test_missing_and_doubled_hours_are_refused_with_what_to_do(self):
        """E3"""
        article = make_article()
        for until in ("2027-03-28T02:30", "2027-10-31T02:30"):
            with self.subTest(until=until):
                response = self.act(article, "embargo", until=until)
                self.assert_refused(response, "choisissez-en une avant ou après")
        article.refresh_from_db()
        assert article.embargo_until is None

    def test_embargo_moves_a_plan_only_when_told_to(self):
        article = make_edition(live_from=timezone.now() + HOUR).article
        year = timezone.now().year + 1
        response = self.act(article, "embargo", until=f"{year}-07-01T06:00")
        self.assert_refused(response, "Une publication est prévue")
        self.assertContains(response, "Déplacer à la fin de l’embargo")
        self.act(article, "embargo", until=f"{year}-07-01T06:00", move_plan="on")
        plan = Edition.objects.planned(timezone.now()).get()
        assert plan.live_from == datetime(year, 7, 1, 4, tzinfo=UTC)
        self.assertContains(self.client.get(change_page(article)), "1 juillet")

    def test_embargo_is_lifted_for_a_reason_only(self):
        article = make_article(embargo_until=timezone.now() + HOUR)
        response = self.act(article, "levee-d-embargo", reason="")
        self.assert_refused(response, "Dites pourquoi l’embargo est levé.")
        self.act(article, "levee-d-embargo", reason="Publié ailleurs")
        article.refresh_from_db()
        assert article.embargo_until is None

    def test_past_edition_is_sealed_from_the_list_of_editions(self):
        article = make_edition(headline="À sceller").article
        publishing.withdraw(article, by=self.chief, note="Jugement.")
        seal = reverse("admin:articles_article_seal", args=[article.pk, 1])
        self.assertContains(self.client.get(history_url(article)), seal, 1)
        self.assertContains(self.client.get(seal), "« À sceller »")
        self.client.post(seal, {"reason": "Jugement du 3 mars"})
        assert Edition.objects.get(number=1).is_sealed
        page = self.client.get(history_url(article))
        self.assertContains(page, "Sous scellés")
        self.assertNotContains(page, seal)

    def test_acts_are_offered_where_the_state_allows(self):
        live, draft = make_edition().article, make_article()
        page = self.client.get(change_page(live))
        for act in ("retrait", "remontee", "tete-de-une"):
            self.assertContains(page, act_url(live, act))
        for act in ("fin-de-tete-de-une", "embargo", "levee-d-embargo"):
            self.assertNotContains(page, act_url(live, act))
        page = self.client.get(change_page(draft))
        self.assertContains(page, act_url(draft, "embargo"))
        self.assertNotContains(page, act_url(draft, "retrait"))

    def test_unknown_act_and_unknown_article_are_not_found(self):
        article = make_article()
        for address in (
            act_url(article, "effacer"),
            f"/admin/articles/article/{10**30}/actes/retrait/",
            f"/admin/articles/article/{article.pk}/editions/9/scelles/",
        ):
            with self.subTest(address=address):
                assert self.client.get(address).status_code == 404

    def test_withdrawn_story_says_remettre_en_ligne_only_to_those_who_may(self):
        article = make_edition(meaning="withdrawal", note="Inexact.").article
        self.assertContains(self.client.get(change_page(article)), "Remettre en ligne")
        self.client.force_login(self.editor)
        page = self.client.get(change_page(article))
        self.assertNotContains(page, "Remettre en ligne")
        self.assertNotContains(page, "_publish")

    def test_query_count_of_an_act_page(self):
        article = make_edition().article
        # session, user, article, editions, revisions, pin, preview links
        with self.assertNumQueries(7):
            self.client.get(act_url(article, "retrait"))


class SelectionTests(ChiefTestCase):
    def choose(self, *articles, **typed):
        keys = [article.pk for article in articles]
        return self.client.post(
            LIST, {"action": "publish_selected", "_selected_action": keys, **typed}
        )

    def publish(self, *articles, **typed):
        versions = {f"version-{a.pk}": a.revisions.first().number for a in articles}
        return self.choose(*articles, _publish="1", **{**versions, **typed})

    def test_page_names_each_story_and_its_version_before_anything_is_published(self):
        one, two = make_article(headline="Un"), make_article(headline="Deux")
        save(two, headline="Deux bis")
        response = self.choose(one, two)
        self.assertContains(response, f'name="version-{two.pk}" value="2"')
        self.assertContains(response, "Deux bis")
        assert not Edition.objects.exists()

    def test_refusals_are_told_per_story_and_the_others_are_published(self):
        good, bad = make_article(), make_article(headline="Sans rubrique", section=None)
        response = self.publish(good, bad)
        assert self.told(response) == [
            "1 article est publié ou prévu.",
            "1 article n’est pas publié."
            " <ul><li>«\u00a0Sans rubrique\u00a0»\u00a0: Il manque la rubrique.</li></ul>",
        ]
        assert Edition.objects.get().article == good

    def test_version_saved_meanwhile_is_not_published(self):
        article = make_article()
        typed = {f"version-{article.pk}": 1}
        save(article, headline="Plus récent")
        response = self.publish(article, **typed)
        assert "une version plus récente" in self.told(response)[0]
        assert not Edition.objects.exists()

    def test_version_saved_after_the_list_was_shown_is_not_published(self):
        """Not even from a page that would name it."""
        article, other = make_article(headline="Lu"), make_article()
        rows = self.client.get(LIST).content.decode()
        versions = dict(re.findall(r'name="(version-\d+)" value="(\d+)"', rows))
        assert versions == {f"version-{article.pk}": "1", f"version-{other.pk}": "1"}
        save(article, by=make_user(first_name="Jonas"), headline="Pas lu")
        page = self.choose(article, other, **versions)
        self.assertContains(page, "Une version plus récente existe", 1)
        typed = re.findall(r'name="(version-\d+)" value="(\d+)"', page.content.decode())
        response = self.choose(article, other, _publish="1", **dict(typed))
        assert "Jonas a enregistré une version plus récente" in self.told(response)[1]
        assert Edition.objects.get().article == other

    def test_refusals_are_one_message_and_headlines_are_escaped(self):
        bad = [make_article(headline=f"<b>{n}</b>", section=None) for n in range(3)]
        (told,) = self.told(self.publish(*bad))
        assert told.startswith("3 articles ne sont pas publiés. <ul><li>")
        assert told.count("<li>") == 3
        assert "<b>" not in told

    def test_selection_is_planned_at_a_time(self):
        article, year = make_article(), timezone.now().year + 1
        self.publish(article, at=f"{year}-07-01T06:00")
        assert Edition.objects.get().live_from == datetime(year, 7, 1, 4, tzinfo=UTC)

    def test_wrong_time_is_a_form_error(self):
        article = make_article()
        response = self.publish(article, at="2027-03-28T02:30")
        self.assert_refused(response, "l’heure change cette nuit-là")
        assert not Edition.objects.exists()

    def test_nothing_is_deleted_from_the_list(self):
        """E16"""
        article = make_article()
        self.assertNotContains(self.client.get(LIST), "delete_selected")
        self.client.post(
            LIST, {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
        )
        assert Article.objects.exists()


class JournalTests(ChiefTestCase):
    def test_line_says_who_what_when_why_and_from_which_version_to_which_edition(self):
        """E20"""
        article = make_article(headline="Le port rouvre", section=make_section())
        save(article, kicker="Grève")
        publishing.publish(article, revision=2, by=self.chief, reason="Relu par Jonas")
        page = self.client.get(JOURNAL)
        for text in (
            "Publication",
            "Le port rouvre",
            "Élise Essai",
            "Relu par Jonas",
            "version 2 → édition 1",
        ):
            self.assertContains(page, text)

    def test_journal_is_filtered_by_act_person_and_date_and_searched_by_headline(self):
        found, other = make_edition(headline="Le port").article, make_edition().article
        publishing.bump(found, by=self.chief)
        publishing.withdraw(other, by=make_user(is_superuser=True), note="Inexact.")
        for query in (
            {"name__exact": "bump"},
            {"by__id__exact": self.chief.pk},
            {"q": "port"},
        ):
            with self.subTest(query=query):
                rows = self.client.get(JOURNAL, query).context["cl"].result_list
                assert [act.article for act in rows] == [found]
        future = timezone.now() + timedelta(days=1)
        assert not self.client.get(JOURNAL, {"at__gte": future}).context["cl"].result_list

    def test_nobody_changes_the_journal_not_even_a_superuser(self):
        """E20"""
        article = make_edition().article
        publishing.bump(article, by=self.chief, reason="Vrai motif")
        act = Act.objects.get()
        change = reverse("admin:articles_act_change", args=[act.pk])
        self.assertContains(self.client.get(change), "Vrai motif")
        addresses = {
            reverse("admin:articles_act_add"): {"name": "bump"},
            change: {"reason": "Autre"},
            reverse("admin:articles_act_delete", args=[act.pk]): {"post": "yes"},
        }
        for address, typed in addresses.items():
            with self.subTest(address=address):
                assert self.client.post(address, typed).status_code == 403
        selection = {"action": "delete_selected", "_selected_action": [act.pk], "post": "yes"}
        self.client.post(JOURNAL, selection)
        act.refresh_from_db()
        assert act.reason == "Vrai motif"

    def test_line_stays_when_the_person_is_gone(self):
        """E16"""
        gone = make_user(is_superuser=True, first_name="Jonas")
        publishing.bump(make_edition().article, by=gone)
        gone.delete()
        self.assertContains(self.client.get(JOURNAL), "Jonas")

    def test_query_count_of_the_journal_does_not_grow(self):
        article = make_edition().article
        for _ in range(3):
            publishing.bump(article, by=self.chief)
        # session, user, count, people to filter by, acts
        with self.assertNumQueries(5):
            self.client.get(JOURNAL)
        for _ in range(10):
            publishing.bump(make_edition().article, by=self.chief)
        with self.assertNumQueries(5):
            self.client.get(JOURNAL)


class HistoryTests(ChiefTestCase):
    def test_versions_and_acts_stand_in_one_line_of_time(self):
        """E20"""
        article = make_article(headline="Premier titre")
        publishing.publish(article, revision=1, by=self.chief, reason="Première mouture")
        save(article, by=self.chief, headline="Second titre")
        publishing.withdraw(article, by=self.chief, note="Inexact.", reason="Plainte")
        html = self.client.get(history_url(article)).content.decode()
        html = html[html.index("Versions et actes") :]
        told = ["Plainte", "Second titre", "Première mouture", "Premier titre"]
        places = [html.index(text) for text in told]
        assert places == sorted(places)
        assert "version 1 → édition 2" in html

    def test_every_edition_that_an_act_makes_or_cancels_is_told(self):
        article = make_article()
        start = timezone.now() + HOUR
        publishing.publish(article, revision=1, by=self.chief, at=start)
        save(article, headline="Plus tôt")
        publishing.publish(article, revision=2, by=self.chief, plan="rebuild")
        publishing.bump(article, by=self.chief)
        acts = Act.objects.order_by("pk")
        assert [(act.name, act.edition.number) for act in acts] == [
            ("plan", 1),
            ("cancel", 1),
            ("publish", 2),
            ("plan", 3),
            ("bump", 4),
            ("cancel", 3),
            ("plan", 5),
        ]
        assert acts[0].starts_at == acts[1].starts_at == start

    def test_query_count_does_not_grow_with_the_history(self):
        article = make_edition().article
        for number in range(8):
            save(article, headline=f"Titre {number}")
            publishing.publish(article, revision=number + 2, by=self.chief)
        # Django keeps it for the next test too.
        ContentType.objects.get_for_model(article)
        # session, user, the article twice, revisions, acts, steps, editions, Django's own log
        with self.assertNumQueries(9):
            self.client.get(history_url(article))
