"""Topics and authors at the desk: found while typing, made once, seen by readers at once."""

from django.test import TestCase
from django.urls import reverse

from ..models import EditionTopic, SiteState, Topic
from .factories import make_article, make_author, make_edition, make_topic, make_user
from .test_desk_articles import ADD, DESK, DeskTestCase

SEARCH = reverse("admin:articles_topic_search")
FIELD = {"app_label": "articles", "model_name": "article", "field_name": "topics"}


class TopicSearchTests(DeskTestCase):
    def found(self, term):
        response = self.client.get(SEARCH, {**FIELD, "term": term})
        return [row["text"] for row in response.json()["results"]]

    def test_accents_case_ligatures_and_apostrophes_do_not_matter(self):
        """E21"""
        make_topic(name="Élections européennes", slug="elections-europeennes")
        make_topic(name="Œuvre d’art", slug="oeuvre-d-art")
        assert self.found("elections") == ["Élections européennes"]
        assert self.found("ÉLECTIONS EURO") == ["Élections européennes"]
        assert self.found("oeuvre") == self.found("œuvre") == ["Œuvre d’art"]
        assert self.found("d'art") == ["Œuvre d’art"]

    def test_topics_that_begin_with_the_word_come_first(self):
        make_topic(name="Art et sport", slug="art-et-sport")
        make_topic(name="Sport automobile", slug="sport-automobile")
        assert self.found("sport") == ["Sport automobile", "Art et sport"]

    def test_each_topic_shows_its_path(self):
        top = make_topic(name="Société")
        make_topic(
            name="Immigration", slug="immigration", parent=make_topic(name="Population", parent=top)
        )
        (row,) = self.client.get(SEARCH, {**FIELD, "term": "immigration"}).json()["results"]
        assert row["path"] == "Société › Population"

    def test_merged_topic_is_not_found(self):
        make_topic(name="Vieux", slug="vieux", merged_into=make_topic())
        assert self.found("vieux") == []

    def test_odd_input_finds_nothing(self):
        for term in ("’", "%", "  ", "\\"):
            with self.subTest(term=term):
                assert self.client.get(SEARCH, {**FIELD, "term": term}).status_code == 200

    def test_query_count_does_not_grow_with_the_depth_of_the_tree(self):
        topic = None
        for depth in range(6):
            topic = make_topic(name=f"Niveau {depth}", slug=f"niveau-{depth}", parent=topic)
        # session, user, 2 permissions, close names, count, topics, paths
        with self.assertNumQueries(8):
            self.found("niveau")


class NewTopicTests(DeskTestCase):
    def used(self):
        return [topic.name for topic in Topic.objects.filter(article_topics__isnull=False)]

    def test_known_name_typed_with_other_accents_makes_no_twin(self):
        make_topic(name="Élections", slug="elections")
        self.client.force_login(make_user("articles.add_topic", *DESK))
        self.send(self.open(), topics=["+elections"])
        assert self.used() == ["Élections"]

    def test_new_name_becomes_one_of_the_newsrooms_own(self):
        self.client.force_login(make_user("articles.add_topic", *DESK))
        self.send(self.open(), topics=["+Côte d’Ivoire, nord"])
        topic = Topic.objects.get(name="Côte d’Ivoire, nord")
        assert (topic.qcode, topic.slug) == ("", "cote-d-ivoire-nord")

    def test_new_name_is_refused_without_the_right_and_stays_in_the_form(self):
        response = self.send(self.open(), topics=["+Inventé"])
        self.assert_refused(response, "n’avez pas le droit d’en créer")
        self.assertContains(response, '<option value="+Inventé" selected>')
        assert not Topic.objects.filter(name="Inventé").exists()

    def test_invalid_form_makes_no_topic(self):
        self.client.force_login(make_user("articles.add_topic", *DESK))
        self.send(self.open(), topics=["+Trop tôt"], section="999999")
        assert not Topic.objects.filter(name="Trop tôt").exists()

    def test_who_may_not_make_topics_is_not_offered_it(self):
        self.assertContains(self.client.get(ADD), 'data-creates="no"')


class TopicFormTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user(is_superuser=True)

    def setUp(self):
        self.client.force_login(self.chief)

    def send(self, topic, **changes):
        fields = {"name": topic.name, "label": topic.label, "position": topic.position}
        address = reverse("admin:articles_topic_change", args=[topic.pk])
        sent = {**fields, "parent": topic.parent_id or "", **changes}
        return self.client.post(address, sent)

    def test_change_makes_a_new_state_of_the_public_site(self):
        """E26"""
        topic = make_topic()
        before = SiteState.objects.values_list("version", flat=True).first() or 0
        self.send(topic, label="Court")
        assert SiteState.objects.get().version > before

    def test_address_and_key_survive_a_new_name(self):
        topic = make_topic(name="Ancien", slug="ancien")
        self.send(topic, name="Nouveau", slug="nouveau")
        renamed = Topic.objects.get(name="Nouveau")
        assert (renamed.slug, renamed.uuid) == ("ancien", topic.uuid)

    def test_topic_cannot_stand_above_itself(self):
        topic = make_topic()
        below = make_topic(parent=topic)
        response = self.send(topic, parent=below.pk)
        self.assertContains(response, "ne peut pas être au-dessus de lui-même")

    def test_twin_of_another_topic_is_refused_by_name(self):
        make_topic(name="Élections", slug="elections")
        sent = {"name": "elections", "position": "0"}
        response = self.client.post(reverse("admin:articles_topic_add"), sent)
        self.assertContains(response, "Le sujet « Élections » existe déjà.")

    def test_moved_topic_takes_its_stories_along(self):
        topic, parent = make_topic(), make_topic()
        edition = make_edition(article=make_article(topics=[topic]))
        self.send(topic, parent=parent.pk)
        assert EditionTopic.objects.get(edition=edition, topic=parent).is_direct is False

    def test_used_topic_is_not_deleted(self):
        """E16"""
        topic = make_topic()
        make_article(topics=[topic])
        address = reverse("admin:articles_topic_delete", args=[topic.pk])
        self.client.post(address, {"post": "yes"})
        assert Topic.objects.filter(pk=topic.pk).exists()


class AuthorTests(DeskTestCase):
    def test_author_is_found_without_accents(self):
        make_author(name="Zoé Lefèvre", slug="zoe-lefevre")
        self.client.force_login(make_user("articles.view_author", *DESK))
        field = {"app_label": "articles", "model_name": "articleauthor", "field_name": "author"}
        response = self.client.get(reverse("admin:autocomplete"), {**field, "term": "zoe lefevre"})
        assert [row["text"] for row in response.json()["results"]] == ["Zoé Lefèvre"]
