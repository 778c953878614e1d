"""What every public address answers to input that no link or form of ours holds."""

from django.test import Client, TestCase
from django.urls import get_resolver
from django.utils import timezone

from ..filters import make_key
from ..social_card import card_of
from .factories import make_author, make_edition, make_section, make_topic

TEXT = "<p>Texte d’essai.</p>"
# Each with the page that answers it; the sign that no French page lacks is its language.
FRENCH = '<html lang="fr">'
UNREADABLE = {
    "null byte": "avant=%00",
    "null byte in words": "mots=a%00b",
    "invalid UTF-8": "mots=%ff%fe",
    "surrogate": "mots=%ed%a0%80",
    "10 KB": "mots=" + "9" * 10_000,
}
KEYS = {
    "no key": "abc",
    "empty": "",
    "year 9999": "99991231T235959999999-1-00000000",
    "no such day": "20260231T000000000000-1-00000000",
    "other digits": "²0260202T000000000000-1-00000000",
    "huge": "9" * 1500,
}
SEARCHES = (
    "mots=essai&du=9999-12-31",
    "mots=essai&au=9999-12-31&du=0001-01-01",
    "mots=essai&du=31-02-2026",
    "mots=essai&rubrique=rien&ordre=autre",
    "mots=essai&ordre=pertinence&auteur=%22%27%3B--",
    "mots=%22%22%22&auteur=%E2%80%AE",
    "mots=" + "%22a%22+-" * 150,
    "mots=NEAR%28a%2Cb%29+AND+OR+%2A+%5E+%3A",
)
NOWHERE = (
    "/articles/0/a/",
    "/articles/99999999999999999999/a/",
    "/articles/1/a%00b/",
    "/articles/1/%ff/",
    "/articles/%d9%a1/a/",
    "/rubriques/%00/",
    "/sujets/rien/",
    "/auteurs/%ff%fe/",
    "/archives/9999/",
    "/archives/9998/",
    "/archives/0000/",
    "/archives/2026/13/",
    "/archives/2026/02/31/",
    "/archives/9999/12/31/",
    "/flux/une.exe",
    "/flux/sujets/rien.rss",
    "/pratique/rien/",
    "/cartes/1/0123456789abcdef.png",
    "/cartes/1/0123.png",
    "/sitemap-9999-12.xml",
    "/sitemap-2026-02-99999.xml",
    "/apercu/rien/",
    "/../etc/passwd",
    "/" + "a" * 5000,
)


class BadInputTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        section, topic, author = make_section(), make_topic(), make_author()
        edition = make_edition(section=section, topics=[topic], authors=[author], body=TEXT)
        story, day = edition.get_absolute_url(), edition.published_at
        cls.lists = {
            "section-detail": section.get_absolute_url(),
            "topic-detail": topic.get_absolute_url(),
            "author-detail": author.get_absolute_url(),
            "stream": "/fil/",
            "corrections": "/rectificatifs/",
            "archive": "/archives/",
        }
        cls.pages = {
            **cls.lists,
            "front-page": "/",
            "search": "/recherche/",
            "edition-detail": story,
            "edition-versions": f"{story}versions/",
            "feeds": "/flux/",
            "site-feed": "/flux/une.atom",
            "correction-feed": "/flux/rectificatifs.rss",
            "section-feed": f"/flux/rubriques/{section.slug}.json",
            "topic-feed": f"/flux/sujets/{topic.slug}.atom",
            "author-feed": f"/flux/auteurs/{author.slug}.rss",
            "social-card": card_of(edition)["address"],
            "sitemap-index": "/sitemap.xml",
            "sitemap-topics": "/sitemap-rubriques.xml",
            "sitemap-authors": "/sitemap-auteurs.xml",
            "sitemap-news": "/sitemap-actualites.xml",
            "sitemap-month": f"/sitemap-{day:%Y-%m}.xml",
            "robots": "/robots.txt",
            "favicon": "/favicon.ico",
        }
        # Those that have no page to show here, but refuse alike.
        cls.refusing = {
            **cls.pages,
            "edition-differences": f"{story}versions/1-2/",
            "live-blog": f"{story}direct/",
            "live-entry": f"{story}direct/1/",
            "live-blog-feed": f"/flux/articles/{edition.article_id}/direct.atom",
            "site-text": "/pratique/contact/",
            "photo-file": f"/photos/{'0' * 24}-480.jpg",
            "preview-link": "/apercu/rien/",
            "preview-photo": f"/apercu/rien/photos/{'0' * 24}-480.jpg",
        }

    def assert_french(self, response, *statuses):
        assert response.status_code in statuses, response.status_code
        assert FRENCH in response.text
        for word in ("Traceback", "Not Found", "Bad Request", "Forbidden"):
            assert word not in response.text

    def test_no_public_address_is_missing_here(self):
        names = {p.name for p in get_resolver("articles.urls").url_patterns}
        assert names == self.refusing.keys()

    def test_query_that_cannot_be_read_is_refused_everywhere(self):
        for name, address in self.refusing.items():
            for what, query in UNREADABLE.items():
                with self.subTest(name, query=what):
                    expected = [404] if name.startswith("preview-") else [400]
                    self.assert_french(self.client.get(f"{address}?{query}"), *expected)

    def test_key_that_no_link_of_a_list_holds_answers_404(self):
        """E7"""
        for name, address in {**self.lists, "front-page": "/"}.items():
            other = make_key(timezone.now(), 1, "/ailleurs/?")
            for what, key in {**KEYS, "of another list": other}.items():
                with self.subTest(name, key=what):
                    self.assert_french(self.client.get(address, {"avant": key}), 404)

    def test_search_takes_anything_that_can_be_typed(self):
        for query in SEARCHES:
            with self.subTest(query[:40]):
                self.assert_french(self.client.get(f"/recherche/?{query}"), 200)

    def test_address_of_nothing_answers_404(self):
        for address in NOWHERE:
            with self.subTest(address[:40]):
                self.assert_french(self.client.get(address), 404)

    def test_head_is_get_without_its_content(self):
        for name, address in self.pages.items():
            with self.subTest(name):
                get, head = self.client.get(address), self.client.head(address)
                assert (head.status_code, head.content) == (get.status_code, b"")
                assert head.get("Content-Length") == get.get("Content-Length")
                assert head["Content-Type"] == get["Content-Type"]

    def test_other_methods_are_refused_in_french_with_the_list_of_those_that_are_not(self):
        # As a browser that has no token.
        client = Client(enforce_csrf_checks=True)
        for name, address in self.refusing.items():
            with self.subTest(name):
                response = client.options(address)
                assert (response.status_code, response.content) == (200, b"")
                assert response["Allow"] == "GET, HEAD, OPTIONS"
                for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACE"):
                    response = client.generic(method, address, b"a=1")
                    self.assert_french(response, 405)
                    assert response["Allow"] == "GET, HEAD, OPTIONS"
