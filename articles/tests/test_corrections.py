"""Corrections of live blogs' entries stand among those of stories, on the page and in the feed."""

from datetime import UTC, datetime, timedelta
from unittest import mock, skipUnless
from xml.etree import ElementTree

from django.conf import settings
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from .. import live_entries, publishing
from ..live_blog import PAGE_SIZE
from ..models import Edition, LiveEntryEdition
from .factories import make_article, make_entry, make_user, save, show_first_page

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NOON = datetime(2026, 2, 2, 11, tzinfo=UTC)
TEXT = "<p>Texte d’essai.</p>"
PAGE, FEED = "/rectificatifs/", "/flux/rectificatifs.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


class CorrectionTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)
        cls.article = make_article(headline="Titre d’essai", body=TEXT)
        with cls.at(NOON - HOUR):
            publishing.publish(cls.article, revision=1, by=cls.editor)

    @classmethod
    def at(cls, instant):
        return mock.patch("django.utils.timezone.now", return_value=instant)

    def correct_entry(self, note, instant=NOON + SECOND, *, entry=None, article=None):
        """Publish an entry at noon, unless it is there, and correct it; return it."""
        with self.at(NOON):
            entry = entry or make_entry(article or self.article, by=self.editor)
        newest = entry.revisions.first()
        typed = {**newest.typed, "body_html": f"<p>Texte pour {note}</p>"}
        with self.at(instant):
            revision = live_entries.write_entry(
                entry.article, key=entry.uuid, typed=typed, based_on=newest.number, by=self.editor
            )
            live_entries.correct_entry(entry, revision=revision.number, by=self.editor, note=note)
        return entry

    def correct_story(self, note, instant):
        with self.at(instant):
            number = save(self.article, body=f"<p>Texte pour {note}</p>").number
            publishing.correct(self.article, revision=number, by=self.editor, note=note)

    def withdraw(self, entry, instant=NOON + HOUR):
        with self.at(instant):
            return live_entries.withdraw_entry(entry, by=self.editor, note="Faux.")

    def notes(self, address=PAGE, instant=NOON + HOUR):
        with self.at(instant):
            told = self.client.get(address).context["corrections"]
        return [made.note for made, _story in told]

    def tombstones(self):
        """Return the datetimes of the notices in the feed, by the keys of what is gone."""
        found = self.feed().findall(TOMBSTONE)
        return {e.get("ref"): datetime.fromisoformat(e.get("when")) for e in found}

    def feed(self):
        with self.at(NOON + 2 * HOUR):
            return ElementTree.fromstring(self.client.get(FEED).content)


class PageTests(CorrectionTestCase):
    def test_correction_of_an_entry_is_told_with_its_note_its_time_and_the_way_to_it(self):
        """E4"""
        entry = self.correct_entry("Le prénom était faux.", NOON + 90 * SECOND)
        with self.at(NOON + HOUR):
            response = self.client.get(PAGE)
        address = f"{self.article.editions.first().get_absolute_url()}direct/{entry.pk}/"
        self.assertContains(response, f'<a href="{address}">Titre d’essai</a>')
        self.assertContains(response, "Le prénom était faux.")
        self.assertContains(response, "2 février 2026 à 12h01</time>, dans le direct")
        self.assertContains(response, "message publié <time")
        with self.at(NOON + HOUR):
            self.assertContains(self.client.get(address, follow=True), "Le prénom était faux.")

    def test_corrections_of_stories_and_entries_are_told_newest_first(self):
        entry = self.correct_entry("Un.", NOON + SECOND)
        self.correct_story("Deux.", NOON + 2 * SECOND)
        self.correct_entry("Trois.", NOON + 3 * SECOND, entry=entry)
        assert self.notes() == ["Trois.", "Deux.", "Un."]
        assert self.notes(instant=NOON + 2 * SECOND) == ["Deux.", "Un."]

    def test_correction_stays_after_later_editions_of_the_entry(self):
        """E4"""
        entry = self.correct_entry("Le nom.")
        newest = entry.revisions.first()
        with self.at(NOON + 2 * SECOND):
            revision = live_entries.write_entry(
                self.article,
                key=entry.uuid,
                typed={**newest.typed, "headline": "Suite"},
                based_on=newest.number,
                by=self.editor,
            )
            live_entries.publish_entry(entry, revision=revision.number, by=self.editor)
        assert self.notes() == ["Le nom."]

    def test_correction_goes_to_the_second_with_its_entry_and_with_its_story(self):
        """E8"""
        gone = self.correct_entry("Un.", NOON + SECOND)
        self.correct_entry("Deux.", NOON + 2 * SECOND)
        self.withdraw(gone, NOON + 5 * SECOND)
        assert self.notes(instant=NOON + 5 * SECOND - SECOND) == ["Deux.", "Un."]
        assert self.notes(instant=NOON + 5 * SECOND) == ["Deux."]
        with self.at(NOON + 9 * SECOND):
            publishing.withdraw(self.article, by=self.editor, note="Retiré.")
        assert self.notes(instant=NOON + 9 * SECOND) == []

    def test_sealed_correction_is_told_nowhere_at_no_instant(self):
        """E8"""
        entry = self.correct_entry("Sous scellés.")
        self.correct_entry("Le nom.", NOON + 2 * SECOND, entry=entry)
        with self.at(NOON + HOUR):
            live_entries.seal_entry(
                entry.editions.get(number=2), by=self.editor, reason="Jugement."
            )
        assert self.notes() == ["Le nom."]
        self.client.force_login(self.editor)
        then = f"/admin/au/2026-02-02T12:00:01{PAGE}"
        self.assertNotContains(self.client.get(then), "Sous scellés.")
        assert "Sous scellés." not in ElementTree.tostring(self.feed(), encoding="unicode")

    @mock.patch("articles.filters.PAGE_SIZE", 2)
    def test_pages_hold_every_correction_once_even_those_of_one_instant(self):
        """E24"""
        instant = NOON + HOUR
        made = {f"Message {n}." for n in range(3)}
        for note in sorted(made):
            self.correct_entry(note, instant)
        self.correct_story("Article.", instant)
        self.correct_entry("Avant.", instant - SECOND)
        found, address = [], PAGE
        show_first_page()
        while address:
            # state, corrections of both kinds, their stories
            with self.at(instant), self.assertNumQueries(3):
                response = self.client.get(address)
            found += [made.note for made, _story in response.context["corrections"]]
            query = response.context["page"].next_query
            address = query and PAGE + query
        assert set(found[:3]) == made
        assert found[3:] == ["Article.", "Avant."]

    def test_link_leads_to_an_older_page_of_a_long_live_blog(self):
        entry = self.correct_entry("Le nom.")
        with self.at(NOON + HOUR):
            for _ in range(PAGE_SIZE):
                make_entry(self.article, by=self.editor)
            page = self.client.get(PAGE)
            (_correction, story), *_others = page.context["corrections"]
            address = f"{story.get_absolute_url()}direct/{entry.pk}/"
            self.assertContains(page, address)
            self.assertContains(self.client.get(address, follow=True), "Le nom.")


class FeedTests(CorrectionTestCase):
    def test_feed_tells_them_with_links_and_lasting_keys_of_their_own(self):
        """E12"""
        entry = self.correct_entry("Un.", NOON + SECOND)
        self.correct_entry("Deux.", NOON + 2 * SECOND, entry=entry)
        self.correct_story("Trois.", NOON + 3 * SECOND)
        show_first_page()
        with self.assertNumQueries(3):  # state, corrections, their stories
            self.client.get(FEED)
        entries = self.feed().findall(f"{ATOM}entry")
        assert [e.findtext(f"{ATOM}summary") for e in entries] == ["Trois.", "Deux.", "Un."]
        assert len({e.findtext(f"{ATOM}id") for e in entries}) == 3
        story = self.article.editions.first().get_absolute_url()
        links = [e.find(f"{ATOM}link").get("href") for e in entries]
        address = f"{settings.SITE_URL}{story}"
        assert links[0] == f"{address}#rectificatifs"
        assert links[1] == links[2] == f"{address}direct/{entry.pk}/"

    def test_what_is_gone_leaves_a_tombstone_with_its_time(self):
        """E12"""
        withdrawn = self.correct_entry("Un.", NOON + SECOND)
        sealed = self.correct_entry("Deux.", NOON + 2 * SECOND)
        self.correct_entry("Trois.", NOON + 3 * SECOND)
        keys = [e.findtext(f"{ATOM}id") for e in self.feed().findall(f"{ATOM}entry")]
        notice = self.withdraw(withdrawn)
        self.correct_entry("Encore.", NOON + HOUR, entry=sealed)
        with self.at(NOON + HOUR):
            edition = sealed.editions.get(number=2)
            live_entries.seal_entry(edition, by=self.editor, reason="Jugement.")
        assert self.tombstones() == dict.fromkeys(keys[1:], notice.live_from)
        told = [e.findtext(f"{ATOM}summary") for e in self.feed().findall(f"{ATOM}entry")]
        assert told == ["Encore.", "Trois."]

    def test_withdrawn_story_leaves_a_tombstone_for_each_correction_of_its_entries(self):
        """E12"""
        entry = self.correct_entry("Un.")
        self.correct_entry("Deux.", NOON + 2 * SECOND)
        keys = [e.findtext(f"{ATOM}id") for e in self.feed().findall(f"{ATOM}entry")]
        self.withdraw(entry)
        with self.at(NOON + 90 * 60 * SECOND):
            notice = publishing.withdraw(self.article, by=self.editor, note="Retiré.")
        assert self.tombstones() == dict.fromkeys(keys, notice.live_from)
        assert not self.feed().findall(f"{ATOM}entry")

    def test_corrections_of_a_story_that_ended_without_a_notice_are_told_no_more(self):
        article = make_article(headline="Autre", body=TEXT)
        with self.at(NOON - HOUR):
            publishing.publish(article, revision=1, by=self.editor, until=NOON + HOUR)
        entry = self.correct_entry("Un.", article=article)
        self.withdraw(entry, NOON + 2 * SECOND)
        other = self.correct_entry("Deux.", article=article)
        self.correct_entry("Trois.", NOON + 2 * SECOND, entry=other)
        with self.at(NOON + 3 * SECOND):
            edition = other.editions.get(number=2)
            live_entries.seal_entry(edition, by=self.editor, reason="Jugement.")
        with self.at(timezone.now()):
            feed = ElementTree.fromstring(self.client.get(FEED).content)
        assert not feed.findall(f"{ATOM}entry") and not feed.findall(TOMBSTONE)


@skipUnless(connection.vendor == "sqlite", "PostgreSQL's plans: test_scale.py")
class PlanTests(TestCase):
    def test_notes_are_read_from_their_index(self):
        """SQLite would look through all that was published for 40 withdrawals."""
        at = timezone.now()
        queries = [
            Edition.objects.withdrawn(at),
            Edition.objects.corrections(at).newest_first("live_from"),
            LiveEntryEdition.objects.corrections(at).newest_first("live_from"),
        ]
        for rows in queries:
            with self.subTest(rows.query):
                plan = rows.values("pk")[:40].explain()
                assert "_notes (" in plan
                assert "TEMP B-TREE" not in plan
