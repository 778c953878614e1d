"""Acts on topics: what readers see, what the journal holds, and what can be undone."""

from unittest import mock

from django.test import TestCase
from django.urls import reverse

from .. import derived, publishing, topic_acts
from ..admin.picker import PickTopics, TopicsField
from ..models import Article, EditionTopic, SiteState, Topic, TopicAct, TopicAddress
from ..topic_acts import TopicError
from .factories import (
    make_article,
    make_edition,
    make_publisher,
    make_section,
    make_topic,
    make_user,
)


class TopicActTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user(is_superuser=True, first_name="Élise")

    def assert_leads(self, address, to):
        """In one hop, for good, with its query."""
        response = self.client.get(f"{address}?de=test")
        self.assertRedirects(response, f"{to}?de=test", status_code=301, target_status_code=200)

    def assert_feed_leads(self, slug, to):
        for ending in ("atom", "rss", "json"):
            page = reverse("articles:topic-feed", args=[slug, ending])
            target = reverse("articles:topic-feed", args=[to, ending])
            self.assertRedirects(self.client.get(page), target, 301, 200)

    def direct(self, edition):
        rows = EditionTopic.objects.filter(edition=edition, is_direct=True)
        return {row.topic for row in rows.exclude(topic=edition.section)}

    def merge(self, topic, into, **options):
        return topic_acts.merge(topic, into=into, by=self.chief, **options)

    def rename(self, topic, name, **options):
        options = {"label": topic.label, "new_address": True, **options}
        return topic_acts.rename(topic, name=name, by=self.chief, **options)


class RenameTests(TopicActTestCase):
    def test_former_addresses_lead_to_the_newest_in_one_hop(self):
        """E6"""
        topic = make_topic(name="Premier", slug="premier")
        make_edition(topics=[topic])
        self.rename(topic, "Deuxième")
        self.rename(topic, "Troisième")
        for slug in ("premier", "deuxieme"):
            self.assert_leads(f"/sujets/{slug}/", "/sujets/troisieme/")
            self.assert_feed_leads(slug, "troisieme")

    def test_address_stays_unless_a_new_one_is_asked(self):
        topic = make_topic(name="Premier", slug="premier")
        self.rename(topic, "Deuxième", new_address=False)
        assert self.client.get("/sujets/premier/").status_code == 200

    def test_topic_may_take_its_own_former_address_again(self):
        topic = make_topic(name="Premier", slug="premier")
        make_edition(topics=[topic])
        self.rename(topic, "Deuxième")
        self.rename(topic, "Premier")
        self.assert_leads("/sujets/deuxieme/", "/sujets/premier/")
        assert [row.slug for row in TopicAddress.objects.all()] == ["deuxieme"]

    def test_former_address_is_never_given_to_another_topic(self):
        """E6"""
        topic = make_topic(name="Premier", slug="premier")
        self.rename(topic, "Deuxième")
        with self.assertRaisesMessage(TopicError, "« Deuxième »"):
            self.rename(make_topic(), "Premier")
        with self.assertRaisesMessage(TopicError, "« Deuxième »"):
            topic_acts.create(Topic(name="Premier"), by=self.chief)

    def test_former_name_typed_at_the_desk_is_the_topic(self):
        topic = make_topic(name="Premier", slug="premier")
        self.rename(topic, "Deuxième")
        assert Topic.objects.called("premier") == topic

    def test_search_finds_the_stories_by_the_new_name(self):
        topic = make_topic(name="Premier", slug="premier")
        edition = make_edition(topics=[topic])
        self.rename(topic, "Ornithologie")
        edition.refresh_from_db()
        assert "ornitholog" in edition.search_b
        assert "premi" not in edition.search_b

    def test_name_of_another_topic_is_refused(self):
        make_topic(name="Élections", slug="elections")
        with self.assertRaisesMessage(TopicError, "Le sujet « Élections » existe déjà."):
            self.rename(make_topic(), "elections")


class TwoTopicsTestCase(TopicActTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.topic = make_topic(name="Scrutins", slug="scrutins")
        cls.into = make_topic(name="Élections", slug="elections")
        cls.edition = make_edition(topics=[cls.topic])


class MergeTests(TwoTopicsTestCase):
    def test_pages_and_feeds_lead_to_the_other_topic(self):
        """E6"""
        self.merge(self.topic, self.into)
        self.assert_leads("/sujets/scrutins/", "/sujets/elections/")
        self.assert_feed_leads("scrutins", "elections")
        self.assertContains(self.client.get("/sujets/elections/"), self.edition.headline)

    def test_chain_and_former_addresses_lead_on_in_one_hop(self):
        last = make_topic(name="Vote", slug="vote")
        self.rename(self.topic, "Votations")
        self.merge(self.topic, self.into)
        self.merge(self.into, last)
        for slug in ("scrutins", "votations", "elections"):
            self.assert_leads(f"/sujets/{slug}/", "/sujets/vote/")
        assert self.direct(self.edition) == {last}

    def test_counts_are_those_of_what_moves(self):
        make_article(topics=[self.topic])
        make_topic(parent=self.topic)
        expected = {"articles": 2, "editions": 1, "children": 1, "merged": 0}
        assert topic_acts.usage(self.topic) == expected

    def test_articles_and_children_move_and_a_story_with_both_keeps_one(self):
        both = make_article(topics=[self.topic, self.into])
        child = make_topic(parent=self.topic)
        below = make_edition(topics=[child])
        act = self.merge(self.topic, self.into)
        assert list(both.topics.all()) == [self.into]
        assert list(self.edition.article.topics.all()) == [self.into]
        child.refresh_from_db()
        assert child.parent == self.into
        assert EditionTopic.objects.filter(edition=below, topic=self.into).exists()
        assert not EditionTopic.objects.filter(topic=self.topic).exists()
        assert act.details["articles"] == [self.edition.article_id]
        assert act.details["doubles"] == [both.pk]

    def test_revision_that_names_the_merged_topic_is_published_under_the_other(self):
        article = make_article(topics=[self.topic])
        self.merge(self.topic, self.into)
        edition = publishing.publish(article, revision=1, by=make_publisher())
        assert self.direct(edition) == {self.into}
        self.assertContains(self.client.get(edition.get_absolute_url()), "/sujets/elections/")

    def test_section_is_merged_into_a_section_only(self):
        section, other = make_section(), make_section()
        edition = make_edition(section=section)
        with self.assertRaisesMessage(TopicError, "rubrique"):
            self.merge(section, self.into)
        self.merge(section, other)
        edition.refresh_from_db()
        assert edition.section == other
        self.assert_leads(section.get_absolute_url(), other.get_absolute_url())
        draft = make_article(section=section)
        published = publishing.publish(draft, revision=1, by=make_publisher())
        assert published.section == other

    def test_topic_is_not_merged_into_itself_or_below_itself_or_twice(self):
        child = make_topic(parent=self.topic)
        for into in (self.topic, child):
            with self.assertRaises(TopicError):
                self.merge(self.topic, into)
        self.merge(self.topic, self.into)
        with self.assertRaisesMessage(TopicError, "a été fusionné"):
            self.merge(self.topic, make_topic())

    def test_site_has_a_new_state_and_the_journal_a_line(self):
        """E20, E26"""
        act = self.merge(self.topic, self.into, reason="Doublon")
        assert SiteState.objects.get().version == 2
        assert (act.by, act.topic, act.other, act.reason) == (
            self.chief,
            self.topic,
            self.into,
            "Doublon",
        )

    def test_without_the_right_nothing_happens(self):
        with self.assertRaisesMessage(TopicError, "pas le droit"):
            topic_acts.merge(self.topic, into=self.into, by=make_user("articles.change_topic"))
        assert not TopicAct.objects.exists()


class UnmergeTests(TwoTopicsTestCase):
    def unmerge(self, act):
        return topic_acts.unmerge(act, by=self.chief)

    def everything(self):
        return {
            model.__name__: sorted(model.objects.values_list(*columns), key=str)
            for model, columns in [
                (EditionTopic, ("edition", "topic", "is_direct", "listed_at")),
                (Article.topics.through, ("content_object", "tag")),
                (Article, ("pk", "section")),
                (Topic, ("pk", "parent", "merged_into", "slug")),
            ]
        }

    def test_undo_brings_everything_back(self):
        make_article(topics=[self.topic, self.into])
        make_edition(topics=[make_topic(parent=self.topic)])
        make_edition(section=make_section())
        before = self.everything()
        act = self.merge(self.topic, self.into)
        assert self.everything() != before
        self.unmerge(act)
        assert self.everything() == before
        assert self.client.get("/sujets/scrutins/").status_code == 200

    def test_what_the_desk_did_since_stays(self):
        act = self.merge(self.topic, self.into)
        self.edition.article.article_topics.all().delete()
        later = make_edition(topics=[self.into])
        self.unmerge(act)
        assert not self.edition.article.topics.exists()
        assert self.direct(later) == {self.into}
        assert self.direct(self.edition) == {self.topic}

    def test_text_published_since_that_names_the_topic_goes_back_too(self):
        article = make_article(topics=[self.topic])
        act = self.merge(self.topic, self.into)
        edition = publishing.publish(article, revision=1, by=make_publisher())
        self.unmerge(act)
        assert self.direct(edition) == {self.topic}

    def test_merges_are_undone_the_last_first(self):
        first = self.merge(self.topic, self.into)
        second = self.merge(self.into, make_topic(name="Vote", slug="vote"))
        with self.assertRaisesMessage(TopicError, "d’abord"):
            self.unmerge(first)
        self.unmerge(second)
        self.topic.refresh_from_db()
        assert self.topic.merged_into == self.into
        self.unmerge(first)
        assert self.direct(self.edition) == {self.topic}

    def test_merge_is_undone_once(self):
        act = self.merge(self.topic, self.into)
        self.unmerge(act)
        with self.assertRaisesMessage(TopicError, "déjà annulée"):
            self.unmerge(act)


class MoveTests(TopicActTestCase):
    def test_stories_move_along_and_it_is_written(self):
        old, new = make_topic(name="Ancien"), make_topic(name="Nouveau")
        topic = make_topic(parent=old)
        edition = make_edition(topics=[make_topic(parent=topic)])
        topic_acts.move(topic, by=self.chief, parent=new)
        assert EditionTopic.objects.filter(edition=edition, topic=new).exists()
        assert not EditionTopic.objects.filter(edition=edition, topic=old).exists()
        assert TopicAct.objects.get().told == "Ancien → Nouveau"

    def test_stories_move_in_batches(self):
        topic, new = make_topic(), make_topic()
        for _ in range(5):
            make_edition(topics=[topic])
        with mock.patch.object(derived, "BATCH", 2):
            topic_acts.move(topic, by=self.chief, parent=new)
        assert EditionTopic.objects.filter(topic=new).count() == 5


class DeleteTests(TopicActTestCase):
    def test_used_topic_is_kept_and_the_desk_says_where_it_is_used(self):
        """E16"""
        topic = make_topic()
        article = make_article(topics=[topic], headline="Un usage")
        with self.assertRaisesMessage(TopicError, "1 article l’a"):
            topic_acts.delete(topic, by=self.chief)
        self.client.force_login(self.chief)
        page = self.client.get(reverse("admin:articles_topic_delete", args=[topic.pk]))
        self.assertContains(page, "Un usage")
        self.assertContains(page, reverse("admin:articles_article_change", args=[article.pk]))
        self.client.post(reverse("admin:articles_topic_delete", args=[topic.pk]), {"post": "yes"})
        assert Topic.objects.filter(pk=topic.pk).exists()

    def test_unused_topic_goes_and_its_line_stays(self):
        topic = make_topic(name="Inutile")
        self.client.force_login(self.chief)
        self.client.post(reverse("admin:articles_topic_delete", args=[topic.pk]), {"post": "yes"})
        assert not Topic.objects.filter(pk=topic.pk).exists()
        assert TopicAct.objects.get().topic_name == "Inutile"


class CloseNamesTests(TopicActTestCase):
    def test_other_forms_and_slips_are_close_and_other_words_are_not(self):
        elections = make_topic(name="Élections", slug="elections")
        make_topic(name="Électricité", slug="electricite")
        for name in ("election", "Élection", "les élections", "Elecitons"):
            with self.subTest(name):
                assert list(Topic.objects.close_to(name)) == [elections]
        for name in ("Électorat", "", "le", "’"):
            with self.subTest(name):
                assert list(Topic.objects.close_to(name)) == []

    def test_search_tells_which_names_are_close(self):
        make_topic(name="Élection", slug="election")
        self.client.force_login(self.chief)
        field = {"app_label": "articles", "model_name": "article", "field_name": "topics"}
        answer = self.client.get(
            reverse("admin:articles_topic_search"), {**field, "term": "élections"}
        )
        (row,) = answer.json()["results"]
        assert (row["text"], row["close"]) == ("Élection", True)

    def test_new_topic_of_a_close_name_is_made_once_that_is_confirmed(self):
        make_topic(name="Élections", slug="elections")
        self.client.force_login(self.chief)
        address, sent = reverse("admin:articles_topic_add"), {"name": "Élection", "position": "0"}
        self.assertContains(self.client.post(address, sent), "très proche existe déjà")
        assert not Topic.objects.filter(name="Élection").exists()
        self.client.post(address, {**sent, "is_other": "on"})
        assert Topic.objects.filter(name="Élection").exists()


class DeskTests(TopicActTestCase):
    def setUp(self):
        self.client.force_login(self.chief)
        self.topic = make_topic(name="Scrutins", slug="scrutins")
        self.into = make_topic(name="Élections", slug="elections")
        self.edition = make_edition(topics=[self.topic], headline="Le vote")

    def page(self, name, *args):
        return reverse(f"admin:articles_topic_{name}", args=[self.topic.pk, *args])

    def test_merge_shows_the_counts_then_the_moved_stories_and_is_undone_there(self):
        first = self.client.get(self.page("merge"), {"into": self.into.pk})
        self.assertContains(first, "1 article")
        self.assertContains(first, "1 édition publiée")
        assert not TopicAct.objects.exists()
        sent = {"into": self.into.pk, "reason": "Doublon"}
        done = self.client.post(self.page("merge"), sent, follow=True)
        self.assertContains(done, "Le vote")
        act = TopicAct.objects.get()
        undo = self.page("unmerge", act.pk)
        self.assertContains(self.client.get(self.page("history")), undo)
        self.client.post(undo)
        self.topic.refresh_from_db()
        assert self.topic.merged_into is None

    def test_form_opened_before_a_merge_files_under_the_other_topic(self):
        self.client.post(self.page("merge"), {"into": self.into.pk})
        widget = PickTopics(Article._meta.get_field("topics"), None)
        field = TopicsField(Topic.objects.all(), widget=widget)
        assert field.clean([str(self.topic.pk)]) == [self.into]

    def test_change_form_does_each_act(self):
        sent = {"name": "Votes", "label": "Court", "position": "3", "is_section": "on"}
        self.client.post(self.page("change"), {**sent, "parent": self.into.pk, "new_address": "on"})
        names = list(TopicAct.objects.order_by("pk").values_list("name", flat=True))
        assert names == ["rename", "place", "move"]
        self.assertContains(self.client.get(self.page("history")), "scrutins → votes")

    def test_merged_topic_can_not_be_changed(self):
        self.client.post(self.page("merge"), {"into": self.into.pk})
        response = self.client.post(self.page("change"), {"name": "Autre", "position": "0"})
        assert response.status_code == 403
