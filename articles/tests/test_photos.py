"""Photos in stories: frozen at publication, shown as long as their rights last, served by name."""

import json
import re
from datetime import timedelta
from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from .. import photo_acts, publishing, renditions
from ..models import Edition, EditionPhoto, Photo, SiteState
from ..models.photo import photo_storage
from ..publishing import PublishingError
from .drawings import draw
from .factories import figure, make_article, make_edition, make_photo, make_section, make_user, save

HOUR = timedelta(hours=1)
ADDRESS = re.compile(r"/photos/[0-9a-f]{24}-\d+\.\w+")


def addresses(response):
    """Return the addresses of photos that a page holds."""
    return set(ADDRESS.findall(response.content.decode()))


class PhotoTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.chief = make_user(is_superuser=True)

    def setUp(self):
        # Files are kept in memory, and each test has its own.
        self.photo = make_photo()

    def page(self, edition):
        return self.client.get(edition.get_absolute_url())

    def publish(self, article, **options):
        revision = article.revisions.first().number
        return publishing.publish(article, revision=revision, by=self.chief, **options)


class FreezingTests(PhotoTestCase):
    def test_published_story_shows_its_lead_gallery_and_figures(self):
        """E15"""
        inside, beside = make_photo(), make_photo()
        body = f"<p>Texte</p>{figure(inside, 'Dans le <em>texte</em>')}<p>Suite</p>"
        article = make_article(body=body, lead=self.photo, gallery=[beside])
        edition = self.publish(article)
        html = self.page(edition).content.decode()
        for photo in (self.photo, inside, beside):
            assert f'alt="{photo.alt}"' in html
            assert photo.credit in html
        assert "Dans le <em>texte</em>" in html
        assert inside.caption not in html
        assert "data-file" not in html
        lead = html[html.index("<figure") : html.index("</figure>")]
        assert 'fetchpriority="high"' in lead
        assert "lazy" not in lead
        assert html.count('loading="lazy"') == 2
        assert 'width="600" height="400"' in lead

    def test_what_is_published_keeps_alt_caption_credit_and_crop(self):
        edition = self.publish(make_article(lead=self.photo))
        before = self.page(edition).content
        for name, value in {"alt": "Autre", "caption": "Autre", "credit": "Autre"}.items():
            setattr(self.photo, name, value)
        self.photo.focal_x = 0.1
        self.photo.save()
        renditions.make(self.photo)
        assert self.page(edition).content == before

    def test_draft_s_photos_change_nothing_for_readers(self):
        article = make_article(lead=self.photo)
        edition = self.publish(article)
        before = self.page(edition).content
        article.article_photos.all().delete()
        save(article)
        assert self.page(edition).content == before

    def test_photo_without_sizes_is_left_out_until_they_are_made(self):
        photo = make_photo(ready=False)
        edition = self.publish(make_article(lead=photo))
        assert not addresses(self.page(edition))
        version = SiteState.objects.get().version
        renditions.make(photo)
        assert addresses(self.page(edition))
        assert SiteState.objects.get().version == version + 1

    def test_every_door_tells_where_a_photo_is_used(self):
        article = make_article(lead=self.photo)
        edition = self.publish(article)
        again = publishing.bump(article, by=self.chief)
        uses = EditionPhoto.objects.filter(photo=self.photo).order_by("pk")
        assert [use.edition for use in uses] == [edition, again]
        assert uses[0].live_until == again.live_from
        publishing.withdraw(article, by=self.chief, note="Inexact.")
        assert not EditionPhoto.objects.live(timezone.now()).exists()

    def test_story_without_photos_has_the_digest_that_it_had(self):
        assert "photos" not in make_article().snapshot()


class RightsTests(PhotoTestCase):
    def at(self, instant):
        return mock.patch("django.utils.timezone.now", return_value=instant)

    def test_photo_is_gone_from_every_page_when_its_rights_end(self):
        """E15: to the second, with nothing else published since."""
        end = timezone.now() + HOUR
        edition = self.publish(make_article(lead=self.photo, body=f"<p>T</p>{figure(self.photo)}"))
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        places = ["/", edition.get_absolute_url(), edition.section.get_absolute_url()]
        names = set()
        for instant, shown in ((end - timedelta(seconds=1), True), (end, False)):
            with self.at(instant):
                for place in places:
                    found = addresses(self.client.get(place))
                    assert bool(found) == shown, place
                    names |= found
        assert all(self.client.get(name).status_code == 200 for name in names)
        with self.at(end):
            assert {self.client.get(name).status_code for name in names} == {410}

    def test_end_of_rights_is_an_instant_at_which_kept_pages_change(self):
        end = timezone.now() + HOUR
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        self.publish(make_article(lead=self.photo))
        assert SiteState.encode(end) in SiteState.objects.get().instants

    def test_removed_photo_is_on_no_page_of_any_day(self):
        edition = self.publish(make_article(lead=self.photo))
        name = addresses(self.page(edition)).pop()
        photo_acts.remove(self.photo, by=self.chief, reason="Plainte.")
        assert not addresses(self.page(edition))
        assert self.client.get(name).status_code == 410
        self.client.force_login(self.chief)
        past = reverse("site-at", args=[edition.live_from.isoformat()])
        assert not addresses(self.client.get(f"{past}{edition.get_absolute_url()[1:]}"))
        photo_acts.restore(self.photo, by=self.chief)
        assert name in addresses(self.page(edition))

    def test_publication_meets_an_act_on_its_photo_that_it_did_not_see(self):
        article = make_article(lead=self.photo)
        stale = Photo.objects.named({self.photo.key})
        photo_acts.remove(self.photo, by=self.chief, reason="Plainte.")
        with mock.patch("articles.derived.photos_of", return_value=stale):
            edition = self.publish(article)
        assert not addresses(self.page(edition))

    def test_publication_is_refused_without_rights_alt_or_credit(self):
        """E17: all faults at once."""
        now = timezone.now()
        bare = make_photo(alt="", credit="")
        ended = make_photo(rights_until=now)
        with self.assertRaises(PublishingError) as refused:
            self.publish(make_article(lead=bare, gallery=[ended]))
        faults = " ".join(refused.exception.faults)
        assert "n’est pas décrite" in faults
        assert "pas de crédit" in faults
        assert "finissent avant" in faults
        bare.is_decorative, bare.credit = True, "Essai"
        bare.save()
        self.publish(make_article(lead=bare))

    def test_two_lead_photos_are_refused(self):
        article = make_article(lead=self.photo, gallery=[make_photo()])
        article.article_photos.update(role="lead")
        save(article)
        with self.assertRaises(PublishingError):
            self.publish(article)


class ServingTests(PhotoTestCase):
    def name(self):
        edition = self.publish(make_article(lead=self.photo))
        return sorted(addresses(self.page(edition)))[0]

    def test_size_in_use_is_served_with_its_type_for_an_hour_at_most(self):
        response = self.client.get(self.name(), headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert response["Content-Type"] in ("image/avif", "image/jpeg")
        assert response["Cache-Control"] == "public, max-age=3600, s-maxage=3600"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.has_header("Content-Encoding")
        assert not response.has_header("Vary") or "Cookie" not in response["Vary"]
        assert response["Content-Length"] == str(len(response.content))
        assert not response.cookies

    def test_who_has_it_is_told_so_while_it_is_shown(self):
        name = self.name()
        etag = self.client.get(name)["ETag"]
        response = self.client.get(name, headers={"If-None-Match": etag})
        assert (response.status_code, response.content) == (304, b"")
        photo_acts.remove(self.photo, by=self.chief, reason="Plainte.")
        assert self.client.get(name, headers={"If-None-Match": etag}).status_code == 410

    def test_caches_are_given_no_longer_than_the_rights(self):
        name = self.name()
        end = timezone.now() + timedelta(minutes=10)
        photo_acts.set_rights(self.photo, until=end, by=self.chief)
        kept = int(re.search(r"s-maxage=(\d+)", self.client.get(name)["Cache-Control"])[1])
        assert 590 <= kept <= 600

    def test_photo_of_a_draft_or_a_plan_and_every_original_is_not_served(self):
        """E8, E15"""
        make_article(lead=self.photo)
        name = f"/photos/{self.photo.renditions.first().name}"
        assert self.client.get(name).status_code == 404
        make_edition(lead=self.photo, live_from=timezone.now() + HOUR)
        assert self.client.get(name).status_code == 404
        for path in (self.photo.original, f"photos/{self.photo.original}", "media/photos/"):
            assert self.client.get(f"/{path}").status_code == 404

    def test_photo_of_a_withdrawn_story_is_gone(self):
        name = self.name()
        publishing.withdraw(Edition.objects.get().article, by=self.chief, note="Inexact.")
        assert self.client.get(name).status_code == 410

    def test_query_count_of_a_photo(self):
        """E24: the site's state, the size with its photo, the editions that show it."""
        name = self.name()
        with self.assertNumQueries(3):
            self.client.get(name)

    def test_story_shares_its_lead_photo_in_three_ratios(self):
        """E13"""
        edition = self.publish(make_article(lead=make_photo(image=draw(1600, 1200))))
        html = self.page(edition).content.decode()
        data = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])
        assert len(data["image"]) == 3
        assert [(i["width"], i["height"]) for i in data["image"]] == [
            (1600, 900),
            (1600, 1200),
            (1200, 1200),
        ]
        image = re.search(r'og:image" content="([^"]*)"', html)[1]
        assert image == data["image"][0]["url"]
        assert 'og:image:width" content="1600"' in html
        for image in data["image"]:
            assert self.client.get("/" + image["url"].split("/", 3)[3]).status_code == 200

    def test_feeds_tell_the_lead_photo_while_it_is_shown(self):
        photo = make_photo(image=draw(1600, 1200))
        self.publish(make_article(lead=photo, body=f"<p>T</p>{figure(photo)}"))
        feeds = [f"/flux/une.{ending}" for ending in ("rss", "atom", "json")]
        for feed in feeds:
            assert len(addresses(self.client.get(feed))) == 1, feed
            assert b"data-file" not in self.client.get(feed).content
        photo_acts.remove(photo, by=self.chief, reason="Plainte.")
        for feed in feeds:
            assert not addresses(self.client.get(feed)), feed

    def test_small_photo_is_shown_and_leaves_sharing_to_the_card(self):
        html = self.page(self.publish(make_article(lead=self.photo))).content.decode()
        assert "/cartes/" in re.search(r'og:image" content="([^"]*)"', html)[1]

    def test_lists_ask_no_query_for_photos(self):
        """E24"""
        section = make_section()
        pages = ["/", section.get_absolute_url()]

        def count():
            counts = []
            for page in pages:
                with CaptureQueriesContext(connection) as queries:
                    assert self.client.get(page).status_code == 200
                counts.append(len(queries))
            return counts

        self.publish(make_article(section=section))
        before = count()
        for _ in range(3):
            self.publish(make_article(section=section, lead=self.photo, gallery=[self.photo]))
        assert count() == before
        assert addresses(self.client.get("/"))


class MakingTests(PhotoTestCase):
    def test_command_makes_what_is_missing_once(self):
        photo = make_photo(ready=False)
        edition = self.publish(make_article(lead=photo))
        out = StringIO()
        call_command("make_renditions", stdout=out)
        call_command("make_renditions", stdout=out)
        assert out.getvalue() == "16 sizes made.\n0 sizes made.\n"
        assert addresses(self.page(edition))

    def test_command_goes_on_past_a_file_that_is_gone_and_fails(self):
        lost, other = make_photo(ready=False), make_photo(ready=False)
        photo_storage().delete(lost.original)
        with self.assertRaisesMessage(CommandError, "1 photos can't be read"):
            call_command("make_renditions", stdout=StringIO(), stderr=StringIO())
        assert other.renditions.exists()

    def test_cut_that_is_published_is_made_though_the_point_moved_since(self):
        photo = make_photo(ready=False)
        edition = self.publish(make_article(lead=photo))
        photo.focal_x = 0.1
        photo.save()
        renditions.make(photo)
        edition.refresh_from_db()
        assert edition.lead_photo["sizes"].keys() == {"", "16:9", "4:3", "1:1"}
        assert edition.lead_photo["focal"] == [0.5, 0.5]

    def test_thread_makes_them_and_tells_of_a_failure(self):
        photo = make_photo(ready=False)
        with mock.patch("articles.renditions.connection.close"):
            renditions.make_in_thread(photo.pk)
            assert photo.renditions.count() == 16
            with self.assertLogs("articles.renditions", "ERROR"):
                renditions.make_in_thread(0)
