import json
from io import StringIO
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, override_settings

from ..wire.tables import TableError
from ..wire.topics import read_filings, read_topics

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
TABLES = ("iptc-mediatopics.tsv", "newsroom-topics.tsv", "headline-topics.tsv")


class TablesTestCase(SimpleTestCase):
    """Tests that change a copy of the tables."""

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in TABLES:
            copy(FIXTURES / name, self.folder)
        self.enterContext(override_settings(FIXTURE_DIRS=[self.folder]))

    def append(self, name, *values):
        """Add a row to a table and return its line number."""
        path = self.folder / name
        with path.open("a", encoding="utf-8") as table:
            table.write("\t".join(values) + "\n")
        return len(path.read_text(encoding="utf-8").splitlines())

    def read_topics(self):
        return read_topics(self.folder)


class TopicTreeTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topics = read_topics(FIXTURES)

    def test_names_and_addresses_are_unique(self):
        for word in ("name", "slug"):
            values = {getattr(row, word).casefold() for row in self.topics.values()}
            self.assertEqual(len(values), len(self.topics))

    def test_topics_of_one_name_are_parted_by_a_parent(self):
        for qcode, name in {
            "medtop:20000213": "Pêche (agriculture)",
            "medtop:20000561": "Pêche (activités récréatives)",
            "medtop:20000315": "Télévision (secteurs économiques)",
            "medtop:20000172": "Comptabilité et audit (vie des entreprises)",
            "medtop:20000272": "Comptabilité et Audit (services)",
        }.items():
            self.assertEqual(self.topics[qcode].name, name)

    def test_readers_see_the_name_without_the_parent(self):
        self.assertEqual(self.topics["medtop:20000213"].label, "Pêche")

    def test_capitals_have_their_accents(self):
        for qcode, name in {
            "medtop:20000574": "Élections",
            "medtop:20000610": "Chef de l'État",
            "medtop:20000698": "Église",
            "medtop:20000509": "Emploi",
            "medtop:20000887": "Escalade",
        }.items():
            self.assertEqual(self.topics[qcode].name, name)

    def test_addresses_part_elisions_and_spell_ligatures_out(self):
        self.assertEqual(self.topics["medtop:20000610"].slug, "chef-de-l-etat")
        self.assertEqual(self.topics["medtop:20000014"].slug, "oeuvre-theatrale")

    def test_sections_have_short_addresses(self):
        sections = sorted(
            (row for row in self.topics.values() if row.is_section), key=lambda row: row.position
        )
        self.assertEqual(
            [row.slug for row in sections],
            [
                "monde",
                "politique",
                "economie",
                "social",
                "societe",
                "environnement",
                "sciences",
                "culture",
                "sport",
            ],
        )

    def test_parents_come_first(self):
        seen = {""}
        for row in self.topics.values():
            self.assertIn(row.parent, seen)
            seen.add(row.key)

    def test_every_headline_is_filed_and_every_section_has_one(self):
        filings = read_filings(FIXTURES, self.topics)
        self.assertEqual(len(filings), 50)
        self.assertEqual(
            {filing.section for filing in filings.values()},
            {row.key for row in self.topics.values() if row.is_section},
        )

    def test_every_own_topic_is_of_use(self):
        used = {
            key for filing in read_filings(FIXTURES, self.topics).values() for key in filing.topics
        }
        used |= {row.parent for row in self.topics.values()}
        own = {row.key for row in self.topics.values() if not row.qcode and not row.is_section}
        self.assertEqual(own - used, set())


class RefusedTableTests(TablesTestCase):
    def assert_refused(self, message):
        with self.assertRaises(TableError) as caught:
            read_filings(self.folder, self.read_topics())
        self.assertEqual(str(caught.exception), message)

    def test_row_with_too_few_columns(self):
        line = self.append("newsroom-topics.tsv", "", "Lyon")
        self.assert_refused(f"newsroom-topics.tsv:{line}: 2 columns instead of 5")

    def test_table_with_other_columns(self):
        (self.folder / "newsroom-topics.tsv").write_text("code\tnom\n")
        self.assert_refused(
            "newsroom-topics.tsv:1: the columns must be qcode, name, parent, label, section"
        )

    def test_bytes_that_arent_utf_8(self):
        path = self.folder / "headline-topics.tsv"
        path.write_bytes(path.read_bytes() + b"\xe9\n")
        self.assert_refused("headline-topics.tsv:52: bytes that aren't UTF-8")

    def test_own_topic_that_is_there_already(self):
        line = self.append("newsroom-topics.tsv", "", "Cuba", "", "", "")
        self.assert_refused(f"newsroom-topics.tsv:{line}: this topic has no name of its own: Cuba")

    def test_own_topic_that_differs_from_another_by_accents_only(self):
        line = self.append("newsroom-topics.tsv", "", "Perou", "", "", "")
        with self.assertRaisesMessage(
            TableError, f"newsroom-topics.tsv:{line}: Perou is called as"
        ):
            self.read_topics()

    def test_unknown_code(self):
        line = self.append("newsroom-topics.tsv", "medtop:99999999", "", "", "", "")
        self.assert_refused(f"newsroom-topics.tsv:{line}: unknown topic medtop:99999999")

    def test_unknown_parent(self):
        line = self.append("newsroom-topics.tsv", "", "Lyon", "Rhône", "", "")
        self.assert_refused(f"newsroom-topics.tsv:{line}: unknown parent Rhône")

    def test_topic_above_itself(self):
        line = self.append("newsroom-topics.tsv", "", "Lyon", "Rhône", "", "")
        self.append("newsroom-topics.tsv", "", "Rhône", "Lyon", "", "")
        self.assert_refused(f"newsroom-topics.tsv:{line}: Lyon stands above itself")

    def test_place_of_a_section_that_is_no_number(self):
        line = self.append("newsroom-topics.tsv", "", "Lyon", "", "", "premier")
        self.assert_refused(
            f"newsroom-topics.tsv:{line}: the place of a section must be a number: premier"
        )

    def test_headline_under_an_unknown_topic(self):
        line = self.append("headline-topics.tsv", "Un titre", "Monde", "Cuba, Lune")
        self.assert_refused(f"headline-topics.tsv:{line}: unknown topic Lune")

    def test_headline_in_a_topic_that_is_no_section(self):
        line = self.append("headline-topics.tsv", "Un titre", "Cuba", "Cuba")
        self.assert_refused(f"headline-topics.tsv:{line}: Cuba isn't a section")

    def test_headline_with_no_topic_too_many_or_one_twice(self):
        for topics in ("", "Cuba, Cuba", "Cuba, Chine, Iran, Syrie, Soudan"):
            with self.subTest(topics=topics):
                self.setUp()
                line = self.append("headline-topics.tsv", "Un titre", "Monde", topics)
                self.assert_refused(
                    f"headline-topics.tsv:{line}: a headline has one to 4 topics, each once"
                )

    def test_headline_filed_twice(self):
        for _ in range(2):
            line = self.append("headline-topics.tsv", "Un titre", "Monde", "Cuba")
        self.assert_refused(f"headline-topics.tsv:{line}: this headline stands twice: Un titre")


class BuildTopicsTests(TablesTestCase):
    def build(self, *args):
        out = StringIO()
        call_command("build_topics", *args, stdout=out)
        return out.getvalue()

    def test_committed_fixture_is_what_the_tables_give(self):
        with override_settings(FIXTURE_DIRS=[FIXTURES]):
            self.build("--check")

    def test_rows_name_each_other_without_primary_keys(self):
        self.build()
        rows = json.loads((self.folder / "topics.json").read_text(encoding="utf-8"))
        self.assertEqual({row["model"] for row in rows}, {"articles.topic"})
        self.assertFalse([row for row in rows if "pk" in row])
        uuids = {row["fields"]["uuid"] for row in rows}
        self.assertLessEqual(
            {row["fields"]["parent"][0] for row in rows if row["fields"]["parent"]}, uuids
        )

    def test_check_fails_when_a_table_changed_and_writes_nothing(self):
        self.build()
        before = (self.folder / "topics.json").read_bytes()
        self.append("newsroom-topics.tsv", "", "Lyon", "", "", "")
        with self.assertRaisesMessage(CommandError, "isn't what build_topics gives"):
            self.build("--check")
        self.assertEqual((self.folder / "topics.json").read_bytes(), before)

    def test_faulty_table_writes_nothing(self):
        self.append("newsroom-topics.tsv", "", "Lyon")
        with self.assertRaisesMessage(CommandError, "2 columns instead of 5"):
            self.build()
        self.assertFalse((self.folder / "topics.json").exists())
