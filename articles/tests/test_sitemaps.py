from datetime import UTC, datetime, timedelta
from unittest import mock
from xml.etree import ElementTree

from django.core.cache import cache
from django.test import TestCase, override_settings
from django.utils import timezone

from .. import sitemaps
from ..models import Meaning
from .factories import make_author, make_edition, make_section, make_topic

HOUR = timedelta(hours=1)
TEXT = "<p>Texte d’essai.</p>"
# In Paris already the first of February.
NEW_MONTH = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


class SitemapTests(TestCase):
    def read(self, address, name="loc"):
        """Return the texts of the elements *name*, whatever their namespace."""
        response = self.client.get(address)
        assert response.status_code == 200, address
        root = ElementTree.fromstring(response.content)
        return [e.text for e in root.iter() if e.tag.rpartition("}")[2] == name]

    def test_index_names_one_part_for_each_month_in_the_newsroom_s_zone(self):
        """E11"""
        make_edition(live_from=NEW_MONTH - HOUR, body=TEXT)
        make_edition(live_from=NEW_MONTH, modified_at=NEW_MONTH + 50 * HOUR, body=TEXT)
        make_edition(live_from=NEW_MONTH + HOUR, body=TEXT)
        parts = [f"{SITE}/sitemap-2026-01.xml", f"{SITE}/sitemap-2026-02.xml"]
        assert self.read("/sitemap.xml") == [f"{SITE}/sitemap-rubriques.xml", *parts]
        dates = ["2026-01-31T23:30:00+01:00", "2026-02-03T02:30:00+01:00"]
        assert self.read("/sitemap.xml", "lastmod") == dates
        assert [len(self.read(part)) for part in parts] == [1, 2]

    def test_part_holds_canonical_addresses_and_true_dates(self):
        """E1 E11"""
        plain = make_edition(live_from=NEW_MONTH, body=TEXT)
        changed = make_edition(
            live_from=NEW_MONTH + HOUR, modified_at=NEW_MONTH + 2 * HOUR, body=TEXT
        )
        expected = [f"{SITE}{e.get_absolute_url()}" for e in (plain, changed)]
        assert self.read("/sitemap-2026-02.xml") == expected
        assert self.read("/sitemap-2026-02.xml", "lastmod") == [
            "2026-02-01T00:30:00+01:00",
            "2026-02-01T02:30:00+01:00",
        ]
        for address in expected:
            assert self.client.get(address).status_code == 200

    def test_brief_and_what_is_not_live_are_in_no_sitemap(self):
        """E8"""
        now = timezone.now()
        gone = make_edition(body=TEXT, live_from=now - HOUR, live_until=now)
        make_edition(article=gone.article, meaning=Meaning.WITHDRAWAL, note="Erreur.")
        make_edition(body=TEXT, live_from=now + HOUR)
        make_edition(body=TEXT, is_sealed=True)
        make_edition(headline="Brève")
        assert self.read("/sitemap.xml") == [f"{SITE}/sitemap-rubriques.xml"]
        assert self.read("/sitemap-auteurs.xml") == []
        assert self.read("/sitemap-actualites.xml") == []
        month = timezone.localtime().strftime("%Y-%m")
        assert self.client.get(f"/sitemap-{month}.xml").status_code == 404

    @mock.patch.object(sitemaps, "PART_SIZE", 2)
    def test_month_with_more_stories_than_a_part_holds_is_parted(self):
        """E11"""
        section = make_section()
        editions = [
            make_edition(section=section, live_from=NEW_MONTH + n * HOUR, body=TEXT)
            for n in range(5)
        ]
        parts = self.read("/sitemap.xml")[1:]
        assert parts == [f"{SITE}/sitemap-2026-02{n}.xml" for n in ("", "-2", "-3")]
        found = [address for part in parts for address in self.read(part)]
        assert found == [f"{SITE}{e.get_absolute_url()}" for e in editions]
        assert self.client.get("/sitemap-2026-02-4.xml").status_code == 404

    def test_authors_with_stories_are_listed(self):
        author, bare = make_author(), make_author()
        make_edition(authors=[author])
        assert self.read("/sitemap-auteurs.xml") == [f"{SITE}{author.get_absolute_url()}"]
        assert f"{SITE}/sitemap-auteurs.xml" in self.read("/sitemap.xml")
        assert bare.slug not in self.client.get("/sitemap-auteurs.xml").text

    @mock.patch.object(sitemaps, "PART_SIZE", 2)
    def test_more_topics_than_a_part_holds_are_parted(self):
        """E11"""
        section, topics = make_section(), [make_topic() for _ in range(4)]
        make_edition(section=section, topics=topics)
        parts = self.read("/sitemap.xml")
        assert parts == [f"{SITE}/sitemap-rubriques{n}.xml" for n in ("", "-2", "-3")]
        found = [address for part in parts for address in self.read(part)]
        things = [section, *topics]
        assert found == [f"{SITE}/", *(f"{SITE}{thing.get_absolute_url()}" for thing in things)]
        for address in ("/sitemap-rubriques-4.xml", "/sitemap-auteurs-2.xml"):
            assert self.client.get(address).status_code == 404

    @override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    )
    def test_index_counts_this_month_s_stories_each_time_and_earlier_ones_once_an_hour(self):
        cache.clear()
        self.addCleanup(cache.clear)
        for start in (NEW_MONTH - HOUR, NEW_MONTH):
            make_edition(live_from=start, body=TEXT)
        index = sitemaps.months
        with mock.patch("django.utils.timezone.now", return_value=NEW_MONTH + 24 * HOUR):
            with self.assertNumQueries(3):  # oldest, earlier months, this month
                assert [told[1] for told in index(timezone.now())] == [range(1, 2)] * 2
            late = make_edition(live_from=NEW_MONTH + HOUR, body=TEXT)
            with self.assertNumQueries(2):  # oldest, this month
                assert index(timezone.now())[-1][2] == late.published_at

    def test_sections_and_topics_with_stories_are_listed(self):
        section, topic, bare = make_section(), make_topic(), make_topic()
        make_edition(section=section, topics=[topic])
        found = self.read("/sitemap-rubriques.xml")
        expected = [f"{SITE}/", f"{SITE}/rubriques/{section.slug}/", f"{SITE}/sujets/{topic.slug}/"]
        assert found == expected
        assert bare.slug not in "".join(found)

    def test_news_are_those_of_the_last_two_days_by_first_publication(self):
        """E10"""
        now = timezone.now()
        make_edition(body=TEXT, live_from=now - 49 * HOUR, modified_at=now)
        edition = make_edition(body=TEXT, live_from=now - 47 * HOUR, headline='L\'été & le "49.3"')
        assert self.read("/sitemap-actualites.xml") == [f"{SITE}{edition.get_absolute_url()}"]
        (told,) = self.read("/sitemap-actualites.xml", "publication_date")
        assert datetime.fromisoformat(told) == edition.published_at.replace(microsecond=0)
        (title,) = self.read("/sitemap-actualites.xml", "title")
        assert title == "L’été & le «\u00a049.3\u00a0»"
        assert self.read("/sitemap-actualites.xml", "language") == ["fr"]

    @override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    )
    def test_story_leaves_the_news_two_days_after_its_publication_to_the_second(self):
        """E10"""
        edition = make_edition(body=TEXT)
        end = edition.published_at + 48 * HOUR
        for now, number in ((end, 1), (end + timedelta(seconds=1), 0)):
            with mock.patch("django.utils.timezone.now", return_value=now):
                assert len(self.read("/sitemap-actualites.xml")) == number

    def test_news_are_a_thousand_at_most(self):
        """E10"""
        for _ in range(3):
            make_edition(body=TEXT)
        with mock.patch.object(sitemaps, "NEWS_SIZE", 2):
            assert len(self.read("/sitemap-actualites.xml")) == 2

    def test_query_count(self):
        """E24"""
        now = timezone.localtime()
        for _ in range(5):
            make_edition(body=TEXT, topics=[make_topic()], live_from=now)
        lists = ("/sitemap-rubriques.xml", "/sitemap-auteurs.xml", "/sitemap-actualites.xml")
        for address in (f"/sitemap-{now:%Y-%m}.xml", *lists):
            with self.subTest(address), self.assertNumQueries(2):  # state, list
                assert self.client.get(address)["X-Robots-Tag"] == "noindex"
        with self.assertNumQueries(5):  # state, topics, authors, oldest, this month
            assert self.client.get("/sitemap.xml")["X-Robots-Tag"] == "noindex"

    def test_month_that_no_calendar_has_answers_404(self):
        for name in ("2026-13", "2026-00", "2026-2", "9999-12", "0000-01", "2026-02-0"):
            assert self.client.get(f"/sitemap-{name}.xml").status_code == 404

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["autre.example"])
    def test_robots_are_told_the_sitemaps_of_the_configured_origin(self):
        """E7"""
        with self.assertNumQueries(1):  # state
            response = self.client.get("/robots.txt", headers={"host": "autre.example"})
        self.assertContains(response, "Disallow: /admin/")
        self.assertContains(response, "Sitemap: https://journal.example/sitemap.xml\n")
        self.assertContains(response, "Sitemap: https://journal.example/sitemap-actualites.xml\n")

    def test_browser_that_asks_for_the_icon_by_its_old_name_finds_it(self):
        response = self.client.get("/favicon.ico")
        self.assertRedirects(response, "/static/img/favicon.ico", fetch_redirect_response=False)
