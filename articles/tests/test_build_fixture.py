import json
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command

from .. import fixture
from .test_topics_fixture import TablesTestCase

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
DOCUMENT = FIXTURES / "documents/000_9c827d228edb35af.txt"
STORY = "-\nUn titre\nUn titre\nUn paragraphe.\nA.Dupont--AFP\n"


class BuildFixtureTestCase(TablesTestCase):
    """Tests without a database: touching it is an error here."""

    def setUp(self):
        super().setUp()
        self.output = self.folder / "built.json"

    def build(self, *documents, **options):
        out = StringIO()
        call_command("build_fixture", *documents, output=self.output, stdout=out, **options)
        return out.getvalue()

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def rows(self, model):
        rows = json.loads(self.output.read_text(encoding="utf-8"))
        return [row["fields"] for row in rows if row["model"] == f"articles.{model}"]


class SharedDocumentFixtureTests(BuildFixtureTestCase):
    def test_committed_fixture_is_what_the_document_gives(self):
        self.output = FIXTURES / "newsroom.json"
        self.build(DOCUMENT, check=True)

    def test_two_builds_are_the_same_to_the_byte(self):
        self.build(DOCUMENT)
        first = self.output.read_bytes()
        self.build(DOCUMENT)
        self.assertEqual(self.output.read_bytes(), first)

    def test_account_says_what_every_line_became(self):
        account = self.build(DOCUMENT)
        self.assertIn(f"{DOCUMENT}: 127 lines\n", account)
        for line in (
            "50 list marks",
            "50 headlines in the list",
            "1 story headlines",
            "23 paragraphs",
            "2 crossheads",
            "1 signatures",
            "50 stories, 49 of them briefs",
        ):
            self.assertIn(f"{line}\n", account)

    def test_first_headline_is_the_newest_and_the_last_row(self):
        self.build(DOCUMENT)
        editions = self.rows("edition")
        times = [edition["live_from"] for edition in editions]
        self.assertEqual(times, sorted(times))
        self.assertEqual(
            editions[-1]["headline"],
            "L'Urssaf réclame 1,7 milliard d'euros à Uber, révèle la Revue21",
        )
        self.assertEqual(times[-1], "2026-02-02T07:00:00Z")

    def test_headlines_without_text_are_briefs_with_nothing_invented(self):
        self.build(DOCUMENT)
        briefs = [article for article in self.rows("article") if not article["body"]]
        self.assertEqual(len(briefs), 49)
        for name in ("kicker", "standfirst", "dateline", "credit"):
            self.assertEqual({brief[name] for brief in briefs}, {""})

    def test_story_is_signed_as_sent(self):
        self.build(DOCUMENT)
        [edition] = [edition for edition in self.rows("edition") if edition["body_html"]]
        self.assertEqual([part["name"] for part in edition["byline"]], ["O.Ignatyev"])
        self.assertEqual(edition["credit"], "CPN")

    def test_no_row_has_a_primary_key(self):
        self.build(DOCUMENT)
        rows = json.loads(self.output.read_text(encoding="utf-8"))
        self.assertFalse([row for row in rows if "pk" in row])


class BuildFixtureTests(BuildFixtureTestCase):
    def setUp(self):
        super().setUp()
        for headline in ("Un titre", "Un autre titre"):
            self.append("headline-topics.tsv", headline, "Monde", "Cuba")

    def test_stories_of_several_documents_follow_each_other_in_time(self):
        first = self.write("1.txt", STORY)
        second = self.write("2.txt", STORY.replace("Un titre", "Un autre titre"))
        self.build(first, second, newest="2026-01-01T10:00:00+00:00")
        self.assertEqual(
            [(edition["headline"], edition["live_from"]) for edition in self.rows("edition")],
            [
                ("Un autre titre", "2026-01-01T09:45:00Z"),
                ("Un titre", "2026-01-01T10:00:00Z"),
            ],
        )

    def test_edition_shows_the_revision_that_it_names(self):
        self.build(self.write("1.txt", STORY))
        [revision], [edition] = self.rows("revision"), self.rows("edition")
        self.assertEqual(edition["revision"], [*revision["article"], revision["number"]])
        self.assertEqual(edition["body_html"], revision["snapshot"]["body"])

    def test_check_fails_on_another_text_and_writes_nothing(self):
        path = self.write("1.txt", STORY)
        self.build(path)
        before = self.output.read_bytes()
        path.write_text(STORY.replace("paragraphe", "alinéa"), encoding="utf-8")
        with self.assertRaisesMessage(CommandError, "isn't what build_fixture gives"):
            self.build(path, check=True)
        self.assertEqual(self.output.read_bytes(), before)


class RefusedFixtureTests(BuildFixtureTestCase):
    def assert_refused(self, message, *documents, **options):
        """Assert one line that says why, and that the file there keeps its content."""
        self.output.write_text("as before", encoding="utf-8")
        files = set(self.folder.iterdir())
        with self.assertRaises(CommandError) as caught:
            self.build(*documents, **options)
        self.assertEqual(str(caught.exception), message)
        self.assertEqual(self.output.read_text(encoding="utf-8"), "as before")
        self.assertEqual(set(self.folder.iterdir()), files)

    def test_empty_file(self):
        path = self.write("vide.txt", "")
        self.assert_refused(f"{path}:1: the document is empty", path)

    def test_truncated_document(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        path = self.write("coupé.txt", text[:-10])
        self.assert_refused(f"{path}:127: cut off: the last line isn't a signature", path)

    def test_bytes_that_arent_utf_8(self):
        path = self.folder / "latin.txt"
        path.write_bytes(DOCUMENT.read_text(encoding="utf-8").replace("’", "'").encode("latin-1"))
        self.assert_refused(f"{path}:2: byte 0xe9 isn't UTF-8", path)

    def test_headline_in_two_documents(self):
        self.append("headline-topics.tsv", "Un titre", "Monde", "Cuba")
        first, second = self.write("1.txt", STORY), self.write("2.txt", STORY)
        self.assert_refused(f"{second}:2: this headline stands twice: Un titre", first, second)

    def test_headline_without_topics(self):
        path = self.write("1.txt", STORY)
        self.assert_refused(f"{path}:2: no row in headline-topics.tsv: Un titre", path)

    def test_unknown_topic(self):
        line = self.append("headline-topics.tsv", "Un titre", "Monde", "medtop:1")
        path = self.write("1.txt", STORY)
        self.assert_refused(f"headline-topics.tsv:{line}: unknown topic medtop:1", path)

    def test_document_that_isnt_there(self):
        path = self.folder / "absent.txt"
        self.assert_refused(f"[Errno 2] No such file or directory: '{path}'", path)

    def test_time_without_offset(self):
        self.assert_refused(
            "--newest: 2026-02-02T08:00 has no offset, as +01:00",
            DOCUMENT,
            newest="2026-02-02T08:00",
        )

    def test_time_that_is_none(self):
        self.assert_refused(
            "--newest: demain is no time as 2026-02-02T08:00:00+01:00", DOCUMENT, newest="demain"
        )

    def test_interrupted_writing_leaves_the_file_as_it_was(self):
        self.output.write_text("as before", encoding="utf-8")
        with self.assertRaises(UnicodeEncodeError):
            fixture.replace(self.output, "half a file \ud800")
        self.assertEqual(self.output.read_text(encoding="utf-8"), "as before")
        self.assertFalse(self.output.with_name("built.json.new").exists())
