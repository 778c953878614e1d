"""The site at another instant: as it was and as it will be, for those who may."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.test import TestCase
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from .. import publishing
from .factories import make_edition, make_section, make_topic, make_user, save, show_first_page

DAY = timedelta(days=1)
LINK = re.compile(r'href="(?:http://[^/]*)?(/[^"]*?)articles/')


def at(instant, path=""):
    return f"/admin/au/{timezone.localtime(instant).replace(tzinfo=None).isoformat()}/{path}"


class SiteAtTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user("articles.view_site_at")
        cls.now = timezone.now()

    def setUp(self):
        self.client.force_login(self.chief)

    def test_front_page_is_as_it_was_and_as_it_will_be(self):
        make_edition(headline="D’hier", live_from=self.now - 3 * DAY, live_until=self.now - DAY)
        make_edition(headline="De demain", live_from=self.now + DAY)
        for days, shown, hidden in ((-2, "D’hier", "De demain"), (2, "De demain", "D’hier")):
            page = self.client.get(at(self.now + days * DAY))
            self.assertContains(page, shown)
            self.assertNotContains(page, hidden)
        self.assertNotContains(self.client.get("/"), "De demain")

    def test_story_shows_the_text_of_that_day(self):
        edition = make_edition(headline="Ancien", live_from=self.now - 2 * DAY)
        save(edition.article, headline="Nouveau")
        editor = make_user(is_superuser=True)
        publishing.publish(edition.article, revision=2, by=editor)
        address = edition.get_absolute_url().removeprefix("/")
        self.assertContains(self.client.get(at(self.now - DAY, address)), "Ancien")

    def test_banner_names_the_instant_and_leads_back_to_the_same_page_of_now(self):
        page = self.client.get("/admin/au/2026-02-03T06:00:00/fil/?rubrique=")
        self.assertContains(page, "Le site le 3 février 2026 à 06h00")
        self.assertContains(page, '<a href="/fil/?rubrique=">revenir à maintenant</a>')
        self.assertContains(page, reverse("site-at-choose"))

    def test_links_keep_the_instant_and_static_files_do_not(self):
        section = make_section(name="Monde")
        edition = make_edition(section=section, live_from=self.now - 2 * DAY)
        prefix = at(self.now - DAY)
        page = self.client.get(prefix)
        self.assertContains(page, f'href="{prefix}rubriques/{section.slug}/"')
        self.assertContains(page, f'href="{prefix.rstrip("/")}{edition.get_absolute_url()}"')
        self.assertContains(page, 'href="/static/css/site.css"')
        self.assertNotContains(page, 'href="/rubriques/')

    def test_links_of_one_instant_are_never_those_of_another(self):
        section = make_section(name="Monde")
        make_edition(section=section, body="<p>Essai.</p>", live_from=self.now - 2 * DAY)
        show_first_page()
        for prefix in (at(self.now - DAY), "/", at(self.now), "/"):
            for path in ("", f"rubriques/{section.slug}/", "flux/une.atom"):
                with self.subTest(prefix, path=path):
                    page = self.client.get(f"{prefix}{path}").content.decode()
                    assert set(LINK.findall(page)) == {prefix}

    def test_redirect_keeps_the_instant_and_the_query(self):
        edition = make_edition(headline="Le port", live_from=self.now - 2 * DAY)
        prefix = at(self.now - DAY)
        response = self.client.get(f"{prefix}articles/{edition.article_id}/autre/?a=b")
        address = edition.get_absolute_url().removeprefix("/")
        assert response["Location"] == f"{prefix}{address}?a=b"

    def test_prefix_is_put_back_whatever_happens(self):
        for path in ("", "fil/", "inconnu/", "articles/999/rien/", "fil/?avant=x"):
            self.client.get(at(self.now, path))
            assert get_script_prefix() == "/"
        assert reverse("articles:front-page") == "/"

    def test_nothing_keeps_or_indexes_it(self):
        for path in ("", "fil/", "inconnu/"):
            page = self.client.get(at(self.now, path))
            assert "no-store" in page["Cache-Control"]
            assert page["X-Robots-Tag"] == "noindex, nofollow"
            assert not page.has_header("Surrogate-Key")
            assert not page.has_header("ETag")
            assert '<meta name="robots" content="noindex, nofollow">' in page.content.decode()

    def test_page_that_is_none_is_not_found_in_french_and_keeps_the_banner(self):
        for path in ("inconnu/", "articles/999/rien/", "admin/", "static/css/site.css"):
            with self.subTest(path=path):
                page = self.client.get(at(self.now, path))
                self.assertContains(page, "Page introuvable", status_code=404)
                self.assertContains(page, "revenir à maintenant", status_code=404)

    def test_instant_is_read_in_the_newsrooms_zone_or_with_its_offset(self):
        """E3"""
        make_edition(headline="À six heures", live_from=datetime(2026, 2, 3, 5, tzinfo=UTC))
        for instant, shown in (
            ("2026-02-03T06:00:00", True),
            ("2026-02-03T05:59:59", False),
            ("2026-02-03T06:00", True),
            ("2026-02-03T05:00:00Z", True),
            ("2026-02-03T07:00:00+02:00", True),
            ("2026-02-03T06:59:59.5+02:00", False),
        ):
            with self.subTest(instant=instant):
                page = self.client.get(f"/admin/au/{quote(instant, safe=':')}/")
                assert ("À six heures" in page.content.decode()) == shown

    def test_bad_instant_is_not_found(self):
        for instant in (
            "hier",
            "2026-02-30T06:00:00",
            "2026-02-03T25:00:00",
            "2026-02-03",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59",
            "2026-02-03T06:00:00+99:99",
            "２026-02-03T06:00:00",
        ):
            with self.subTest(instant=instant):
                page = self.client.get(f"/admin/au/{quote(instant)}/")
                self.assertContains(page, "Page introuvable", status_code=404)

    def test_missing_and_doubled_hours_say_what_to_do(self):
        """E3"""
        for instant in ("2027-03-28T02:30:00", "2027-10-31T02:30:00"):
            with self.subTest(instant=instant):
                page = self.client.get(f"/admin/au/{instant}/")
                self.assertContains(page, "choisissez-en une avant ou après", status_code=400)
        assert self.client.get("/admin/au/2027-10-31T02:30:00+01:00/").status_code == 200

    def test_sealed_edition_is_not_shown_at_any_instant(self):
        """E8"""
        edition = make_edition(headline="Sous scellés", live_from=self.now - 3 * DAY)
        judge = make_user(is_superuser=True)
        publishing.withdraw(edition.article, by=judge, note="Jugement.")
        publishing.seal(edition, by=judge, reason="Jugement.")
        address = edition.get_absolute_url().removeprefix("/")
        for path in ("", "fil/", address):
            page = self.client.get(at(self.now - DAY, path))
            assert "Sous scellés" not in page.content.decode()
        assert page.status_code == 410

    def test_who_may_not_learns_nothing(self):
        make_edition(headline="De demain", live_from=self.now + DAY)
        addresses = (at(self.now + 2 * DAY), at(self.now, "fil/"), reverse("site-at-choose"))
        self.client.force_login(make_user("articles.publish_article", "articles.view_article"))
        for address in addresses:
            assert self.client.get(address).status_code == 404
        self.client.logout()
        for address in addresses:
            response = self.client.get(address)
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")

    def test_only_reading_is_possible(self):
        assert self.client.post(at(self.now)).status_code == 405
        assert self.client.head(at(self.now)).status_code == 200

    def test_instant_is_chosen_in_a_form(self):
        choose = reverse("site-at-choose")
        self.assertContains(self.client.get(choose), "Heure de Paris")
        response = self.client.get(choose, {"instant": "2026-02-03T06:00"})
        assert response["Location"] == "/admin/au/2026-02-03T06:00:00+01:00/"
        page = self.client.get(choose, {"instant": "2027-03-28T02:30"})
        self.assertContains(page, "choisissez-en une avant ou après")
        self.assertContains(self.client.get(choose, {"instant": ""}), "obligatoire")

    def test_every_kind_of_public_page_answers(self):
        paths = ["archives/", "rectificatifs/", "flux/", "flux/une.atom", "sitemap.xml"]
        for path in paths:
            with self.subTest(path=path):
                page = self.client.get(at(self.now, path))
                assert page.status_code == 200
                assert "no-store" in page["Cache-Control"]

    def test_topic_page_holds_what_will_be_there(self):
        topic = make_topic(name="Ports")
        make_edition(headline="Le port", topics=[topic], live_from=self.now + DAY)
        page = self.client.get(at(self.now + 2 * DAY, topic.get_absolute_url().lstrip("/")))
        self.assertContains(page, "Le port")
