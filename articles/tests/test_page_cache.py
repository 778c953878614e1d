"""What readers and caches are given just before and after anything starts or ends."""

import gzip
from datetime import UTC, datetime, timedelta
from unittest import mock

from csp.middleware import CSPMiddleware
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from .. import front_pages, page_cache, publishing
from ..models import SiteState
from .factories import make_article, make_author, make_section, make_topic, make_user, save

KEPT = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
NOON = datetime(2026, 2, 2, 11, tzinfo=UTC)  # in Paris
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
HEADLINE = "Titre d’essai aux bornes"
ADDRESS = "titre-d-essai-aux-bornes"


class PageCacheTestCase(TestCase):
    def setUp(self):
        # After conftest's fixture, which keeps no pages in other tests.
        self.enterContext(self.settings(CACHES=KEPT))
        cache.clear()
        self.editor = make_user(is_superuser=True)
        self.section, self.topic, self.author = make_section(), make_topic(), make_author()
        self.article = make_article(
            headline=HEADLINE,
            body="<p>Un texte d’essai.</p>",
            section=self.section,
            topics=[self.topic],
            authors=[self.author],
        )

    def at(self, instant):
        """The clock stands at *instant* for all that runs under this."""
        return mock.patch("django.utils.timezone.now", return_value=instant)

    def publish(self, instant, **options):
        options.setdefault("revision", self.article.revisions.first().number)
        with self.at(instant):
            return publishing.publish(self.article, by=self.editor, **options)

    def lists(self):
        """The addresses of every list that shows the story."""
        return [
            reverse("articles:front-page"),
            reverse("articles:stream"),
            self.section.get_absolute_url(),
            self.topic.get_absolute_url(),
            self.author.get_absolute_url(),
        ]

    def feeds_and_sitemaps(self):
        feeds = [f"/flux/une.{ending}" for ending in ("atom", "rss", "json")]
        names = (("section", self.section), ("topic", self.topic), ("author", self.author))
        feeds += [reverse(f"articles:{n}-feed", args=[thing.slug, "atom"]) for n, thing in names]
        return [*feeds, "/sitemap-2026-02.xml"]

    def shows(self, instant, address, etag=None):
        """Whether *address* shows the story at *instant*; with *etag*, None for a 304."""
        headers = {"If-None-Match": etag} if etag else {}
        with self.at(instant):
            response = self.client.get(address, headers=headers)
        words = ADDRESS if "sitemap" in address else HEADLINE
        return None if response.status_code == 304 else words in response.text

    def etag(self, instant, address):
        with self.at(instant):
            return self.client.get(address)["ETag"]


class BoundaryTests(PageCacheTestCase):
    def assert_boundary(self, instant, *, before, after):
        """Every list changes from *before* to *after* at *instant*, kept and conditional alike."""
        # A month without stories has no sitemap.
        other = make_article(headline="Autre", body="<p>Un texte d’essai.</p>")
        with self.at(NOON - HOUR):
            publishing.publish(other, revision=1, by=self.editor)
        for address in [*self.lists(), *self.feeds_and_sitemaps()]:
            with self.subTest(address):
                etag = self.etag(instant - SECOND, address)
                assert self.shows(instant - SECOND, address, etag) is None
                # The second time it comes from the cache.
                assert self.shows(instant - SECOND, address) == before
                assert self.shows(instant, address, etag) == after
                assert self.shows(instant, address) == after
                assert self.shows(instant + SECOND, address) == after

    def test_planned_story_starts_to_the_second(self):
        """E26"""
        self.publish(NOON, at=NOON + HOUR)
        self.assert_boundary(NOON + HOUR, before=False, after=True)

    def test_story_ends_to_the_second(self):
        self.publish(NOON, until=NOON + HOUR)
        self.assert_boundary(NOON + HOUR, before=True, after=False)

    def test_publication_is_seen_by_the_next_reader(self):
        self.assert_act(lambda: self.publish(NOON), before=False, after=True)

    def test_withdrawal_is_seen_by_the_next_reader(self):
        self.publish(NOON - HOUR)
        self.assert_act(
            lambda: publishing.withdraw(self.article, by=self.editor, note="Essai"),
            before=True,
            after=False,
        )

    def test_changed_headline_is_seen_by_the_next_reader(self):
        self.publish(NOON - HOUR)

        def change():
            save(self.article, headline="Autre titre d’essai")
            self.publish(NOON)

        self.assert_act(change, before=True, after=False)

    def assert_act(self, act, *, before, after):
        etags = {address: self.etag(NOON - SECOND, address) for address in self.lists()}
        for address in self.lists():
            assert self.shows(NOON - SECOND, address) == before
        with self.at(NOON):
            act()
        for address, etag in etags.items():
            with self.subTest(address):
                assert self.shows(NOON, address, etag) == after
                assert self.shows(NOON + SECOND, address) == after

    def test_story_itself_answers_404_then_200_then_410(self):
        self.publish(NOON, at=NOON + HOUR, until=NOON + 2 * HOUR)
        address = f"/articles/{self.article.pk}/titre-d-essai-aux-bornes/"
        for instant, status in [
            (NOON + HOUR - SECOND, 404),
            (NOON + HOUR, 200),
            (NOON + 2 * HOUR - SECOND, 200),
            (NOON + 2 * HOUR, 410),
        ]:
            with self.at(instant):
                for _ in range(2):
                    assert self.client.get(address).status_code == status

    def test_lead_of_the_front_page_gives_way_when_its_time_ends(self):
        self.publish(NOON - HOUR)
        other = make_article(headline="Plus récent", body="<p>Texte.</p>")
        with self.at(NOON):
            publishing.publish(other, revision=1, by=self.editor)
            front_pages.pin(self.article, until=NOON + HOUR, by=self.editor)
        for instant, lead in [(NOON + HOUR - SECOND, HEADLINE), (NOON + HOUR, "Plus récent")]:
            with self.at(instant):
                text = self.client.get("/").text
            assert lead == min((HEADLINE, "Plus récent"), key=text.index)

    def test_lead_taken_down_is_not_kept_by_a_machine_that_is_behind(self):
        self.publish(NOON - HOUR)
        with self.at(NOON - HOUR):
            front_pages.pin(self.article, until=NOON + HOUR, by=self.editor)
        with self.at(NOON):
            front_pages.unpin(self.article, by=self.editor)
        assert self.etag(NOON - SECOND, "/") != self.etag(NOON, "/")

    def test_front_page_shows_the_new_day_at_midnight(self):
        midnight = datetime(2026, 2, 2, 23, tzinfo=UTC)  # in Paris
        etag = self.etag(midnight - SECOND, "/")
        with self.at(midnight):
            response = self.client.get("/", headers={"If-None-Match": etag})
        self.assertContains(response, "3 février 2026")

    def test_page_of_a_machine_that_is_behind_is_not_kept_for_the_others(self):
        self.publish(NOON)
        assert not self.shows(NOON - SECOND, "/")
        assert self.shows(NOON, "/")

    def test_new_release_shows_no_page_of_the_old_one(self):
        etag = self.etag(NOON, "/")
        with mock.patch.object(page_cache, "RELEASE", "another"):
            assert self.etag(NOON, "/") != etag


class CostTests(PageCacheTestCase):
    def test_kept_page_costs_one_query_and_no_template(self):
        self.publish(NOON)
        address = self.article.editions.get().get_absolute_url()
        with self.at(NOON + SECOND):
            first = self.client.get(address)
            with self.assertNumQueries(1), self.assertTemplateNotUsed("base.html"):
                assert self.client.get(address).content == first.content

    def test_304_costs_one_query_and_is_empty(self):
        etag = self.etag(NOON, "/")
        with self.at(NOON), self.assertNumQueries(1):
            response = self.client.get("/", headers={"If-None-Match": f'"x", {etag}'})
        assert (response.status_code, response.content) == (304, b"")

    def test_other_middleware_is_not_asked_for_a_kept_page(self):
        with self.at(NOON):
            self.client.get("/")
            with mock.patch.object(CSPMiddleware, "process_response", side_effect=AssertionError):
                response = self.client.get("/")
        assert "default-src 'self'" in response["Content-Security-Policy"]

    def test_page_is_kept_compressed_and_sent_either_way(self):
        with self.at(NOON):
            plain = self.client.get("/")
            with self.assertNumQueries(1):
                zipped = self.client.get("/", headers={"Accept-Encoding": "gzip"})
        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.content) == plain.content
        assert zipped["Vary"] == "Accept-Encoding"

    def test_head_has_the_headers_of_get(self):
        with self.at(NOON):
            assert self.client.head("/")["ETag"] == self.client.get("/")["ETag"]

    def test_public_pages_set_no_cookie_and_vary_on_nothing_personal(self):
        """E26"""
        client = Client()
        client.force_login(self.editor)
        with self.at(NOON):
            response = client.get("/")
        assert not response.cookies
        assert response["Vary"] == "Accept-Encoding"


class SharedCacheTests(PageCacheTestCase):
    def cache_control(self, instant, address="/"):
        with self.at(instant):
            return self.client.get(address)["Cache-Control"]

    def test_shared_caches_must_ask_each_time_where_they_cannot_be_purged(self):
        assert self.cache_control(NOON).endswith("s-maxage=0")

    @override_settings(SHARED_CACHE_SECONDS=3600)
    def test_shared_caches_forget_at_the_next_instant(self):
        self.publish(NOON, at=NOON + 90 * SECOND)
        assert self.cache_control(NOON).endswith("max-age=0, must-revalidate, s-maxage=90")
        assert self.cache_control(NOON + 90 * SECOND).endswith("s-maxage=3600")

    @override_settings(SHARED_CACHE_SECONDS=3600)
    def test_not_found_is_no_longer_kept_than_a_page(self):
        self.publish(NOON, at=NOON + 90 * SECOND)
        address = f"/articles/{self.article.pk}/titre-d-essai-aux-bornes/"
        assert self.cache_control(NOON, address).endswith("s-maxage=90")

    def test_desk_is_never_kept(self):
        client = Client()
        client.force_login(self.editor)
        for _ in range(2):
            response = client.get(reverse("admin:index"))
            assert "public" not in response.get("Cache-Control", "")
            assert "ETag" not in response or not response["ETag"].startswith("W/")

    def test_response_with_a_cookie_is_never_kept(self):
        def view(request):
            request.is_public = True
            response = HttpResponse("à moi")
            response.set_cookie("nom", "valeur")
            return response

        request = mock.Mock(method="GET", path_info="/", META={}, headers={}, is_public=True)
        request.build_absolute_uri.return_value = "http://testserver/"
        response = page_cache.page_cache(view)(request)
        assert "Cache-Control" not in response


class SiteStateTests(TestCase):
    def test_instants_long_past_are_dropped_and_the_rest_sorted(self):
        SiteState.objects.bump(NOON, NOON + 2 * HOUR, NOON + HOUR, None)
        SiteState.objects.bump(NOON + HOUR + timedelta(minutes=2))
        version, instants, *_rest = SiteState.objects.read()
        assert instants == [SiteState.encode(NOON + 2 * HOUR)]
        assert version == 3

    def test_state_of_a_new_site_is_version_0(self):
        assert SiteState.objects.read() == (0, [], [], [])
