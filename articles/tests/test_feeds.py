import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from unittest import mock
from uuid import uuid4
from xml.etree import ElementTree

from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from .. import feeds
from ..feed_formats import FORMATS
from ..models import Meaning, SiteState
from ..publishing import correct, publish, reinstate, seal, withdraw
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)
from .test_cards import PHOTO

HOUR = timedelta(hours=1)
MORNING = datetime(2026, 2, 2, 7, tzinfo=UTC)
TEXT = "<p>Texte d’essai.</p>"
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


class Reader(TestCase):
    def atom(self, address="/flux/une.atom"):
        return ElementTree.fromstring(self.client.get(address).content)

    def rss(self, address="/flux/une.rss"):
        return ElementTree.fromstring(self.client.get(address).content).find("channel")

    def json(self, address="/flux/une.json"):
        return json.loads(self.client.get(address).content)


class FeedTests(Reader):
    def test_every_list_has_a_feed_in_each_format_and_its_page_announces_them(self):
        """E12"""
        section, topic, author = make_section(), make_topic(), make_author()
        edition = make_edition(section=section, topics=[topic], authors=[author], body=TEXT)
        make_edition(headline="Ailleurs")
        pages = {
            f"/rubriques/{section.slug}/": f"/flux/rubriques/{section.slug}",
            f"/sujets/{topic.slug}/": f"/flux/sujets/{topic.slug}",
            f"/auteurs/{author.slug}/": f"/flux/auteurs/{author.slug}",
        }
        types = {"atom": "atom+xml", "rss": "rss+xml", "json": "feed+json"}
        for page, stem in pages.items():
            html = self.client.get(page).content.decode()
            for ending, kind in types.items():
                with self.subTest(page=page, ending=ending):
                    link = f'type="application/{kind}" href="{stem}.{ending}"'
                    assert link in html
                    response = self.client.get(f"{stem}.{ending}")
                    assert response["Content-Type"].startswith(f"application/{kind}")
                    self.assertContains(response, edition.headline)
                    self.assertNotContains(response, "Ailleurs")
        assert 'href="/flux/une.atom"' in self.client.get("/").content.decode()

    def test_newest_is_first_and_what_is_not_live_is_absent(self):
        """E8 E12"""
        now = timezone.now()
        make_edition(headline="Ancien", live_from=now - 2 * HOUR)
        make_edition(headline="Nouveau", live_from=now - HOUR)
        make_edition(headline="Prévu", live_from=now + HOUR)
        make_edition(headline="Scellé", is_sealed=True)
        expected = ["Nouveau", "Ancien"]
        assert [e.findtext(f"{ATOM}title") for e in self.atom().findall(f"{ATOM}entry")] == expected
        assert [item.findtext("title") for item in self.rss().findall("item")] == expected
        assert [item["title"] for item in self.json()["items"]] == expected

    def test_key_is_no_address_and_outlives_a_new_headline(self):
        """E12"""
        editor = make_user(is_superuser=True)
        article = make_article(headline="Avant", body=TEXT)
        publish(article, revision=1, by=editor)
        key = f"urn:uuid:{article.uuid}"
        for headline in ("Avant", "Après"):
            if headline == "Après":
                revision = save(article, headline=headline)
                publish(article, revision=revision.number, by=editor)
            entry = self.atom().find(f"{ATOM}entry")
            assert entry.findtext(f"{ATOM}title") == headline
            assert entry.findtext(f"{ATOM}id") == key
            guid = self.rss().find("item/guid")
            assert (guid.text, guid.get("isPermaLink")) == (key, "false")
            assert self.json()["items"][0]["id"] == key

    def test_dates_are_those_of_publication_and_last_change_in_the_form_of_each_format(self):
        """E1"""
        make_edition(live_from=MORNING, modified_at=MORNING + HOUR)
        entry = self.atom().find(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}published") == "2026-02-02T08:00:00+01:00"
        assert entry.findtext(f"{ATOM}updated") == "2026-02-02T09:00:00+01:00"
        assert self.atom().findtext(f"{ATOM}updated") == "2026-02-02T09:00:00+01:00"
        assert self.rss().findtext("item/pubDate") == "Mon, 02 Feb 2026 08:00:00 +0100"
        assert parsedate_to_datetime(self.rss().findtext("lastBuildDate")) == MORNING + HOUR
        (item,) = self.json()["items"]
        assert item["date_published"] == "2026-02-02T08:00:00+01:00"
        assert item["date_modified"] == "2026-02-02T09:00:00+01:00"

    @override_settings(SITE_URL="https://journal.example", ALLOWED_HOSTS=["autre.example"])
    def test_links_come_from_the_configured_origin(self):
        """E7 E12"""
        make_edition(body=TEXT, authors=[make_author()])
        for ending in FORMATS:
            response = self.client.get(f"/flux/une.{ending}", headers={"host": "autre.example"})
            self.assertContains(response, "https://journal.example/articles/")
            self.assertNotContains(response, "autre.example")

    def test_language_is_french(self):
        assert self.atom().get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
        assert self.rss().findtext("language") == "fr"
        assert self.json()["language"] == "fr"

    def test_summary_is_text_without_markup_of_its_own(self):
        make_edition(standfirst="Si a < b & c.", body=TEXT)
        assert self.rss().findtext("item/description") == "Si a &lt; b &amp; c."
        assert self.json()["items"][0]["summary"] == "Si a < b & c."
        assert self.rss().find(f"item/{CONTENT}") is None

    @override_settings(FEED_FULL_TEXT=True)
    def test_full_text_is_given_by_setting_with_absolute_links(self):
        """E12"""
        links = ("/fil/?a=1&amp;b=2", "suite", "#note", "//cdn.example/x", "https://a.example/")
        body = "".join(f'<p><a href="{link}">L\'un</a></p>' for link in links)
        edition = make_edition(body=body)
        address = f"http://127.0.0.1:8000{edition.get_absolute_url()}"
        for content in (
            self.rss().findtext(f"item/{CONTENT}"),
            self.atom().findtext(f"{ATOM}entry/{ATOM}content"),
            self.json()["items"][0]["content_html"],
        ):
            assert "L’un" in content
            for link in (
                "http://127.0.0.1:8000/fil/?a=1&amp;b=2",
                f"{address}suite",
                f"{address}#note",
                "http://cdn.example/x",
                "https://a.example/",
            ):
                assert f'href="{link}"' in content

    def test_authors_are_named_one_by_one(self):
        """E14"""
        authors = [make_author(name="Ada"), make_author(name="Zoé")]
        make_edition(authors=authors, credit="AFP")
        assert [e.text for e in self.rss().findall(f"item/{CREATOR}")] == ["Ada", "Zoé"]
        names = self.atom().findall(f"{ATOM}entry/{ATOM}author/{ATOM}name")
        assert [name.text for name in names] == ["Ada", "Zoé"]
        first, _second = self.json()["items"][0]["authors"]
        assert first["url"].endswith(authors[0].get_absolute_url())

    def test_brief_is_complete_in_every_format(self):
        make_edition(headline="Brève d’agence", credit="AFP")
        assert self.json()["items"][0]["content_text"] == "Brève d’agence"
        assert self.rss().findtext("item/title") == "Brève d’agence"
        assert self.atom().findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "AFP"

    def test_empty_feed_is_the_same_at_each_request(self):
        for ending in FORMATS:
            first, second = (self.client.get(f"/flux/une.{ending}").content for _ in range(2))
            assert first == second

    def test_silent_fix_is_never_hidden_by_an_old_answer(self):
        """E12: an ETag, and no Last-Modified, for a silent fix moves no date."""
        edition = make_edition(headline="Avant")
        response = self.client.get("/flux/une.atom")
        assert "Last-Modified" not in response
        kept = {"If-None-Match": response["ETag"]}
        assert self.client.get("/flux/une.atom", headers=kept).status_code == 304
        revision = save(edition.article, headline="Après")
        editor = make_user(is_superuser=True)
        publish(edition.article, revision=revision.number, by=editor, meaning=Meaning.SILENT)
        assert self.client.get("/flux/une.atom", headers=kept).status_code == 200

    def test_query_count_does_not_grow_with_the_number_of_stories(self):
        """E24"""
        section, topic, author = make_section(), make_topic(), make_author()
        addresses = {
            "/flux/une": 1,  # stories and notices
            f"/flux/rubriques/{section.slug}": 2,  # section, stories and notices
            f"/flux/sujets/{topic.slug}": 2,  # topic, stories and notices
            f"/flux/auteurs/{author.slug}": 2,  # author, stories and notices
        }
        for _ in range(2):
            for _ in range(5):
                make_edition(section=section, topics=[topic], authors=[author], body=TEXT)
            for stem, expected in addresses.items():
                for ending in FORMATS:
                    with self.subTest(stem), self.assertNumQueries(expected + 1):  # state
                        assert self.client.get(f"{stem}.{ending}").status_code == 200

    def test_feed_ends_with_its_size(self):
        for _ in range(3):
            make_edition()
        with mock.patch.object(feeds, "SIZE", 2):
            assert len(self.json()["items"]) == 2

    def test_section_and_topic_feeds_lead_to_each_other_and_to_what_they_were_merged_into(self):
        section = make_section()
        topic = make_topic(merged_into=section)
        target = f"/flux/rubriques/{section.slug}.rss"
        for address in (f"/flux/sujets/{section.slug}.rss", f"/flux/sujets/{topic.slug}.rss"):
            self.assertRedirects(self.client.get(address), target, status_code=301)

    def test_unknown_list_or_format_answers_404(self):
        topic = make_topic()
        for address in (
            "/flux/une.xml",
            "/flux/sujets/rien.rss",
            "/flux/auteurs/rien.atom",
            f"/flux/sujets/{topic.slug}.html",
        ):
            assert self.client.get(address).status_code == 404

    def test_query_that_no_link_holds_is_refused(self):
        assert self.client.get("/flux/une.atom?a=%00").status_code == 400

    def test_feeds_page_names_every_section_s_feeds(self):
        section = make_section(name="Monde d’essai", label="Monde")
        with self.assertNumQueries(2):  # state, sections
            response = self.client.get(reverse("articles:feeds"))
        self.assertContains(response, f'href="/flux/rubriques/{section.slug}.atom"')
        self.assertContains(response, 'href="/flux/rectificatifs.rss"')


class TombstoneTests(Reader):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)
        cls.section, cls.topic = make_section(), make_topic()
        cls.article = make_article(section=cls.section, topics=[cls.topic], body=TEXT)
        cls.edition = publish(cls.article, revision=1, by=cls.editor)
        cls.here = f"/flux/sujets/{cls.topic.slug}.atom"
        cls.elsewhere = f"/flux/sujets/{make_topic().slug}.atom"

    def keys(self, address):
        return [notice.get("ref") for notice in self.atom(address).findall(TOMBSTONE)]

    def withdraw(self):
        return withdraw(self.article, by=self.editor, note="Erreur.")

    def test_withdrawn_story_leaves_a_tombstone_where_it_was(self):
        """E12"""
        assert self.keys(self.here) == []
        notice = self.withdraw()
        for address in (self.here, "/flux/une.atom", f"/flux/rubriques/{self.section.slug}.atom"):
            (tombstone,) = self.atom(address).findall(TOMBSTONE)
            assert tombstone.get("ref") == f"urn:uuid:{self.article.uuid}"
            when = datetime.fromisoformat(tombstone.get("when"))
            assert when == notice.live_from.replace(microsecond=0)
            assert not self.atom(address).findall(f"{ATOM}entry")
        assert self.keys(self.elsewhere) == []
        assert self.json()["items"] == []

    def test_sealed_story_leaves_a_tombstone_in_every_feed(self):
        self.withdraw()
        seal(self.edition, by=self.editor, reason="Jugement.")
        for address in (self.here, self.elsewhere, "/flux/une.atom"):
            assert self.keys(address) == [f"urn:uuid:{self.article.uuid}"]

    def test_correction_of_a_withdrawn_story_leaves_a_tombstone_under_its_own_key(self):
        """E12"""
        address = "/flux/rectificatifs.atom"
        number = save(self.article, body="<p>Autre texte d’essai.</p>").number
        correction = correct(self.article, revision=number, by=self.editor, note="Une erreur.")
        (key,) = self.atom(address).findall(f"{ATOM}entry/{ATOM}id")
        assert self.keys(address) == []
        notice = self.withdraw()
        (tombstone,) = self.atom(address).findall(TOMBSTONE)
        assert tombstone.get("ref") == key.text
        when = datetime.fromisoformat(tombstone.get("when"))
        assert when == notice.live_from.replace(microsecond=0)
        assert not self.atom(address).findall(f"{ATOM}entry")
        seal(correction, by=self.editor, reason="Jugement.")
        reinstate(self.article, revision=number, by=self.editor)
        assert self.keys(address) == [key.text]

    def test_story_that_is_back_has_none(self):
        self.withdraw()
        reinstate(self.article, revision=1, by=self.editor)
        assert self.keys(self.here) == []
        assert len(self.atom(self.here).findall(f"{ATOM}entry")) == 1


class WrittenOnceTests(Reader):
    @classmethod
    def setUpTestData(cls):
        cls.at = timezone.now()
        cls.edition = make_edition(
            headline="Titre d’essai",
            body='<p>Texte "d\'essai".</p>',
            authors=[make_author()],
            live_from=MORNING,
        )

    def read(self):
        (story,), _ = feeds.find_entries(self.at, feeds.all_rows, (), {})
        return story

    def write(self, story):
        return tuple(story.write(ending, self.at) for ending in FORMATS)

    def test_item_that_says_the_same_is_written_once(self):
        for ending in FORMATS:
            with self.subTest(ending):
                first = self.client.get(f"/flux/une.{ending}").content
                with mock.patch.object(feeds.Story, "as_edition") as made:
                    make_edition(headline="Ailleurs", is_sealed=True)
                    assert self.client.get(f"/flux/une.{ending}").content == first
                assert not made.called

    def test_all_that_a_feed_tells_makes_another(self):
        story = self.read()
        photo = {**PHOTO, "sizes": {"16:9": [[1600, 900]]}}
        changes = {
            "headline": "Autre titre",
            "standfirst": "Chapô",
            "text": "<p>Autre texte d’essai.</p>",
            "slug": "autre",
            "byline_json": "[]",
            "word_count": 0,
            "is_verbatim": True,
            "section__label": "Renommée",
            "photo_json": json.dumps(photo),
            "published_at": MORNING - HOUR,
            "modified_at": MORNING + HOUR,
            "key": uuid4(),
        }
        changed = [story._replace(**{name: value}) for name, value in changes.items()]
        changed.append(story._replace(byline_json="[]", credit="Agence d’essai"))
        told = {self.write(one) for one in [story, *changed]}
        for whole in (True, False):
            with override_settings(FEED_FULL_TEXT=whole, SITE_URL="https://autre.example"):
                told.add(self.write(self.read()))
        assert len(told) == 1 + len(changed) + 2

    def test_photo_goes_with_its_rights(self):
        photo = {**PHOTO, "sizes": {"16:9": [[1600, 900]]}}
        end = SiteState.encode(self.at + HOUR)
        story = self.read()._replace(photo_json=json.dumps({**photo, "until": end}))
        for ending in FORMATS:
            assert PHOTO["crops"]["16:9"] in story.write(ending, self.at)
            assert PHOTO["crops"]["16:9"] not in story.write(ending, self.at + HOUR)
