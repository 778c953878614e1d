from datetime import UTC, datetime, timedelta
from unittest import mock

from django.conf import settings
from django.test import TestCase
from django.utils import timezone

from .factories import make_edition, show_first_page

HOUR = timedelta(hours=1)
# In Paris already the first of February.
NEW_MONTH = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


class ArchiveTests(TestCase):
    def titles(self, address):
        return [e.headline for e in self.client.get(address).context["page"].editions]

    def test_stories_stand_under_the_day_of_their_first_publication(self):
        now = timezone.now()
        make_edition(headline="De janvier", live_from=NEW_MONTH - HOUR)
        make_edition(headline="De février", live_from=NEW_MONTH, modified_at=now, listed_at=now)
        assert self.titles("/archives/2026/01/31/") == ["De janvier"]
        assert self.titles("/archives/2026/02/01/") == ["De février"]
        assert self.titles("/archives/2026/02/") == ["De février"]
        for address in ("/archives/2026/", "/archives/"):
            assert self.titles(address) == ["De février", "De janvier"]

    def test_only_years_months_and_days_with_stories_are_linked(self):
        make_edition(live_from=NEW_MONTH)
        make_edition(live_from=NEW_MONTH - 20_000 * HOUR)
        make_edition(live_from=NEW_MONTH + 48 * HOUR)
        make_edition(live_from=NEW_MONTH + 24 * HOUR, is_sealed=True)
        parts = {
            "/archives/": ["2026", "2023"],
            "/archives/2026/": ["février"],
            "/archives/2026/02/": ["3", "1er"],
            "/archives/2026/02/01/": [],
        }
        for address, names in parts.items():
            with self.subTest(address):
                response = self.client.get(address)
                assert [part.name for part in response.context["parts"]] == names
                for part in response.context["parts"]:
                    self.assertContains(response, f'<a href="{part.get_absolute_url()}">')

    def test_title_and_canonical_address_are_its_own(self):
        make_edition(live_from=NEW_MONTH)
        response = self.client.get("/archives/2026/02/01/?utm=1")
        self.assertContains(response, "<h1>1er février 2026</h1>")
        canonical = f'<link rel="canonical" href="{settings.SITE_URL}/archives/2026/02/01/">'
        self.assertContains(response, canonical)

    def test_what_is_not_live_is_absent(self):
        """E8"""
        now = timezone.now()
        make_edition(headline="Prévu", live_from=now + HOUR)
        make_edition(headline="Expiré", live_from=now - HOUR, live_until=now)
        response = self.client.get("/archives/")
        self.assertContains(response, "Aucun article n’est encore paru.")
        assert self.client.get(f"/archives/{now.year}/").status_code == 404

    def test_period_without_stories_or_that_no_calendar_has_answers_404(self):
        """E7"""
        make_edition(live_from=NEW_MONTH)
        for period in ("2025", "2026/03", "2026/02/02", "2026/02/31", "9999", "0001", "2026/2"):
            with self.subTest(period):
                response = self.client.get(f"/archives/{period}/")
                self.assertContains(response, "Page introuvable", status_code=404)

    @mock.patch("articles.views.ARCHIVE_SIZE", 3)
    def test_pages_hold_every_story_once_in_a_fixed_number_of_queries(self):
        """E24"""
        editions = [make_edition(live_from=NEW_MONTH) for _ in range(8)]
        show_first_page()
        for path in ("/archives/", "/archives/2026/", "/archives/2026/02/"):
            titles, address = [], path
            while address:
                with self.assertNumQueries(3):  # state, stories, periods
                    page = self.client.get(address).context["page"]
                titles += [edition.headline for edition in page.editions]
                address = page.next_query and f"{path}{page.next_query}"
            assert titles == [edition.headline for edition in reversed(editions)]
        with self.assertNumQueries(2):  # state, stories
            self.client.get("/archives/2026/02/01/")
