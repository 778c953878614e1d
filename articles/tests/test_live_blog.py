"""What readers get of a live blog: the page, its older pages, lasting addresses, feed and data."""

import json
import re
from datetime import UTC, datetime, timedelta
from unittest import mock
from xml.etree import ElementTree

from django.conf import settings
from django.core.cache import cache
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from .. import live_entries, publishing
from ..live_blog import PAGE_SIZE
from ..models import Coverage, Edition, LiveEntryEdition, Meaning
from .factories import make_author, make_edition, make_entry, make_user, show_first_page

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
SITE = settings.SITE_URL
NOON = datetime(2026, 2, 2, 11, tzinfo=UTC)
TEXT = "<p>Texte d’essai.</p>"
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
KEPT = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


class LiveBlogTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)
        cls.edition = make_edition(live_from=NOON - HOUR, body=TEXT, headline="Titre d’essai")
        cls.article = cls.edition.article
        cls.page = cls.edition.get_absolute_url()
        cls.older = f"{cls.page}direct/"

    def at(self, instant):
        return mock.patch("django.utils.timezone.now", return_value=instant)

    def entry(self, instant=NOON, **options):
        with self.at(instant):
            return make_entry(self.article, by=self.editor, **options)

    def republish(self, entry, instant, *, meaning=Meaning.UPDATE, note="", **typed):
        newest = entry.revisions.first()
        with self.at(instant):
            revision = live_entries.write_entry(
                self.article,
                key=entry.uuid,
                typed={**newest.typed, **typed},
                based_on=newest.number,
                by=self.editor,
            )
            live_entries.publish_entry(
                entry, revision=revision.number, by=self.editor, meaning=meaning, note=note
            )

    def get(self, address=None, instant=NOON + HOUR):
        with self.at(instant):
            return self.client.get(address or self.page)

    def fill(self, number):
        """Publish *number* entries, one a minute from noon on, straight into the tables."""
        entry = self.entry(body_html="<p>Message 0.</p>")
        first = entry.editions.get()
        for n in range(1, number):
            revision = entry.revisions.get()
            twin = self.article.live_entries.create(owner=self.editor)
            revision.pk, revision.entry = None, twin
            revision.body_html = f"<p>Message {n}.</p>"
            revision.save()
            edition = revision.freeze()
            edition.live_from = edition.shown_at = first.shown_at + n * timedelta(minutes=1)
            edition.save()

    def data(self, kind, response):
        blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text)
        return [block for block in map(json.loads, blocks) if block["@type"] == kind]


class PageTests(LiveBlogTestCase):
    def test_entries_stand_under_the_story_the_newest_first_with_time_author_and_anchor(self):
        author = make_author(name="Ada Essai")
        first = self.entry(NOON, body_html="<p>Le premier.</p>", author=author)
        second = self.entry(NOON + SECOND * 61, headline="Le second", body_html="<p>Deux</p>")
        text = self.get().text
        assert text.index("Texte d’essai") < text.index("Le second") < text.index("Le premier")
        for entry, time in ((first, "12h00"), (second, "12h01")):
            assert f'id="message-{entry.pk}"' in text
            assert f'href="{self.older}{entry.pk}/"' in text
            assert f">{time}</time></a>" in text
        assert f'<a href="/auteurs/{author.slug}/" rel="author">Ada Essai</a>' in text
        assert "En direct" in text
        assert f'<a href="{self.older}">Actualiser</a>' in text
        assert "<script>" not in text
        assert text.count("<h1") == 1

    def test_story_without_live_blog_is_as_it_was_and_costs_nothing_more(self):
        """E24"""
        # One more: the look-up of the site's state.
        show_first_page()
        with self.at(NOON), self.assertNumQueries(2 + 1):  # edition, related
            response = self.client.get(self.page)
        self.assertNotContains(response, "direct")
        assert self.get(self.older).status_code == 404
        assert self.get(f"{self.older}1/").status_code == 404
        assert self.get(f"/flux/articles/{self.article.pk}/direct.atom").status_code == 404

    def test_query_count_does_not_grow_with_the_number_of_entries(self):
        """E24"""
        for number in (1, 10, PAGE_SIZE + 20):
            self.fill(number)
            show_first_page()
            # edition, entries, key entries, related
            with self.at(NOON + HOUR), self.assertNumQueries(4 + 1):
                self.client.get(self.page)

    def test_key_entries_are_marked_and_listed_as_the_essential(self):
        self.entry(body_html="<p>Ordinaire.</p>")
        key = self.entry(NOON + SECOND, body_html="<p>Capital.</p>", is_key=True)
        text = self.get().text
        essential = text[
            text.index("L’essentiel") : text.index("</nav>", text.index("L’essentiel"))
        ]
        assert "Capital." in essential and f"direct/{key.pk}/" in essential
        assert "Ordinaire" not in essential
        assert f'class="live-entry live-key" id="message-{key.pk}"' in text

    def test_end_of_the_live_blog_is_told_and_nothing_is_to_be_reloaded(self):
        self.entry()
        with self.at(NOON + HOUR):
            live_entries.end_live(self.article, by=self.editor)
        response = self.get()
        self.assertContains(response, "Direct terminé")
        self.assertContains(response, "à 13h00")
        self.assertNotContains(response, "Actualiser")
        self.assertNotContains(response, "En direct :")

    def test_started_live_blog_without_entries_says_that_they_come(self):
        with self.at(NOON):
            live_entries.start_live(self.article, by=self.editor)
        self.assertContains(self.get(), "Les premiers messages arrivent.")

    def test_correction_stands_at_its_entry_and_not_at_the_story(self):
        """E4"""
        entry = self.entry(headline="Faux")
        fixed = {"meaning": Meaning.CORRECTION, "note": "Le prénom était inexact."}
        self.republish(entry, NOON + 60 * SECOND, headline="Juste", **fixed)
        response = self.get()
        self.assertContains(response, "Le prénom était inexact.")
        self.assertNotContains(response, "Faux")
        self.assertNotContains(response, 'id="rectificatifs"')
        assert "12h01" in response.text

    def test_update_is_told_and_a_silent_fix_is_not(self):
        entry = self.entry()
        self.republish(entry, NOON + 60 * SECOND, meaning=Meaning.SILENT, headline="Retouché")
        self.assertNotContains(self.get(), "Mis à jour")
        self.republish(entry, NOON + 120 * SECOND, headline="Nouveau")
        self.assertContains(self.get(), "Mis à jour")

    def test_withdrawn_entry_leaves_a_notice_with_its_reason(self):
        """E5"""
        entry = self.entry(body_html="<p>Faux et retiré.</p>", is_key=True)
        with self.at(NOON + SECOND):
            live_entries.withdraw_entry(entry, by=self.editor, note="Information démentie.")
        response = self.get()
        self.assertContains(response, "Ce message a été retiré")
        self.assertContains(response, "Information démentie.")
        self.assertContains(response, f'id="message-{entry.pk}"')
        self.assertNotContains(response, "Faux et retiré")
        self.assertNotContains(response, "L’essentiel")

    def test_draft_and_dropped_entries_are_on_no_page(self):
        """E8"""
        self.entry()
        self.entry(publish=False, body_html="<p>Inédit.</p>")
        changed = self.entry(body_html="<p>Public.</p>")
        newest = changed.revisions.first()
        typed = {**newest.typed, "body_html": "<p>Inédit aussi.</p>"}
        live_entries.write_entry(
            self.article, key=changed.uuid, typed=typed, based_on=1, by=self.editor
        )
        for address in (self.page, f"/flux/articles/{self.article.pk}/direct.json"):
            self.assertContains(self.get(address), "Public.")
            self.assertNotContains(self.get(address), "Inédit")


class OlderPagesTests(LiveBlogTestCase):
    def next_page(self, response):
        return re.search(r'href="([^"]+)" rel="next"', response.text)[1]

    def test_older_entries_follow_on_pages_of_their_own(self):
        """E24"""
        self.fill(2 * PAGE_SIZE + 1)
        first = self.get(instant=NOON + 9 * HOUR)
        assert first.text.count('class="live-entry"') == PAGE_SIZE
        address = self.next_page(first)
        assert address.startswith(f"{self.older}?avant=")
        show_first_page()
        with self.at(NOON + 9 * HOUR), self.assertNumQueries(2 + 1):  # edition, entries
            second = self.client.get(address)
        self.assertContains(second, f"Message {PAGE_SIZE}.")
        self.assertNotContains(second, f"Message {PAGE_SIZE + 1}.")
        third = self.get(self.next_page(second), NOON + 9 * HOUR)
        assert third.text.count('class="live-entry"') == 1
        assert 'rel="next"' not in third.text

    def test_reload_leads_to_the_newest_with_a_new_request(self):
        self.entry()
        response = self.get(self.older)
        assert (response.status_code, response["Location"]) == (302, f"{self.page}#direct")

    def test_lasting_address_leads_to_the_page_that_has_the_entry(self):
        self.fill(PAGE_SIZE + 5)
        entries = list(self.article.live_entries.order_by("pk"))
        for entry in (entries[0], entries[4], entries[5], entries[-1]):
            address = self.get(f"{self.older}{entry.pk}/", NOON + 9 * HOUR)["Location"]
            path, _hash, anchor = address.partition("#")
            assert f'id="{anchor}"' in self.get(path, NOON + 9 * HOUR).text
            assert anchor == f"message-{entry.pk}"
        assert address.startswith(f"{self.page}#")

    def test_entries_of_one_instant_stand_on_exactly_one_page(self):
        self.fill(PAGE_SIZE + 5)
        LiveEntryEdition.objects.update(shown_at=NOON, live_from=NOON)
        first = self.get()
        both = first.text + self.get(self.next_page(first)).text
        found = re.findall(r'id="message-(\d+)"', both)
        assert len(found) == len(set(found)) == PAGE_SIZE + 5

    def test_address_of_no_entry_is_not_found(self):
        self.entry()
        hidden = self.entry(publish=False)
        elsewhere = make_entry(make_edition().article, by=self.editor)
        numbers = (hidden.pk, elsewhere.pk, 987654321)
        odd = ["0/", "-1/", "01/", "a/", "1" * 30 + "/", "?avant=", "?avant=x", "?avant=%C3%A9"]
        addresses = [f"{n}/" for n in numbers] + odd
        addresses.append("?avant=20260202T110000000000-1-00000000")
        for ending in addresses:
            with self.subTest(ending):
                assert self.get(self.older + ending).status_code == 404
        assert self.get(f"{self.older}?avant=%00").status_code == 400

    def test_another_slug_moves_to_the_story_s_own_with_the_query(self):
        """E6"""
        self.entry()
        response = self.get(f"/articles/{self.article.pk}/autre/direct/?avant=x")
        assert (response.status_code, response["Location"]) == (301, f"{self.older}?avant=x")

    def test_older_page_says_noindex_and_names_itself(self):
        """E7"""
        self.fill(PAGE_SIZE + 1)
        address = self.next_page(self.get())
        response = self.get(address)
        self.assertContains(response, "noindex, follow")
        self.assertContains(response, f'rel="canonical" href="{SITE}{address}"')


class GoneTests(LiveBlogTestCase):
    def addresses(self, entry):
        feeds = [f"/flux/articles/{self.article.pk}/direct.{e}" for e in ("atom", "rss", "json")]
        return [self.page, self.older, f"{self.older}{entry.pk}/", *feeds]

    def test_live_blog_goes_and_comes_with_its_story(self):
        """E5, E8"""
        entry = self.entry(body_html="<p>Avec l’article.</p>")
        with self.at(NOON + SECOND):
            publishing.withdraw(self.article, by=self.editor, note="Retiré.")
        for address in self.addresses(entry):
            with self.subTest(address):
                response = self.get(address)
                assert response.status_code == 410
                assert "Avec l’article" not in response.text
        with self.at(NOON + 2 * SECOND):
            publishing.reinstate(self.article, revision=1, by=self.editor)
        self.assertContains(self.get(), "Avec l’article")

    def test_live_blog_ends_with_the_publication_of_its_story(self):
        entry = self.entry()
        Edition.objects.update(live_until=NOON + HOUR)
        for address in self.addresses(entry):
            assert self.get(address, NOON + HOUR - SECOND).status_code in (200, 302)
            assert self.get(address, NOON + HOUR).status_code == 410

    def test_sealed_text_is_on_no_page_and_not_on_the_site_of_its_time(self):
        """A judge's order: the text is nowhere, whatever the instant."""
        entry = self.entry(body_html="<p>Sous le coup d’un jugement.</p>")
        with self.at(NOON + HOUR):
            live_entries.withdraw_entry(entry, by=self.editor, note="Retiré.")
        self.client.force_login(self.editor)
        then = f"/admin/au/2026-02-02T12:30:00{self.page}"
        self.assertContains(self.client.get(then), "Sous le coup")
        with self.at(NOON + 2 * HOUR):
            live_entries.seal_entry(
                entry.editions.get(number=1), by=self.editor, reason="Jugement."
            )
        stem = "/admin/au/2026-02-02T12:30:00"
        feed = f"/flux/articles/{self.article.pk}/direct.json"
        for address in (then, f"{stem}{feed}", self.page, feed):
            with self.subTest(address):
                self.assertNotContains(self.client.get(address), "Sous le coup")
        assert self.client.get(f"{stem}{self.older}{entry.pk}/").status_code == 404


class InstantTests(LiveBlogTestCase):
    def test_site_at_another_instant_shows_the_entries_of_that_instant(self):
        first = self.entry(NOON, body_html="<p>Midi pile.</p>")
        self.entry(NOON + HOUR, body_html="<p>Une heure.</p>")
        self.republish(first, NOON + 2 * HOUR, body_html="<p>Corrigé.</p>")
        with self.at(NOON + 3 * HOUR):
            live_entries.end_live(self.article, by=self.editor)
        self.client.force_login(self.editor)
        told = {
            "11:59:59": (),
            "12:00:00": ("Midi pile", "En direct"),
            "13:30:00": ("Midi pile", "Une heure", "En direct"),
            "14:00:00": ("Corrigé", "Une heure", "En direct"),
            "15:00:00": ("Corrigé", "Une heure", "Direct terminé"),
        }
        words = {word for shown in told.values() for word in shown}
        for time, shown in told.items():
            text = self.client.get(f"/admin/au/2026-02-02T{time}{self.page}").text
            with self.subTest(time):
                assert {word for word in words if word in text} == set(shown)

    def test_lists_mark_the_story_while_it_is_told_live(self):
        """E26"""
        pages = ["/", "/fil/", self.edition.section.get_absolute_url()]

        def marked(prefix=""):
            texts = [self.client.get(prefix + page).text for page in pages]
            return {'<span class="live-now live-mark">En direct</span> Titre' in t for t in texts}

        with self.at(NOON):
            assert marked() == {False}
            live_entries.start_live(self.article, by=self.editor)
            assert marked() == {True}
        with self.at(NOON + HOUR):
            live_entries.end_live(self.article, by=self.editor)
            assert marked() == {False}
        self.client.force_login(self.editor)
        for time, shown in {"11:59:59": False, "12:30:00": True, "13:00:00": False}.items():
            assert marked(f"/admin/au/2026-02-02T{time}") == {shown}

    @override_settings(CACHES=KEPT)
    def test_each_act_is_seen_by_the_next_reader_of_a_kept_page(self):
        """E26"""
        cache.clear()
        self.addCleanup(cache.clear)
        assert "Un message." not in self.get(instant=NOON).text
        entry = self.entry(NOON, body_html="<p>Un message.</p>")
        kept = self.get(instant=NOON)
        assert "Un message." in kept.text
        headers = {"If-None-Match": kept["ETag"]}
        # A kept page costs the look-up of the site's state, as any other.
        with self.at(NOON + SECOND), self.assertNumQueries(1):
            assert self.client.get(self.page).text == kept.text
        with self.at(NOON + SECOND), self.assertNumQueries(1):
            assert self.client.get(self.page, headers=headers).status_code == 304
        with self.at(NOON + 2 * SECOND):
            live_entries.withdraw_entry(entry, by=self.editor, note="Faux.")
            response = self.client.get(self.page, headers=headers)
        assert response.status_code == 200
        assert "Un message." not in response.text

    @override_settings(CACHES=KEPT)
    def test_machine_that_is_behind_keeps_no_page_for_others(self):
        cache.clear()
        self.addCleanup(cache.clear)
        self.entry(NOON, body_html="<p>Un message.</p>")
        assert "Un message." not in self.get(instant=NOON - SECOND).text
        assert "Un message." in self.get(instant=NOON).text


class DataTests(LiveBlogTestCase):
    def test_page_has_a_live_blog_posting_with_its_updates(self):
        """E13"""
        author = make_author(name="Ada Essai")
        old = self.entry(body_html="<p>Un</p>", author=author)
        self.entry(NOON + SECOND, headline="</script>", body_html="<p>Deux</p>")
        gone = self.entry(NOON + 2 * SECOND)
        with self.at(NOON + 3 * SECOND):
            live_entries.withdraw_entry(gone, by=self.editor, note="Faux.")
        fixed = {"meaning": Meaning.CORRECTION, "note": "Le nom."}
        self.republish(old, NOON + 60 * SECOND, body_html="<p>Trois</p>", **fixed)
        with self.at(NOON + HOUR):
            live_entries.end_live(self.article, by=self.editor)
        (posting,) = self.data("LiveBlogPosting", self.get())
        assert posting["coverageStartTime"] == "2026-02-02T12:00:00+01:00"
        assert posting["coverageEndTime"] == "2026-02-02T13:00:00+01:00"
        newest, oldest = posting["liveBlogUpdate"]
        assert newest["headline"] == "</script>"
        assert oldest["articleBody"] == "Trois"
        assert oldest["datePublished"] == "2026-02-02T12:00:00+01:00"
        assert oldest["dateModified"] == "2026-02-02T12:01:00+01:00"
        assert oldest["url"] == f"{SITE}{self.older}{old.pk}/"
        assert oldest["correction"][0]["text"] == "Le nom."
        address = f"{SITE}/auteurs/{author.slug}/"
        person = {"@type": "Person", "name": "Ada Essai", "url": address}
        assert oldest["author"] == [person]

    def test_story_keeps_its_dates_whatever_its_live_blog_does(self):
        """E1"""
        (before,) = self.data("NewsArticle", self.get(instant=NOON - SECOND))
        self.entry()
        (after,) = self.data("NewsArticle", self.get())
        assert after == before


class FeedTests(LiveBlogTestCase):
    def feed(self, ending):
        return self.get(f"/flux/articles/{self.article.pk}/direct.{ending}")

    def test_feed_tells_entries_newest_first_with_lasting_keys_and_links(self):
        """E12"""
        first = self.entry(body_html='<p>Un <a href="/fil/">lien</a></p>', is_key=True)
        self.entry(NOON + SECOND, headline="Le second")
        self.republish(first, NOON + 60 * SECOND, headline="Retouché")
        items = json.loads(self.feed("json").content)["items"]
        assert [item["title"] for item in items] == ["Le second", "Retouché"]
        assert items[1]["id"] == f"urn:uuid:{first.uuid}"
        assert items[1]["url"] == f"{SITE}{self.older}{first.pk}/"
        assert items[1]["tags"] == ["L’essentiel"]
        assert items[1]["date_modified"] == "2026-02-02T12:01:00+01:00"
        assert f'href="{SITE}/fil/"' in items[1]["content_html"]

    def test_withdrawn_entry_leaves_a_tombstone(self):
        """E12"""
        entry = self.entry(body_html="<p>Faux.</p>")
        with self.at(NOON + SECOND):
            live_entries.withdraw_entry(entry, by=self.editor, note="Démenti.")
        response = self.feed("atom")
        (notice,) = ElementTree.fromstring(response.content).iter(TOMBSTONE)
        assert notice.attrib["ref"] == f"urn:uuid:{entry.uuid}"
        assert "Faux." not in response.text

    def test_feed_is_announced_costs_two_queries_and_answers_304(self):
        """E24"""
        self.fill(60)
        for ending, kind in {"atom": "atom+xml", "rss": "rss+xml", "json": "feed+json"}.items():
            with self.at(NOON + HOUR), self.assertNumQueries(2 + 1):  # edition, entries
                response = self.client.get(f"/flux/articles/{self.article.pk}/direct.{ending}")
            link = (
                f'type="application/{kind}" href="/flux/articles/{self.article.pk}/direct.{ending}"'
            )
            assert link in self.get().text
            headers = {"If-None-Match": response["ETag"]}
            with self.at(NOON + HOUR):
                again = self.client.get(response.wsgi_request.path, headers=headers)
            assert again.status_code == 304

    def test_feed_of_a_story_that_is_not_yet_live_is_not_found(self):
        article = make_edition(live_from=timezone.now() + HOUR).article
        Coverage.objects.create(article=article, live_from=timezone.now())
        address = reverse("articles:live-blog-feed", args=[article.pk, "atom"])
        assert self.client.get(address).status_code == 404
