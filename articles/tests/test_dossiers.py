"""Dossiers: written aside, shown by an act at the head of a topic's page, every version kept."""

import re
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.test import TestCase, override_settings
from django.urls import reverse

from .. import dossiers, publishing, topic_acts
from ..dossiers import DossierConflict
from ..models import Article, Dossier, DossierEdition, SiteState, TopicAct
from ..topic_acts import TopicError
from .factories import (
    make_article,
    make_edition,
    make_section,
    make_topic,
    make_user,
    show_first_page,
)

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NOON = datetime(2026, 2, 2, 11, tzinfo=UTC)
KEPT = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


class DossierTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True, first_name="Élise", last_name="Essai")
        cls.section = make_section()
        cls.topic = make_topic(name="Sujet d’essai du dossier")
        cls.editions = [
            make_edition(
                live_from=NOON - (9 - n) * HOUR,
                headline=f"Titre d’essai {letter}",
                section=cls.section,
                topics=[cls.topic],
            )
            for n, letter in enumerate("ABC")
        ]
        cls.a, cls.b, cls.c = (edition.article for edition in cls.editions)
        cls.page = cls.topic.get_absolute_url()

    def at(self, instant):
        return mock.patch("django.utils.timezone.now", return_value=instant)

    def write(self, text="<p>Une introduction d’essai.</p>", articles=(), by=None, topic=None):
        topic = topic or self.topic
        there = Dossier.objects.filter(topic=topic).first()
        return dossiers.write(
            topic,
            introduction_html=text,
            articles=articles,
            based_on=there.number if there else 0,
            by=by or self.editor,
        )

    def write_over(self, number, text):
        options = {"introduction_html": text, "articles": [], "by": self.editor}
        return dossiers.write(self.topic, based_on=number, **options)

    def publish(self, *args, instant=NOON, **options):
        dossier = self.write(*args, **options)
        with self.at(instant):
            return dossiers.publish(dossier, number=dossier.number, by=self.editor)

    def get(self, address=None, instant=NOON + HOUR):
        with self.at(instant):
            return self.client.get(address or self.page)


class DoorTests(DossierTestCase):
    def test_saved_dossier_is_not_shown_until_it_is_published(self):
        self.write()
        self.assertNotContains(self.get(), "introduction d’essai")
        self.publish("<p>Une introduction d’essai, relue.</p>")
        self.assertContains(self.get(), "introduction d’essai, relue")

    def test_text_is_cleaned(self):
        """E22"""
        edition = self.publish('<p onclick="x()">Un</p><script>x()</script>')
        assert edition.introduction_html == "<p>Un</p>"

    def test_every_act_has_its_line_and_makes_a_new_state_of_the_site(self):
        """E20, E26"""
        SiteState.objects.lock()
        version = SiteState.objects.read()[0]
        self.publish("<p>Un</p>")
        self.publish("<p>Deux</p>")
        acts = TopicAct.objects.filter(topic=self.topic, name="dossier").order_by("pk")
        assert [(act.by_name, act.told) for act in acts] == [
            ("Élise Essai", "– → 1"),
            ("Élise Essai", "1 → 2"),
        ]
        assert SiteState.objects.read()[0] == version + 2
        first, second = DossierEdition.objects.order_by("number")
        assert (first.live_until, second.live_until) == (second.live_from, None)

    def test_same_version_is_not_published_twice(self):
        """E18"""
        self.publish()
        with pytest.raises(TopicError, match="déjà en ligne"):
            self.publish()
        assert DossierEdition.objects.count() == 1

    def test_version_that_is_not_the_newest_is_refused(self):
        dossier = self.write("<p>Un</p>")
        self.write("<p>Deux</p>")
        with pytest.raises(TopicError, match="modifié depuis"):
            dossiers.publish(dossier, number=1, by=self.editor)

    def test_save_over_someone_else_s_is_refused_with_theirs(self):
        """E18"""
        self.write("<p>D’Élise</p>")
        other = make_user(is_superuser=True, first_name="Ada")
        with pytest.raises(DossierConflict, match="Élise Essai a enregistré") as conflict:
            dossiers.write(
                self.topic, introduction_html="<p>D’Ada</p>", articles=[], based_on=0, by=other
            )
        assert conflict.value.theirs.introduction_html == "<p>D’Élise</p>"
        assert conflict.value.mine.introduction_html == "<p>D’Ada</p>"

    def test_every_text_stays_whoever_saves_over_it(self):
        """E18"""
        self.write("<p>Un</p>")
        for _ in range(2):
            # A double click keeps it once.
            with pytest.raises(DossierConflict):
                self.write_over(0, "<p>Deux</p>")
        self.write_over(1, "<p>Trois</p>")
        # What was refused is saved once theirs was seen.
        self.write_over(3, "<p>Deux</p>")
        kept = Dossier.objects.get().revisions.order_by("number")
        assert list(kept.values_list("introduction_html", "is_refused")) == [
            ("<p>Un</p>", False),
            ("<p>Deux</p>", True),
            ("<p>Trois</p>", False),
            ("<p>Deux</p>", False),
        ]
        assert {revision.by_name for revision in kept} == {"Élise Essai"}

    def test_same_text_is_one_version(self):
        for _ in range(2):
            self.write("<p>Un</p>")
        assert Dossier.objects.get().revisions.count() == 1

    def test_without_the_right_nothing_changes(self):
        with pytest.raises(TopicError, match="pas le droit"):
            self.write(by=make_user("articles.change_topic"))
        dossier = self.write()
        with pytest.raises(TopicError, match="pas le droit"):
            dossiers.publish(dossier, number=1, by=make_user("articles.change_topic"))
        assert not DossierEdition.objects.exists()

    def test_topic_with_a_dossier_is_not_deleted(self):
        """E16"""
        topic = make_topic()
        self.write(topic=topic)
        with pytest.raises(TopicError, match="Ce sujet a un dossier"):
            topic_acts.delete(topic, by=self.editor)

    def test_database_refuses_two_versions_in_force(self):
        edition = self.publish()
        edition.pk, edition.number = None, 2
        with pytest.raises(IntegrityError):
            edition.save()


class MergeTests(DossierTestCase):
    def setUp(self):
        self.into = make_topic(name="Sujet d’essai qui reste")
        self.merge_page = reverse("admin:articles_topic_merge", args=[self.topic.pk])

    def merge(self):
        return topic_acts.merge(self.topic, into=self.into, by=self.editor)

    def said(self):
        """Return what the page that asks for the merge says of dossiers."""
        self.client.force_login(self.editor)
        page = self.client.get(self.merge_page, {"into": self.into.pk}).text
        return re.findall(r'class="act-dossier">([^<]*)', page)

    def test_dossier_moves_to_a_topic_without_one_and_comes_back(self):
        self.publish("<p>Le dossier qui passe.</p>")
        # Opened and left empty: nothing is in it.
        self.write("", topic=self.into)
        (said,) = self.said()
        assert "passe à" in said
        act = self.merge()
        self.assertContains(self.get(self.into.get_absolute_url()), "Le dossier qui passe.")
        self.write("<p>Changé depuis.</p>", topic=self.into)
        topic_acts.unmerge(act, by=self.editor)
        self.assertNotContains(self.get(self.into.get_absolute_url()), "Le dossier")
        self.assertContains(self.get(), "Le dossier qui passe.")
        assert Dossier.objects.get(topic=self.topic).introduction_html == "<p>Changé depuis.</p>"

    def test_dossier_of_the_topic_that_stays_stays(self):
        self.publish("<p>Le dossier qui reste.</p>", topic=self.into)
        (said,) = self.said()
        assert "reste à sa place" in said
        self.merge()
        self.assertContains(self.get(self.into.get_absolute_url()), "Le dossier qui reste.")

    def test_of_two_dossiers_one_shows_and_the_other_stays_readable(self):
        self.publish("<p>Le premier dossier.</p>")
        self.publish("<p>Le second dossier.</p>", topic=self.into)
        (said,) = self.said()
        assert "Les deux sujets ont un dossier" in said
        act = self.merge()
        page = self.get(self.into.get_absolute_url())
        self.assertContains(page, "Le second dossier.")
        self.assertNotContains(page, "Le premier dossier.")
        desk = reverse("admin:articles_topic_dossier", args=[self.topic.pk])
        history = reverse("admin:articles_topic_history", args=[self.topic.pk])
        self.assertContains(self.client.get(history), desk)
        self.assertContains(self.client.get(desk), "Le premier dossier.")
        self.assertNotContains(self.client.get(desk), 'name="_publish"')
        topic_acts.unmerge(act, by=self.editor)
        self.assertContains(self.get(), "Le premier dossier.")
        self.assertContains(self.get(self.into.get_absolute_url()), "Le second dossier.")

    def test_dossier_of_a_merged_topic_is_not_changed_and_what_was_typed_is_shown(self):
        self.client.force_login(self.editor)
        self.merge()
        desk = reverse("admin:articles_topic_dossier", args=[self.topic.pk])
        typed = {"based_on": 0, "introduction_html": "<p>Trop tard.</p>", "_keep": ""}
        response = self.client.post(desk, typed)
        self.assertContains(response, "a été fusionné dans")
        assert "Trop tard." in response.context["form"]["introduction_html"].value()
        assert not Dossier.objects.exists()

    def test_merges_of_before_are_undone_as_they_were(self):
        act = self.merge()
        del act.details["dossiers"]
        act.save()
        topic_acts.unmerge(act, by=self.editor)
        self.topic.refresh_from_db()
        assert self.topic.merged_into is None

    def test_pages_without_dossiers_say_nothing_of_them(self):
        assert self.said() == []


class TopicPageTests(DossierTestCase):
    def test_chosen_stories_stand_first_in_their_order_and_not_twice(self):
        self.publish(articles=[self.b, self.a])
        text = self.get().text
        places = [text.index(f"Titre d’essai {letter}") for letter in "BAC"]
        assert places == sorted(places)
        for letter in "ABC":
            assert text.count(f"Titre d’essai {letter}</a>") == 1

    def test_only_live_stories_show_and_a_planned_one_comes_to_the_second(self):
        """E8"""
        planned = make_article(headline="Titre prévu", section=self.section)
        with self.at(NOON):
            publishing.publish(planned, revision=1, by=self.editor, at=NOON + HOUR)
        draft = make_article(headline="Titre inédit")
        self.publish(articles=[planned, draft, self.a])
        self.assertNotContains(self.get(instant=NOON + HOUR - SECOND), "Titre prévu")
        self.assertContains(self.get(instant=NOON + HOUR), "Titre prévu")
        self.assertNotContains(self.get(), "Titre inédit")
        with self.at(NOON + HOUR):
            publishing.withdraw(self.a, by=self.editor, note="Retiré.")
        self.assertNotContains(self.get(instant=NOON + HOUR), "Titre d’essai A")

    def test_page_with_a_dossier_costs_one_query_more(self):
        """E24"""
        show_first_page()
        with self.at(NOON), self.assertNumQueries(3 + 1):  # topic, page, children
            self.client.get(self.page)
        self.publish(articles=[self.a, self.b, self.c])
        show_first_page()
        with self.at(NOON), self.assertNumQueries(4 + 1):  # and the chosen stories
            self.client.get(self.page)

    def test_dossier_stands_on_the_first_page_only(self):
        for _ in range(40):
            make_edition(live_from=NOON - 20 * HOUR, section=self.section, topics=[self.topic])
        self.publish(articles=[self.a])
        address = self.page + self.get().context["page"].next_query
        response = self.get(address)
        self.assertNotContains(response, "introduction d’essai")
        self.assertNotContains(response, "Titre d’essai A")

    def test_emptied_dossier_leaves_the_page(self):
        self.publish(articles=[self.a])
        self.publish("", instant=NOON + SECOND)
        response = self.get()
        self.assertNotContains(response, 'class="dossier"')
        self.assertContains(response, "Titre d’essai A", 1)

    def test_site_at_another_instant_has_the_dossier_of_that_instant(self):
        self.publish("<p>Le matin.</p>")
        self.publish("<p>Le soir.</p>", instant=NOON + HOUR)
        self.client.force_login(self.editor)
        told = {"11:59:59": set(), "12:59:59": {"Le matin."}, "13:00:00": {"Le soir."}}
        for time, shown in told.items():
            text = self.client.get(f"/admin/au/2026-02-02T{time}{self.page}").text
            with self.subTest(time):
                assert {words for words in ("Le matin.", "Le soir.") if words in text} == shown

    @override_settings(CACHES=KEPT)
    def test_machine_that_is_behind_keeps_no_page_for_others(self):
        """E26"""
        cache.clear()
        self.addCleanup(cache.clear)
        self.publish("<p>Le dossier.</p>")
        assert "Le dossier." not in self.get(instant=NOON - SECOND).text
        assert "Le dossier." in self.get(instant=NOON).text


class DeskTests(DossierTestCase):
    def setUp(self):
        self.client.force_login(self.editor)
        self.desk = reverse("admin:articles_topic_dossier", args=[self.topic.pk])

    def send(self, button="_publish", based_on=0, **typed):
        return self.client.post(self.desk, {"based_on": based_on, button: "", **typed}, follow=True)

    def test_dossier_is_written_and_published_from_its_page(self):
        self.send(
            introduction_html="<p>Au desk.</p>",
            story_1=self.c.pk,
            story_3=self.a.pk,
            story_4=self.c.pk,
            reason="Essai",
        )
        edition = DossierEdition.objects.get()
        assert edition.stories == [str(self.c.uuid), str(self.a.uuid)]
        assert edition.reason == "Essai"
        shown = self.client.get(self.desk)
        self.assertContains(shown, "Titre d’essai C")
        self.assertContains(shown, "Élise Essai")

    def test_story_moves_up_before_anything_is_saved(self):
        response = self.send("_up", story_1=self.a.pk, story_2=self.b.pk, _up="2")
        form = response.context["form"]
        assert [form[f"story_{n}"].value() for n in (1, 2)] == [str(self.b.pk), str(self.a.pk)]
        assert not Dossier.objects.exists()
        for odd in ("1", "9", "x", ""):
            assert self.send("_keep", story_1=self.a.pk, _up=odd).status_code == 200

    def test_kept_dossier_is_told_as_not_published(self):
        response = self.send("_keep", introduction_html="<p>Au desk.</p>")
        self.assertContains(response, "Le dossier est enregistré, et n’est pas publié.")
        self.assertContains(response, "Jamais publié")
        assert not DossierEdition.objects.exists()

    def test_edit_over_someone_else_s_shows_both_and_keeps_both(self):
        """E18"""
        self.write("<p>D’Élise.</p>", articles=[self.a])
        response = self.send(introduction_html="<p>De moi.</p>")
        self.assertContains(response, "Élise Essai a enregistré ce dossier entre-temps")
        self.assertContains(response, "<p>D’Élise.</p>")
        # In the list of versions already, whatever becomes of this page.
        self.assertContains(response, "<p>De moi.</p>")
        self.assertContains(response, "Gardée à part")
        form = response.context["form"]
        assert "De moi." in form["introduction_html"].value()
        self.send(introduction_html="<p>De moi.</p>", based_on=form["based_on"].value())
        assert DossierEdition.objects.get().introduction_html == "<p>De moi.</p>"
        self.assertContains(self.client.get(self.desk), "<p>D’Élise.</p>")

    def test_old_version_is_taken_up_again_over_the_newest(self):
        self.write("<p>Un</p>", articles=[self.a])
        self.write("<p>Deux</p>")
        self.assertContains(self.client.get(self.desk), 'href="?version=1"')
        form = self.client.get(self.desk, {"version": 1}).context["form"]
        assert form["introduction_html"].value() == "<p>Un</p>"
        assert (form["story_1"].value(), form["based_on"].value()) == (self.a.pk, 2)
        for odd in ("9", "x", "-1", "9" * 40):
            form = self.client.get(self.desk, {"version": odd}).context["form"]
            assert form["introduction_html"].value() == "<p>Deux</p>"

    def test_page_costs_a_fixed_number_of_queries(self):
        for number in (1, 5):
            self.publish(f"<p>{number}</p>", articles=[self.a, self.b])
            self.publish(f"<p>{number} bis</p>", articles=[self.c])
            # session, user, topic, dossier, its stories; dossier, editions, versions, the stories
            # of both; the name in the box of the one that is chosen
            with self.subTest(number), self.assertNumQueries(11):
                self.client.get(self.desk)

    def test_refused_publication_is_shown_again_with_its_reason(self):
        typed = {"introduction_html": "<p>Au desk.</p>", "reason": "Procès"}
        self.send(**typed)
        response = self.send(based_on=1, **typed)
        self.assertContains(response, "Cette version est déjà en ligne.")
        form = response.context["form"]
        assert (form["reason"].value(), form["based_on"].value()) == ("Procès", 1)

    def test_page_of_the_topic_leads_there_for_who_may(self):
        change = reverse("admin:articles_topic_change", args=[self.topic.pk])
        self.assertContains(self.client.get(change), self.desk)
        self.client.force_login(make_user("articles.view_topic"))
        self.assertNotContains(self.client.get(change), self.desk)
        assert self.client.get(self.desk).status_code == 403

    def test_odd_input_is_no_error_of_the_server(self):
        """E21"""
        for typed in ({"based_on": "x"}, {"story_1": "999999"}, {"story_1": "x"}, {"based_on": -1}):
            assert self.send(**typed).status_code == 200
        missing = reverse("admin:articles_topic_dossier", args=[999_999])
        assert self.client.get(missing).status_code == 404
        assert not DossierEdition.objects.exists()

    def test_chosen_story_that_is_deleted_leaves_its_place(self):
        draft = make_article(headline="Jamais paru")
        self.write(articles=[draft, self.a])
        Article.objects.get(pk=draft.pk).delete()
        form = self.client.get(self.desk).context["form"]
        assert form["story_1"].value() == self.a.pk
