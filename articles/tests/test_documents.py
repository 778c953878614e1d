from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from ..wire.documents import DocumentError, Kind, parse

SHARED = Path(settings.BASE_DIR) / "fixtures/documents/000_9c827d228edb35af.txt"
LIST = "-\nUn titre\n-\nUn autre titre\n"
STORY = "Un titre\nUn paragraphe.\n- Un intertitre -\nLa suite.\nA.Dupont--AFP\n"


def parse_text(text):
    return parse(text.encode(), "essai.txt")


class SharedDocumentTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = SHARED.read_bytes()
        cls.document = parse(cls.data, SHARED.name)

    def test_every_line_becomes_exactly_one_thing(self):
        account = {
            Kind.MARK: 50,
            Kind.LISTED: 50,
            Kind.HEADLINE: 1,
            Kind.PARAGRAPH: 23,
            Kind.CROSSHEAD: 2,
            Kind.SIGNATURE: 1,
        }
        self.assertEqual(self.document.account, account)
        self.assertEqual(self.document.account.total(), len(self.data.decode().split("\n")))

    def test_headlines_keep_the_order_of_the_list(self):
        headlines = list(self.document.headlines)
        self.assertEqual(len(headlines), 50)
        self.assertEqual(
            headlines[0], "L'Urssaf réclame 1,7 milliard d'euros à Uber, révèle la Revue21"
        )
        self.assertEqual(
            headlines[49], "Budget: un ultime 49.3 dégainé en 13 secondes, épilogue lundi"
        )

    def test_story_under_a_listed_headline_is_that_article(self):
        [headline] = self.document.stories
        self.assertEqual(list(self.document.headlines).index(headline), 1)

    def test_signature_gives_byline_and_credit(self):
        [story] = self.document.stories.values()
        self.assertEqual((story.byline, story.credit), ("O.Ignatyev", "CPN"))

    def test_crossheads_lose_their_hyphens(self):
        [story] = self.document.stories.values()
        self.assertIn('<h2>Règles "équitables"</h2>', story.body)
        self.assertNotIn("- Millions", story.body)

    def test_text_is_kept_to_the_letter(self):
        [story] = self.document.stories.values()
        for line in self.data.decode().split("\n")[101:126]:
            with self.subTest(line=line):
                self.assertIn(line.strip("- "), story.body)

    def test_document_cut_at_any_line_is_refused(self):
        lines = self.data.splitlines(keepends=True)
        for length in range(len(lines)):
            with self.subTest(lines=length), self.assertRaises(DocumentError):
                parse(b"".join(lines[:length]), SHARED.name)


class DocumentTests(SimpleTestCase):
    def test_story_that_isnt_in_the_list_is_an_article_after_it(self):
        document = parse_text(LIST + STORY.replace("Un titre", "Un troisième titre"))
        self.assertEqual(
            list(document.headlines), ["Un titre", "Un autre titre", "Un troisième titre"]
        )

    def test_several_stories_may_follow_the_list(self):
        document = parse_text(LIST + STORY + "\n" + STORY.replace("Un titre", "Un autre titre"))
        self.assertEqual(list(document.stories), ["Un titre", "Un autre titre"])

    def test_dialogue_that_starts_with_a_dash_is_a_paragraph(self):
        for line in ("- Je pars, dit-elle.", "-Je pars-", "- Il hésita - puis partit."):
            with self.subTest(line=line):
                document = parse_text(STORY.replace("La suite.", line))
                self.assertIn(f"<p>{line}</p>", document.stories["Un titre"].body)

    def test_only_what_html_needs_is_escaped(self):
        document = parse_text(STORY.replace("La suite.", '"R&D" : 1 < 2 l\'été'))
        self.assertIn('<p>"R&amp;D" : 1 &lt; 2 l\'été</p>', document.stories["Un titre"].body)

    def test_signatures_have_many_shapes(self):
        for byline in ("J.-P.Martin", "Ch. O'Connor", "É.Le Goff", "A.Pérez"):
            with self.subTest(byline=byline):
                document = parse_text(STORY.replace("A.Dupont", byline))
                self.assertEqual(document.stories["Un titre"].byline, byline)

    def test_windows_line_ends_and_byte_order_mark_are_no_text(self):
        plain = parse_text(LIST + STORY)
        document = parse(b"\xef\xbb\xbf" + (LIST + STORY).replace("\n", "\r\n").encode(), "w.txt")
        self.assertEqual(document.headlines, plain.headlines)
        self.assertEqual(document.stories, plain.stories)


class RefusedDocumentTests(SimpleTestCase):
    def assert_refused(self, data, message):
        with self.assertRaises(DocumentError) as caught:
            parse(data, "essai.txt")
        self.assertEqual(str(caught.exception), f"essai.txt:{message}")

    def test_empty_file(self):
        for data in (b"", b"\n \n", b"\xef\xbb\xbf"):
            with self.subTest(data=data):
                self.assert_refused(data, "1: the document is empty")

    def test_bytes_that_arent_utf_8(self):
        data = b"-\n" + "Un titre coupé".encode("latin-1")
        self.assert_refused(data, "2: byte 0xe9 isn't UTF-8")

    def test_damaged_characters(self):
        data = STORY.replace("suite", "su\0ite").encode()
        self.assert_refused(data, "4: a character that no text holds")

    def test_list_without_stories_is_cut_off(self):
        self.assert_refused(LIST.encode(), "4: cut off: the last line isn't a signature")

    def test_story_without_signature_before_another_list(self):
        data = STORY.replace("A.Dupont--AFP", "-").encode()
        self.assert_refused(data, "5: a list mark inside a story, which was cut off: -")

    def test_list_mark_without_headline(self):
        self.assert_refused(
            ("-\n" + LIST + STORY).encode(), "2: no headline after the list mark above: -"
        )

    def test_list_after_a_story(self):
        self.assert_refused((STORY + LIST).encode(), "6: a list mark after a story: -")

    def test_headline_twice_in_the_list(self):
        data = (LIST + LIST + STORY).encode()
        self.assert_refused(data, "6: this headline stands twice: Un titre")

    def test_two_stories_under_one_headline(self):
        self.assert_refused((STORY + STORY).encode(), "6: this headline stands twice: Un titre")

    def test_story_without_text(self):
        data = b"Un titre\nA.Dupont--AFP\n"
        self.assert_refused(data, "2: a story without text: A.Dupont--AFP")

    def test_line_without_words(self):
        data = STORY.replace("La suite.", "* * *").encode()
        self.assert_refused(data, "4: a line without words: * * *")

    def test_crosshead_or_signature_in_place_of_a_headline(self):
        for line in ("- Un intertitre -", "A.Dupont--AFP", "x" * 251):
            with self.subTest(line=line):
                self.assert_refused(
                    f"-\nUn titre\n{line}\n".encode(),
                    f"3: neither a list mark nor a headline: {line[:60]}",
                )


class AnyDocumentTests(SimpleTestCase):
    @given(st.lists(st.sampled_from(["-", "", "- a -", "- a", "b", "A.B--CD", "***", "\x85c"])))
    def test_every_line_is_accounted_for_or_the_document_refused(self, lines):
        try:
            document = parse("\n".join([*lines, "A.B--CD"]).encode(), "essai.txt")
        except DocumentError:
            return
        self.assertEqual(document.account.total(), len(lines) + 1)

    @given(st.binary())
    def test_no_bytes_end_in_another_error(self, data):
        try:
            parse(data, "essai.txt")
        except DocumentError as error:
            self.assertRegex(str(error), r"^essai\.txt:\d+: ")
