"""What readers see of a story's past: its versions, their differences, its corrections."""

from datetime import timedelta
from unittest import mock
from xml.etree import ElementTree

from django.test import TestCase
from django.utils import timezone

from ..differences import blocks_of, compare, compare_words
from ..models import Edition, Meaning
from ..publishing import correct, publish, reinstate, seal, withdraw
from .factories import make_article, make_edition, make_section, make_user, save, show_first_page

HOUR = timedelta(hours=1)
TEXT = "<p>Le pont mesure dix mètres.</p>"


class PastTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)

    def publish(self, article, **changes):
        """Publish *article* with *changes*; "meaning", "note", "at" and "plan" go to the act."""
        names = ("meaning", "note", "at", "plan")
        options = {name: changes.pop(name) for name in names if name in changes}
        revision = save(article, **changes)
        return publish(article, revision=revision.number, by=self.editor, **options)

    def correct(self, article, note, **changes):
        revision = save(article, **changes)
        return correct(article, revision=revision.number, by=self.editor, note=note)

    def reinstate(self, article, **changes):
        revision = save(article, **changes)
        return reinstate(article, revision=revision.number, by=self.editor)

    def address(self, article, rest="versions/"):
        shown = Edition.objects.went_live(timezone.now()).exclude(slug="")
        edition = shown.filter(article=article).latest("number")
        return edition.get_absolute_url() + rest

    def get(self, article, rest="versions/"):
        return self.client.get(self.address(article, rest))


class VersionsPageTests(PastTests):
    def test_first_publication_updates_and_corrections_are_told_newest_first(self):
        """E4"""
        article = make_article(body=TEXT)
        self.publish(article)
        self.publish(article, headline="Le pont rouvre", note="Avec la date.")
        self.correct(article, "Il mesure vingt mètres.", body="<p>Vingt.</p>")
        response = self.get(article)
        told = [version.edition.meaning for version in response.context["versions"]]
        assert told == [Meaning.CORRECTION, Meaning.UPDATE, Meaning.FIRST]
        for text in ("Première publication", "Avec la date.", "Il mesure vingt mètres."):
            self.assertContains(response, text)

    def test_silent_fix_is_not_told_and_leaves_no_gap_in_addresses(self):
        article = make_article(headline="Avant", body=TEXT)
        self.publish(article)
        self.publish(article, headline="Retouche", meaning=Meaning.SILENT)
        self.publish(article, headline="Après")
        response = self.get(article)
        assert [version.number for version in response.context["versions"]] == [2, 1]
        self.assertNotContains(response, "Retouche")
        assert self.get(article, "versions/1-2/").status_code == 200
        assert self.get(article, "versions/2-3/").status_code == 404

    def test_plan_and_cancelled_plan_are_not_told(self):
        """E8"""
        article = make_article(body=TEXT)
        self.publish(article)
        later = timezone.now() + HOUR
        self.publish(article, headline="Inédit annulé", at=later)
        self.publish(article, headline="Inédit prévu", at=later, plan="cancel")
        response = self.get(article)
        assert len(response.context["versions"]) == 1
        self.assertNotContains(response, "Inédit")
        assert self.get(article, "versions/1-2/").status_code == 404

    def test_sealed_edition_is_not_told_and_the_others_keep_their_addresses(self):
        article = make_article(headline="Premier", body=TEXT)
        sealed = self.publish(article)
        self.publish(article, headline="Deuxième")
        self.publish(article, headline="Troisième")
        seal(sealed, by=self.editor, reason="Jugement.")
        response = self.get(article)
        assert [version.number for version in response.context["versions"]] == [3, 2]
        assert self.get(article, "versions/1-2/").status_code == 404
        self.assertContains(self.get(article, "versions/2-3/"), "Deuxième")

    def test_withdrawn_story_answers_410_with_its_notice(self):
        """E5"""
        article = make_article(headline="Titre retiré", body=TEXT)
        self.publish(article)
        self.publish(article, body="<p>Autre.</p>")
        withdraw(article, by=self.editor, note="Décision de justice.")
        for page in ("versions/", "versions/1-2/"):
            response = self.get(article, page)
            self.assertContains(response, "Décision de justice.", status_code=410)
            self.assertNotContains(response, "Titre retiré", status_code=410)

    def test_text_that_was_withdrawn_stays_so_when_the_story_is_back(self):
        article = make_article(headline="Retiré", body=TEXT)
        first = self.publish(article)
        withdraw(article, by=self.editor, note="Erreur.")
        again = self.reinstate(article, headline="Remis", body="<p>Autre.</p>")
        self.publish(article, headline="Complété")
        response = self.get(article)
        told = [version.edition.meaning for version in response.context["versions"]]
        assert told == [Meaning.UPDATE, Meaning.REINSTATEMENT, Meaning.FIRST]
        self.assertContains(response, "Ce texte a été retiré")
        assert self.get(article, "versions/1-2/").status_code == 404
        assert self.get(article, "versions/1-3/").status_code == 404
        assert self.get(article, "versions/2-3/").status_code == 200
        assert again.published_at == first.published_at

    def test_story_that_was_never_live_answers_404(self):
        """E5"""
        planned = make_edition(live_from=timezone.now() + HOUR)
        for article in (planned.article_id, 10**6):
            for page in ("", "1-2/"):
                address = f"/articles/{article}/titre/versions/{page}"
                assert self.client.get(address).status_code == 404

    def test_other_slug_moves_in_one_hop_and_keeps_the_query(self):
        """E6"""
        article = make_article(body=TEXT)
        self.publish(article)
        self.publish(article, body="<p>Autre.</p>")
        for page in ("versions/", "versions/1-2/"):
            response = self.client.get(f"/articles/{article.pk}/autre/{page}?a=1")
            target = self.address(article, page)
            self.assertRedirects(response, f"{target}?a=1", status_code=301)

    def test_query_count(self):
        """E24"""
        article = make_article(body=TEXT)
        for number in range(6):
            self.publish(article, headline=f"Titre {number}")
        show_first_page()
        with self.assertNumQueries(2):  # state, editions
            self.get_as_reader(article, "versions/")
        with self.assertNumQueries(3):  # state, editions, the two texts
            self.get_as_reader(article, "versions/1-6/")

    def get_as_reader(self, article, page):
        assert self.client.get(f"/articles/{article.pk}/titre-0/{page}").status_code == 200

    def test_story_leads_to_its_versions_once_there_is_something_to_see(self):
        article = make_article(body=TEXT)
        self.publish(article)
        self.assertNotContains(self.get(article, ""), "versions/")
        self.publish(article, body="<p>Autre.</p>")
        self.assertContains(self.get(article, ""), f'<a href="{self.address(article)}">mis à jour')

    def test_only_get_and_head_are_answered(self):
        article = make_article(body=TEXT)
        self.publish(article)
        addresses = [self.address(article), self.address(article, "versions/1-2/")]
        for address in [*addresses, "/rectificatifs/", "/archives/", "/flux/", "/flux/une.atom"]:
            assert self.client.post(address).status_code == 405


class DifferencesPageTests(PastTests):
    def test_changed_words_are_marked_in_headline_and_text_and_escaped(self):
        article = make_article(headline="Le pont de 10 m", body=TEXT)
        self.publish(article)
        self.publish(
            article,
            headline="Le pont de 20 m",
            body="<p>Le pont mesure &lt;b&gt; vingt mètres.</p>",
        )
        response = self.get(article, "versions/1-2/")
        self.assertContains(response, "Le pont de <del>10</del><ins>20</ins> m")
        self.assertContains(response, "Le pont mesure <del>dix</del><ins>&lt;b&gt; vingt</ins>")
        self.assertContains(response, "noindex, follow")

    def test_update_without_a_difference_in_the_text_says_so(self):
        article = make_article(body=TEXT)
        self.publish(article)
        self.publish(article, dateline="Lyon")
        page = self.get(article, "versions/1-2/")
        self.assertContains(page, "n’ont pas changé")
        self.assertContains(page, "<ins>Lyon</ins>")

    def test_signature_and_credit_that_changed_are_shown(self):
        article = make_article(body=TEXT, credit="AFP")
        article.bylines.create(text="Une signature d’essai")
        save(article)
        self.publish(article)
        article.bylines.update(text="Une autre d’essai")
        self.publish(article, credit="Reuters")
        page = self.get(article, "versions/1-2/")
        self.assertContains(page, "<del>Une signature d’essai</del>, <ins>Une autre d’essai</ins>")
        self.assertContains(page, "<del>AFP</del><ins>Reuters</ins>")

    def test_addresses_that_no_page_links_answer_404(self):
        article = make_article(body=TEXT)
        self.publish(article)
        self.publish(article, body="<p>Autre.</p>")
        for page in ("1-1", "2-1", "0-1", "1-9", "1-99999999999", "a-b", "1-2-3"):
            with self.subTest(page):
                response = self.get(article, f"versions/{page}/")
                self.assertContains(response, "Page introuvable", status_code=404)


class CompareTests(TestCase):
    def compare(self, old, new):
        """Return the parts of each change of the body's blocks."""
        editions = [Edition(body_html=body) for body in (old, new)]
        return [c.parts for passage in compare(*editions) for c in passage.changes]

    def test_paragraph_that_came_or_went_is_whole(self):
        parts = self.compare("<p>Un.</p><p>Deux.</p>", "<p>Zéro.</p><p>Un.</p>")
        assert parts == [[("insert", "Zéro.")], [("equal", "Un.")], [("delete", "Deux.")]]

    def test_paragraph_that_was_changed_is_compared_word_by_word_beside_a_new_one(self):
        old = "<p>La maire a parlé lundi soir.</p>"
        new = "<p>Tout autre chose ici.</p><p>La maire a parlé mardi soir.</p>"
        added, changed = self.compare(old, new)
        assert added == [("insert", "Tout autre chose ici.")]
        assert ("delete", "lundi") in changed and ("insert", "mardi") in changed

    def test_words_side_by_side_are_one_change(self):
        assert compare_words("Il a dit oui hier à Lyon.", "Il a dit non demain à Lyon.") == [
            ("equal", "Il a dit "),
            ("delete", "oui hier"),
            ("insert", "non demain"),
            ("equal", " à Lyon."),
        ]

    def test_short_word_between_two_changes_is_part_of_them(self):
        before = "La technologie est devenue un champ de bataille clé"
        after = "La technologie est devenue, en un an, un terrain de bataille clé"
        assert [kind for kind, _text in compare_words(before, after)] == [
            "equal",
            "delete",
            "insert",
            "equal",
        ]

    def test_texts_with_little_in_common_are_shown_whole(self):
        parts = compare_words("Un titre entier", "Rien de commun")
        assert parts == [("delete", "Un titre entier"), ("insert", "Rien de commun")]

    def test_both_texts_can_be_read_whole_from_the_parts(self):
        before, after = "Un « mot » de trop, dit-il !", "Un mot de plus, dit-elle : « oui » !"
        parts = compare_words(before, after)
        assert "".join(text for kind, text in parts if kind != "insert") == before
        assert "".join(text for kind, text in parts if kind != "delete") == after

    def test_typography_alone_is_no_difference(self):
        assert self.compare("<p>L'été : oui !</p>", "<p>L’été: oui!</p>") == [
            [("equal", "L’été\u00a0: oui\u202f!")]
        ]

    def test_blocks_inside_blocks_keep_the_outer_kind(self):
        markup = "Nu<blockquote><p>A<br>B</p></blockquote><ul><li>C <strong>d</strong></li></ul>"
        assert blocks_of(markup) == [
            ("p", "Nu", ()),
            ("blockquote", "A", ()),
            ("blockquote", "B", ()),
            ("li", "C d", (("strong", "d"),)),
        ]

    def notes(self, old, new):
        editions = [Edition(body_html=body) for body in (old, new)]
        return [note for passage in compare(*editions) for c in passage.changes for note in c.notes]

    def test_markup_that_came_or_went_around_the_same_words_is_told(self):
        assert self.notes(
            "<p>Le <strong>pont</strong> est long.</p>", "<p>Le pont est long.</p>"
        ) == ["Gras\u00a0: retiré de «\u00a0pont\u00a0»."]
        assert self.notes("<p>Le pont est long.</p>", "<p>Le <em>pont</em> est très long.</p>") == [
            "Italique\u00a0: ajouté à «\u00a0pont\u00a0»."
        ]
        assert self.notes("<h2>Une partie</h2>", "<p>Une partie</p>") == [
            "Mise en forme\u00a0: intertitre auparavant, paragraphe maintenant."
        ]

    def test_link_that_leads_elsewhere_is_told_with_both_addresses(self):
        old, new = (f'<p>Voir <a href="https://{host}/?a=1&amp;b">ici</a>.</p>' for host in "xy")
        assert self.notes(old, new) == [
            "Lien de «\u00a0ici\u00a0»\u00a0: https://x/?a=1&b → https://y/?a=1&b"
        ]
        assert self.notes(old, "<p>Voir ici.</p>") == [
            "Lien vers https://x/?a=1&b\u00a0: retiré de «\u00a0ici\u00a0»."
        ]

    def test_words_that_changed_inside_a_mark_are_no_change_of_markup(self):
        assert self.notes("<p><em>Dix grues</em> là</p>", "<p><em>Douze grues</em> là</p>") == []

    def test_mark_over_a_line_break_is_one_in_each_line(self):
        assert blocks_of("<p><em>A<br>B</em></p>") == [
            ("p", "A", (("em", "A"),)),
            ("p", "B", (("em", "B"),)),
        ]

    def test_long_unchanged_passages_are_folded(self):
        same = "".join(f"<p>Paragraphe {n}.</p>" for n in range(9))
        editions = [Edition(body_html=same), Edition(body_html=f"{same}<p>Nouveau.</p>")]
        first, last = compare(*editions)
        assert (first.is_folded, len(first.changes)) == (True, 8)
        assert (last.is_folded, len(last.changes)) == (False, 2)


class CorrectionTests(PastTests):
    def test_correction_stays_on_the_story_with_its_date_whatever_follows(self):
        """E4"""
        article = make_article(body=TEXT)
        self.publish(article)
        made = self.correct(article, "C’était faux.", body="<p>Juste.</p>")
        self.publish(article, headline="Suite")
        self.publish(article, headline="Retouche", meaning=Meaning.SILENT)
        response = self.get(article, "")
        self.assertContains(response, "C’était faux.")
        self.assertContains(response, "Rectificatif</strong> <time")
        self.assertEqual(response.context["edition"].dated_corrections[0]["at"], made.live_from)

    def test_page_lists_corrections_of_live_stories_newest_first(self):
        """E4"""
        first, second, gone = (make_article(body=TEXT) for _ in range(3))
        for number, article in enumerate((first, second, gone)):
            self.publish(article)
            self.correct(article, f"Note {number}.", body=f"<p>Texte {number}.</p>")
        self.publish(first, headline="Nouveau titre")
        withdraw(gone, by=self.editor, note="Retiré.")
        response = self.client.get("/rectificatifs/")
        told = [(made.note, now.headline) for made, now in response.context["corrections"]]
        assert told == [("Note 1.", second.headline), ("Note 0.", "Nouveau titre")]

    def test_planned_and_sealed_corrections_are_not_told(self):
        """E8"""
        article = make_article(body=TEXT)
        self.publish(article)
        sealed = self.correct(article, "Scellée.", headline="Autre")
        self.publish(article, headline="Suite")
        seal(sealed, by=self.editor, reason="Jugement.")
        self.publish(
            article,
            headline="Prévu",
            meaning=Meaning.CORRECTION,
            note="Prévue.",
            at=timezone.now() + HOUR,
        )
        for address in ("/rectificatifs/", "/flux/rectificatifs.atom"):
            response = self.client.get(address)
            self.assertNotContains(response, "Scellée")
            self.assertNotContains(response, "Prévue")

    def test_empty_page_says_so(self):
        self.assertContains(self.client.get("/rectificatifs/"), "Aucun rectificatif")

    @mock.patch("articles.filters.PAGE_SIZE", 2)
    def test_pages_hold_every_correction_once_in_a_fixed_number_of_queries(self):
        """E24"""
        section = make_section()
        for number in range(5):
            article = make_article(section=section, body=TEXT)
            self.publish(article)
            self.correct(article, f"Note {number}.", headline=f"Titre {number}")
        notes, address = [], "/rectificatifs/"
        show_first_page()
        while address:
            with self.assertNumQueries(3):  # state, corrections, their stories
                response = self.client.get(address)
            notes += [made.note for made, _now in response.context["corrections"]]
            query = response.context["page"].next_query
            address = query and f"/rectificatifs/{query}"
        assert notes == [f"Note {number}." for number in range(4, -1, -1)]

    def test_feed_holds_corrections_under_keys_of_their_own(self):
        article = make_article(body=TEXT)
        self.publish(article)
        self.correct(article, "Une.", headline="Titre un")
        self.correct(article, "Deux.", headline="Titre deux")
        with self.assertNumQueries(3):  # state, corrections, their stories
            response = self.client.get("/flux/rectificatifs.atom")
        atom = "{http://www.w3.org/2005/Atom}"
        entries = ElementTree.fromstring(response.content).findall(f"{atom}entry")
        assert [e.findtext(f"{atom}summary") for e in entries] == ["Deux.", "Une."]
        assert len({e.findtext(f"{atom}id") for e in entries}) == 2
        assert entries[0].findtext(f"{atom}title") == "Rectificatif\u00a0: Titre deux"
