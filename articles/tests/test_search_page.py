from django.test import TestCase
from django.urls import reverse

from ..excerpts import excerpt, mark
from ..search import Query
from .factories import make_author, make_edition, make_section, show_first_page

TEXT = "<p>" + "Un début sans rien de particulier. " * 12 + "Les chevaux traversent l’île.</p>"


class SearchPageTests(TestCase):
    def search(self, mots, **asked):
        return self.client.get(reverse("articles:search"), {"mots": mots, **asked})

    def test_story_is_found_and_its_words_are_marked(self):
        make_edition(headline="Course d'essai", body=TEXT)
        response = self.search("cheval")
        self.assertContains(response, "1 article trouvé")
        self.assertContains(response, "<mark>chevaux</mark>")

    def test_results_are_noindex(self):
        """E21"""
        self.assertContains(self.search("rien"), '<meta name="robots" content="noindex, follow">')

    def test_nothing_found_says_so_and_helps(self):
        response = self.search("introuvable")
        self.assertContains(response, "Aucun résultat pour «&nbsp;introuvable&nbsp;»")
        self.assertContains(response, "expression exacte")

    def test_empty_and_odd_queries_give_help_and_never_an_error(self):
        """E21"""
        odd = ["", "  ", '"', "-", "''", "le la les", "a" * 201, "((OR NOT *:&|", "%_\\", "œ" * 150]
        for mots in odd:
            with self.subTest(mots):
                response = self.search(mots)
                assert response.status_code == 200
        assert self.client.get(reverse("articles:search")).status_code == 200

    def test_wrong_day_is_told_at_its_field(self):
        self.assertContains(self.search("mot", du="31/02/2026"), 'class="error"')

    def test_sections_authors_and_days_narrow_the_search(self):
        section, author = (
            make_section(name="Essais"),
            make_author(name="Ada Essai", slug="ada-essai"),
        )
        mine = make_edition(headline="Zibeline une", section=section, authors=[author])
        make_edition(headline="Zibeline deux")
        day = mine.published_at.date().isoformat()
        for asked in ({"rubrique": section.slug}, {"auteur": "Ada Essai"}):
            with self.subTest(asked):
                self.assertContains(self.search("zibeline", **asked), "1 article trouvé")
        self.assertContains(self.search("zibeline", du=day), "2 articles trouvés")
        self.assertContains(self.search("zibeline", au="2001-01-01"), "Aucun résultat")

    def test_newest_come_first_and_the_best_by_one_click(self):
        make_edition(headline="Autre", body="<p>zibeline</p>" + TEXT)
        make_edition(headline="Zibeline")
        make_edition(headline="Encore", body="<p>zibeline</p>" + TEXT)
        names = [edition.headline for edition in self.search("zibeline").context["editions"]]
        assert names == ["Encore", "Zibeline", "Autre"]
        best = self.search("zibeline", ordre="pertinence").context["editions"]
        assert best[0].headline == "Zibeline"

    def test_next_page_goes_on_with_what_was_asked(self):
        section = make_section(name="Essais")
        for _ in range(31):
            make_edition(headline="Zibeline", section=section)
        page = self.search("zibeline", rubrique=section.slug).context["page"]
        assert "mots=zibeline" in page.next_query
        assert f"rubrique={section.slug}" in page.next_query
        following = self.client.get(reverse("articles:search") + page.next_query)
        assert len(following.context["editions"]) == 1

    def test_query_count_does_not_grow_with_the_number_of_stories(self):
        """E24"""
        for number in (3, 12):
            for _ in range(number):
                make_edition(headline="Zibeline", body=TEXT)
            show_first_page()
            # site state, page, their texts, total
            with self.subTest(number), self.assertNumQueries(4):
                self.search("zibeline")

    def test_what_is_not_live_is_not_found(self):
        """E8"""
        make_edition(headline="Zibeline", is_sealed=True)
        self.assertContains(self.search("zibeline"), "Aucun résultat")


def test_excerpt_shows_the_first_word_found_and_cuts_between_words():
    text = "mot " * 50 + "Voici les chevaux " + "fin " * 100
    pieces = excerpt(text, Query.parse("cheval"))
    shown = "".join(piece for piece, _ in pieces)
    assert ("chevaux", True) in pieces
    assert shown.startswith("… mot")
    assert shown.endswith("fin …")


def test_marked_text_is_the_text():
    text = "L’île d'Oléron & <b>les îles</b>"
    pieces = mark(text, Query.parse("ile"))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, found in pieces if found] == ["L’île", "îles"]
