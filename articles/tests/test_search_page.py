"""What readers see of a search: results, counts, facets, orders, and help."""

from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from .. import results
from ..excerpts import Finder, excerpt, mark
from ..filters import as_query, make_key
from ..finding import Found
from ..models import SiteState
from ..search import Query
from ..templatetags import articles as tags
from .factories import make_author, make_edition, make_section, make_topic, show_first_page

TEXT = "<p>" + "Un début sans rien de particulier. " * 12 + "Les chevaux traversent l’île.</p>"
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)


class Search(TestCase):
    def search(self, mots, **asked):
        return self.client.get(reverse("articles:search"), {"mots": mots, **asked})

    def follow(self, query):
        return self.client.get(reverse("articles:search") + query)

    def headlines(self, response):
        return [edition.headline for edition in response.context["page"].editions]

    def guards(self, searches):
        """Return how many statements protect a test's own transaction, and no reader's."""
        return 2 * searches if connection.vendor == "postgresql" else 0


class SearchPageTests(Search):
    def test_story_is_found_and_its_words_are_marked(self):
        make_edition(headline="Course d'essai", body=TEXT)
        response = self.search("cheval")
        self.assertContains(response, "1 article trouvé.")
        self.assertContains(response, "<mark>chevaux</mark>")

    def test_signs_of_markup_in_a_headline_are_text(self):
        make_edition(headline="Zibeline <b>&</b> zibelines")
        self.assertContains(
            self.search("zibeline"),
            "<mark>Zibeline</mark> &lt;b&gt;&amp;&lt;/b&gt; <mark>zibelines</mark>",
        )

    def test_results_are_noindex(self):
        """E21"""
        self.assertContains(self.search("rien"), '<meta name="robots" content="noindex, follow">')

    def test_nothing_found_says_so_and_opens_the_help(self):
        response = self.search("introuvable")
        self.assertContains(response, "Aucun résultat pour «&nbsp;introuvable&nbsp;».")
        self.assertContains(response, '<details class="help" open>')

    def test_search_without_words_asks_for_one(self):
        self.assertContains(self.search(""), "Écrivez un mot à chercher.")

    def test_empty_and_odd_queries_give_help_and_never_an_error(self):
        """E21"""
        odd = ["", "  ", '"', "-", "''", "le la les", "a" * 201, "((OR NOT *:&|", "%_\\", "œ" * 150]
        for mots in odd:
            with self.subTest(mots):
                response = self.search(mots)
                assert response.status_code == 200
                self.assertContains(response, "Comment chercher")
        assert self.client.get(reverse("articles:search")).status_code == 200

    def test_queries_without_a_word_to_look_for_are_told_why(self):
        self.assertContains(self.search("le la"), "dans presque tous les articles")
        self.assertContains(self.search("-zibeline"), "que des mots exclus")
        self.assertContains(self.search("?!"), "aucun mot à chercher")

    def test_wrong_days_are_told_at_their_field(self):
        for day in ("31/02/2026", "0001-01-01", "9999-12-31", "hier"):
            with self.subTest(day):
                self.assertContains(self.search("mot", du=day, au=day), 'class="error"', 2)

    def test_query_count_does_not_grow_with_the_number_of_stories(self):
        """E24"""
        for number in (3, 12):
            for _ in range(number):
                make_edition(headline="Zibeline", body=TEXT)
            show_first_page()
            # site state, hits, their stories
            with self.subTest(number), self.assertNumQueries(3 + self.guards(1)):
                self.search("zibeline")

    def test_longest_ways_keep_to_the_budget_of_queries(self):
        """E24"""
        make_edition(headline="Zibeline")
        show_first_page()
        # site state, hits, hits by the start of the last word, then stories or words
        for mots in ("zibel", "zibelone"):
            with self.subTest(mots), self.assertNumQueries(4 + self.guards(2)):
                self.search(mots)

    def test_what_is_not_live_is_not_found(self):
        """E8"""
        make_edition(headline="Zibeline", is_sealed=True)
        make_edition(headline="Zibeline", live_from=timezone.now() + HOUR)
        self.assertContains(self.search("zibeline"), "Aucun résultat")

    def test_search_that_was_cut_short_says_so_and_is_not_kept(self):
        make_edition(headline="Zibeline")
        since = datetime(2026, 3, 1, tzinfo=UTC)
        cut = mock.patch.object(results, "find_newest", lambda *args, **kwargs: Found(since=since))
        with cut:
            response = self.search("zibeline")
        self.assertContains(
            response, "La recherche a été limitée aux articles parus depuis le 1er mars 2026."
        )
        assert response["Cache-Control"] == "no-store"


class OrderTests(Search):
    def test_newest_come_first_and_the_best_by_one_click(self):
        """E21"""
        make_edition(headline="Zibeline")
        topic = make_topic(name="Zibeline d’essai")
        make_edition(headline="Autre", topics=[topic])
        make_edition(headline="Encore", body="<p>zibeline</p>" + TEXT)
        response = self.search("zibeline")
        assert self.headlines(response) == ["Encore", "Autre", "Zibeline"]
        best = self.follow(response.context["results"].other_order)
        assert self.headlines(best) == ["Zibeline", "Autre", "Encore"]

    def test_pages_go_on_in_both_orders_though_new_stories_come_in(self):
        """E24"""
        section = make_section(name="Essais")
        for number in range(65):
            make_edition(headline=f"Zibeline {number}", section=section)
        for ordre in ("", "pertinence"):
            with self.subTest(ordre):
                response = self.search("zibeline", rubrique=section.slug, ordre=ordre)
                found = self.headlines(response)
                while query := response.context["page"].next_query:
                    make_edition(headline="Zibeline venue entre-temps", section=section)
                    response = self.follow(query)
                    found += self.headlines(response)
                found = [headline for headline in found if "venue" not in headline]
                assert found == [f"Zibeline {number}" for number in range(64, -1, -1)]

    def test_keys_of_other_searches_and_broken_ones_answer_404(self):
        """E7"""
        for _ in range(31):
            make_edition(headline="Zibeline essai")
        for ordre in ("", "pertinence"):
            query = self.search("zibeline", ordre=ordre).context["page"].next_query
            for broken in (
                query.replace("mots=zibeline", "mots=essai"),
                query.replace("avant=2", "avant=3"),
                query.replace("note=3", "note=x"),
                query.replace("parmi=2", "parmi=3"),
            ):
                if broken != query:
                    with self.subTest(broken):
                        assert self.follow(broken).status_code == 404
        assert self.search("zibeline", avant="x").status_code == 404
        assert self.search("zibeline", ordre="pertinence", avant="x").status_code == 404

    def test_made_up_score_answers_404_even_under_a_right_sum(self):
        make_edition(headline="Zibeline")
        place, path = (timezone.now(), 1), reverse("articles:search")
        asked = {"mots": "zibeline", "ordre": "pertinence"}
        asked["parmi"] = make_key(*place, f"{path}{as_query(asked, None)}")
        asked["note"] = "x"
        key = make_key(*place, f"{path}{as_query(asked, None)}")
        assert self.search(**asked, avant=key).status_code == 404

    def test_pages_go_on_past_what_is_counted(self):
        with mock.patch.object(results, "MOST", 40):
            for number in range(75):
                make_edition(headline=f"Zibeline {number}")
            response = self.search("zibeline")
            self.assertContains(response, "Plus de 40 articles trouvés.")
            self.assertContains(response, "Comptés parmi les 40 plus récents.")
            found = self.headlines(response)
            while query := response.context["page"].next_query:
                response = self.follow(query)
                found += self.headlines(response)
            assert found == [f"Zibeline {number}" for number in range(74, -1, -1)]
            best = self.search("zibeline", ordre="pertinence")
            best = self.follow(best.context["page"].next_query)
            assert len(self.headlines(best)) == 10
            self.assertContains(best, "Pour en voir d’autres")

    def test_far_page_begins_to_look_where_it_stands(self):
        now = timezone.now()
        for month in range(40):
            make_edition(headline="Zibeline", live_from=now - 30 * 24 * month * HOUR)
        first = self.search("zibeline").context["page"]
        with (
            mock.patch.object(results, "MOST", 5),
            mock.patch.object(results, "find_newest", wraps=results.find_newest) as find,
        ):
            page = self.follow(first.next_query).context["page"]
        assert len(page.editions) == 10
        last = first.editions[-1].listed_at
        assert [call.kwargs["latest"] <= last for call in find.call_args_list] == [False, True]


class NarrowingTests(Search):
    @classmethod
    def setUpTestData(cls):
        cls.section = make_section(name="Essais")
        cls.author = make_author(name="Ada Essai", slug="ada-essai")
        cls.mine = make_edition(
            headline="Zibeline une",
            section=cls.section,
            authors=[cls.author],
            live_from=datetime(2025, 12, 31, 23, 30, tzinfo=UTC),  # already 2026 in Paris
        )
        cls.other = make_section(name="Autres")
        for year in (2024, 2025):
            make_edition(
                headline="Zibeline",
                section=cls.other,
                live_from=datetime(year, 6, 1, tzinfo=UTC),
            )

    def test_sections_authors_and_days_narrow_the_search(self):
        for asked in (
            {"rubrique": self.section.slug},
            {"auteur": "Ada Essai"},
            {"du": "2026-01-01"},
            {"du": "2026-01-01", "au": "2026-01-01"},
            {"au": "2024-12-31"},
            {"rubrique": self.other.slug, "du": "2025-01-01"},
        ):
            with self.subTest(asked):
                self.assertContains(self.search("zibeline", **asked), "1 article trouvé.")
        self.assertContains(self.search("zibeline", au="2001-01-01"), "Aucun résultat")
        self.assertContains(self.search("zibeline", du="2026-01-02", au="2026-01-01"), "Aucun")

    def test_sections_and_years_are_links_that_find_what_they_count(self):
        found = self.search("zibeline").context["results"]
        assert [(c.name, c.count) for c in found.section_choices] == [("Autres", 2), ("Essais", 1)]
        assert [(c.name, c.count) for c in found.year_choices] == [
            ("2026", 1),
            ("2025", 1),
            ("2024", 1),
        ]
        for choice in (*found.section_choices, *found.year_choices):
            with self.subTest(choice.name):
                narrowed = self.follow(choice.query)
                assert narrowed.context["results"].total == choice.count
                self.assertContains(narrowed, "Ne plus limiter à")

    def test_fields_that_narrow_are_drawn_anew_for_a_new_section_alone(self):
        bump = SiteState.objects.bump

        def fields(**asked):
            text = self.search("essai", **asked).text
            return text[text.index("<summary>") : text.index("</details>")]

        bump(timezone.now())
        first = fields()
        with mock.patch.object(tags, "draw_fields", wraps=tags.draw_fields) as drawn:
            assert fields() == first
            assert not drawn.called
            assert fields(auteur="essai") == first.replace(
                'name="auteur"', 'name="auteur" value="essai"'
            )
        section = make_section(name="Nouvelle")
        bump(timezone.now())
        assert f'<option value="{section.slug}">Nouvelle</option>' in fields()

    def test_each_narrowing_is_taken_away_by_one_link(self):
        asked = {"rubrique": self.section.slug, "du": "2026-01-01", "au": "2026-12-31"}
        response = self.search("zibeline", **asked)
        removals = dict(response.context["asked"].removals())
        assert list(removals) == ["Essais", "2026"]
        assert self.follow(removals["2026"]).context["results"].total == 1
        assert removals["Essais"] == "?mots=zibeline&du=2026-01-01&au=2026-12-31"

    def test_days_are_ranges_that_an_index_may_serve(self):
        show_first_page()
        with self.assertNumQueries(3 + self.guards(1)) as queries:
            self.search("zibeline", du="2025-01-01", au="2026-12-31")
        searched = next(
            q["sql"] for q in queries if "search_vector" in q["sql"] or "MATCH" in q["sql"]
        )
        assert '"published_at" >= ' in searched
        assert "::date" not in searched
        assert "django_datetime_cast_date" not in searched


class ProposalTests(Search):
    def test_nearby_spelling_is_proposed_and_finds_something(self):
        make_edition(headline="Les Élections d’essai")
        make_edition(headline="Zibeline", authors=[make_author(name="Ada Marronnier")])
        for typed, proposed in (
            ("electoins", "Élections"),
            ("l'eletcion", "l'Élections"),
            ("maronier", "Marronnier"),
            ("marronier zibelinne", "Marronnier Zibeline"),
        ):
            with self.subTest(typed):
                response = self.search(typed)
                self.assertContains(response, "Essayez :")
                ((text, query),) = response.context["results"].proposals
                assert text == proposed
                assert self.follow(query).context["results"].total == 1

    def test_words_that_never_meet_are_proposed_one_by_one(self):
        make_edition(headline="Une zibeline")
        make_edition(headline="Un marronnier")
        found = self.search("zibelinne maronnier").context["results"].proposals
        assert [text for text, _ in found] == ["zibeline", "marronnier"]

    def test_words_of_what_is_not_live_are_never_proposed(self):
        """E8"""
        make_edition(headline="Zibeline", live_from=timezone.now() + HOUR)
        make_edition(headline="Zibeline", is_sealed=True)
        make_edition(
            headline="Zibeline",
            live_from=timezone.now() - 2 * HOUR,
            live_until=timezone.now() - HOUR,
        )
        assert self.search("zibelinne").context["results"].proposals == []

    def test_word_is_proposed_no_longer_from_the_second_on_that_its_story_ends(self):
        """E8"""
        end = timezone.now() + HOUR
        make_edition(headline="Zibeline", live_until=end)
        make_edition(headline="Zibelines", kicker="Essai", live_from=end - 2 * HOUR)
        show_first_page()
        with self.assertNumQueries(4 + self.guards(2)):  # state, hits twice, words
            assert self.search("zibelinne").context["results"].proposals
        # As long as nothing changes, words are read once.
        with self.assertNumQueries(3 + self.guards(2)):
            assert self.search("zibellinne").context["results"].proposals
        for instant, proposed in ((end - MICROSECOND, ["Zibeline"]), (end, ["Zibelines"])):
            with mock.patch("django.utils.timezone.now", return_value=instant):
                found = self.search("zibelinne").context["results"].proposals
                assert [text for text, _ in found] == proposed

    def test_story_of_a_later_version_of_the_site_is_proposed_from(self):
        make_edition(headline="Marronnier")
        show_first_page()
        assert self.search("zibelinne").context["results"].proposals == []
        make_edition(headline="Zibeline")
        show_first_page()
        assert self.search("zibelinne").context["results"].proposals

    def test_numbers_are_never_proposed(self):
        make_edition(headline="Essai de 285 000 lignes en 2026")
        assert self.search("2027").context["results"].proposals == []

    def test_nothing_near_proposes_nothing(self):
        make_edition(headline="Zibeline")
        self.assertNotContains(self.search("marronnier"), "Essayez")


def test_excerpt_shows_the_first_word_found_and_cuts_between_words():
    text = "mot " * 50 + "Voici les chevaux " + "fin " * 100
    pieces = excerpt([text], Finder(Query.parse("cheval")))
    shown = "".join(piece for piece, _ in pieces)
    assert ("chevaux", True) in pieces
    assert shown.startswith("…\N{NO-BREAK SPACE}mot")
    assert shown.endswith("fin\N{NO-BREAK SPACE}…")


def test_marked_text_is_the_text():
    text = "L’île d'Oléron & <b>les îles</b>, la S.N.C.F. et 285 000 euros"
    pieces = mark(text, Finder(Query.parse("ile sncf 285000 eur*")))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, found in pieces if found] == [
        "L’île",
        "îles",
        "S.N.C.F",
        "285 000",
        "euros",
    ]
