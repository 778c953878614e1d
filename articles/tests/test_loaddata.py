import gzip
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from ..models import (
    Article,
    Author,
    Edition,
    EditionAuthor,
    EditionTopic,
    Revision,
    SiteState,
    Topic,
)
from ..wire.documents import parse
from .factories import make_author, make_edition, make_section, make_topic, save

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
DOCUMENT = FIXTURES / "documents/000_9c827d228edb35af.txt"


def load(*labels, **options):
    out = io.StringIO()
    call_command("loaddata", *labels, stdout=out, **options)
    return out.getvalue()


def everything():
    """Return every row of the newsroom's tables."""
    models = apps.get_app_config("articles").get_models()
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


class LoadTestCase(TestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, rows, name="essai.json"):
        path = self.folder / name
        path.write_text(json.dumps(rows), encoding="utf-8")
        return str(path)

    def assert_refused(self, message, *labels):
        """Assert that the load stops with one line that holds *message*, and changes nothing."""
        before = everything()
        with self.assertRaises(CommandError) as caught:
            load(*labels)
        self.assertIn(message, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))
        self.assertEqual(everything(), before)


class SeededSiteTests(LoadTestCase):
    @classmethod
    def setUpTestData(cls):
        load("topics", "newsroom")

    def assert_loading_again_changes_nothing(self):
        before = everything()
        load("topics", "newsroom")
        self.assertEqual(everything(), before)

    def test_fifty_editions_are_live_in_the_order_of_the_document(self):
        live = Edition.objects.live(timezone.now()).newest_first()
        headlines = parse(DOCUMENT.read_bytes(), DOCUMENT.name).headlines
        self.assertEqual([edition.headline for edition in live], list(headlines))

    def test_every_section_and_every_own_topic_lists_a_story(self):
        listed = set(EditionTopic.objects.live(timezone.now()).values_list("topic", flat=True))
        own = Topic.objects.filter(qcode="")
        self.assertLessEqual({topic.pk for topic in [*Topic.objects.sections(), *own]}, listed)

    def test_author_lists_the_signed_story(self):
        [row] = EditionAuthor.objects.live(timezone.now())
        self.assertEqual(row.author.name, "O.Ignatyev")
        self.assertEqual(row.edition.credit, "CPN")

    def test_again_changes_nothing(self):
        self.assert_loading_again_changes_nothing()

    def test_again_changes_nothing_after_topic_and_author_were_renamed(self):
        Topic.objects.filter(name="Cuba").update(name="République de Cuba", slug="republique")
        Author.objects.update(name="Oleg Ignatyev", job="Correspondant")
        self.assert_loading_again_changes_nothing()

    def test_again_changes_nothing_beside_the_papers_own_stories(self):
        make_edition(topics=[Topic.objects.get(name="Cuba")], authors=[make_author()])
        self.assert_loading_again_changes_nothing()

    def test_again_changes_nothing_after_a_save_without_change(self):
        save(Article.objects.first())
        self.assert_loading_again_changes_nothing()

    def test_edited_story_stops_the_load(self):
        article = Article.objects.get(headline__startswith="Cinq choses")
        save(article, headline="Six choses à savoir sur le Costa Rica")
        self.assert_refused(
            f"newsroom: articles.article {article.uuid} (Cinq choses à savoir sur le Costa Rica): "
            "the desk has another headline. Nothing was loaded.",
            "newsroom",
        )

    def test_ended_edition_stops_the_load(self):
        edition = Edition.objects.first()
        Edition.objects.filter(pk=edition.pk).update(live_until=timezone.now())
        self.assert_refused(
            f"newsroom: articles.edition {edition.article.uuid}/1 ({edition.headline}): "
            "the desk has another live_until.",
            "topics",
            "newsroom",
        )

    def test_topic_taken_out_of_a_story_isnt_put_back(self):
        article = Article.objects.get(headline__startswith="Cinq choses")
        article.article_topics.all().delete()
        self.assert_refused("the desk took it out of the story", "newsroom")

    def test_nothing_that_came_before_the_refused_row_is_kept(self):
        rows = json.loads((FIXTURES / "newsroom.json").read_text(encoding="utf-8"))
        [author] = [row for row in rows if row["model"] == "articles.author"]
        author["fields"] |= {"name": "Une autre", "slug": "une-autre"}
        edited = next(row for row in rows if row["model"] == "articles.article")
        edited["fields"]["kicker"] = "Budget"
        self.assert_refused("the desk has another kicker", self.write([author, edited]))


class NewRowsTests(LoadTestCase):
    def rows(self, **changes):
        """Return a story of one paragraph as a fixture, with its own section."""
        edition = make_edition(
            section=make_section(name="Essais"), topics=[make_topic(name="Essai")], **changes
        )
        rows = self.dump()
        EditionTopic.objects.all().delete()
        Edition.objects.all().delete()
        edition.article.delete()
        Topic.objects.all().delete()
        return rows

    def dump(self):
        out = io.StringIO()
        keys = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
        call_command("dumpdata", "articles", exclude=["articles.user"], stdout=out, **keys)
        return json.loads(out.getvalue())

    def test_dumped_story_comes_back_with_its_lists(self):
        load(self.write(self.rows(headline="Un titre", body="<p>Un texte.</p>")))
        [edition] = Edition.objects.live(timezone.now())
        self.assertEqual(edition.headline, "Un titre")
        self.assertEqual(
            {row.topic.name for row in EditionTopic.objects.live(timezone.now())},
            {"Essais", "Essai"},
        )

    def test_new_rows_move_the_version_of_the_site_once(self):
        path = self.write(self.rows())
        SiteState.objects.all().delete()
        SiteState.objects.create(pk=1, version=7)
        load(path)
        self.assertEqual(SiteState.objects.get().version, 8)

    def test_planned_edition_tells_when_the_site_changes(self):
        rows = self.rows()
        [edition] = [row["fields"] for row in rows if row["model"] == "articles.edition"]
        edition["live_from"] = edition["ends_at"] = "2999-01-01T00:00:00Z"
        load(self.write(rows))
        self.assertIn("2999-01-01T00:00:00.000000+00:00", SiteState.objects.get().instants)

    def test_scripts_in_a_fixture_are_cleaned_before_they_are_stored(self):
        """E22."""
        dirty = '<p onclick="x()">Un <a href="javascript:x()">lien</a>.</p><script>x()</script>'
        rows = self.rows()
        for row in rows:
            fields = row["fields"]
            for name in {"body", "body_html"} & fields.keys():
                fields[name] = dirty
            if "snapshot" in fields:
                fields["snapshot"]["body"] = dirty
        path = self.write(rows)
        load(path)
        article, revision = Article.objects.get(), Revision.objects.get()
        for text in (article.body, revision.snapshot["body"], Edition.objects.get().body_html):
            self.assertNotIn("x()", text)
            self.assertIn("lien", text)
        self.assertEqual(Revision.take(article).digest, revision.digest)
        self.assertIn("Installed 0 object(s)", load(path))

    def test_papers_own_topic_of_the_same_name_stops_the_load(self):
        make_topic(name="Cuba")
        self.assert_refused("(Cuba): another one already has the name Cuba.", "topics")

    def test_stories_without_their_topics_stop_the_load(self):
        self.assert_refused("If it needs another fixture, load that one first.", "newsroom")

    def test_second_edition_in_force_stops_the_load(self):
        rows = self.rows()
        path = self.write(rows)
        load(path)
        [edition] = [row for row in rows if row["model"] == "articles.edition"]
        edition["fields"]["number"] = 2
        self.assert_refused("edition_no_overlap", self.write(rows, "second.json"))

    def test_row_that_isnt_what_its_model_holds_stops_the_load(self):
        rows = self.rows()
        [article] = [row["fields"] for row in rows if row["model"] == "articles.article"]
        article["created_at"] = "hier"
        self.assert_refused("hier", self.write(rows))


class DjangosOwnTests(LoadTestCase):
    def group(self, pk, name):
        return {"model": "auth.group", "pk": pk, "fields": {"name": name, "permissions": []}}

    def test_rows_of_other_apps_are_overwritten(self):
        group = Group.objects.create(name="Rédaction")
        load(self.write([self.group(group.pk, "Secrétariat")]))
        self.assertEqual(Group.objects.get(pk=group.pk).name, "Secrétariat")

    def test_compressed_fixture_is_read(self):
        path = self.folder / "essai.json.gz"
        path.write_bytes(gzip.compress(json.dumps([self.group(900, "Photo")]).encode()))
        load(str(path))
        self.assertTrue(Group.objects.filter(name="Photo").exists())

    def test_standard_input_is_read(self):
        with mock.patch("sys.stdin", io.StringIO(json.dumps([self.group(900, "Photo")]))):
            load("-", format="json")
        self.assertTrue(Group.objects.filter(name="Photo").exists())

    def test_excluded_models_are_left_out(self):
        load("topics", "newsroom", exclude=["articles.edition"])
        self.assertFalse(Edition.objects.exists())
        self.assertEqual(Article.objects.count(), 50)

    def test_fixture_that_isnt_there_is_named(self):
        with self.assertRaisesMessage(CommandError, "No fixture named 'absent' found."):
            load("absent")
