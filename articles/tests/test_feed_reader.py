"""What a strict reader's program makes of the feeds."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import feedparser
from django.test import TestCase, override_settings

from ..publishing import correct, publish, withdraw
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)

MORNING = datetime(2026, 2, 2, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What breaks XML, HTML and JSON if it isn't escaped, and what French sets.
HEADLINE = "L'essai <b>à 3 %</b> & \"l'autre\" ]]> \u2028 «fin»"
BODY = '<p>Un <a href="/fil/?a=1&amp;b=2">lien</a> & "plus" ]]&gt; &lt;script&gt;.</p>'


def headers_of(response):
    return {name.lower(): value for name, value in response.items()}


@override_settings(FEED_FULL_TEXT=True)
class StrictReaderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        editor, section, topic = make_user(is_superuser=True), make_section(), make_topic()
        author = make_author(name="Ada & Zoé")
        common = {"section": section, "topics": [topic], "authors": [author]}
        for hours in range(3):
            make_edition(
                headline=f"{HEADLINE} {hours}",
                body=BODY,
                live_from=MORNING + hours * HOUR,
                modified_at=MORNING + 9 * HOUR,
                **common,
            )
        make_edition(headline="Brève d’essai", live_from=MORNING - HOUR, **common)
        for number in range(2):
            article = make_article(body=BODY, headline=HEADLINE, **common)
            publish(article, revision=1, by=editor)
            revision = save(article, headline=f"Mieux {number}").number
            correct(article, revision=revision, by=editor, note=HEADLINE)
        withdraw(article, by=editor, note="Essai.")
        cls.stems = {
            "/flux/une": 5,
            f"/flux/rubriques/{section.slug}": 5,
            f"/flux/sujets/{topic.slug}": 5,
            f"/flux/auteurs/{author.slug}": 5,
            "/flux/rectificatifs": 1,
        }

    def get(self, address):
        response = self.client.get(address)
        assert response.status_code == 200
        return response

    def test_xml_is_well_formed_and_complete(self):
        """E12"""
        for stem, number in self.stems.items():
            for ending, version in (("rss", "rss20"), ("atom", "atom10")):
                with self.subTest(stem, ending=ending):
                    self.check_xml(self.get(f"{stem}.{ending}"), version, number)

    def check_xml(self, response, version, number):
        read = feedparser.parse(response.content, response_headers=headers_of(response))
        assert not read.bozo, read.get("bozo_exception")
        assert read.version == version
        assert read.feed.title and read.feed.subtitle and read.feed.language == "fr"
        assert read.feed.link.startswith("http://127.0.0.1:8000/")
        assert read.feed.updated_parsed
        assert len(read.entries) == number
        ids = [entry.id for entry in read.entries]
        assert len(set(ids)) == number
        assert all(key.startswith("urn:uuid:") for key in ids)
        dates = [entry.published_parsed for entry in read.entries]
        assert dates == sorted(dates, reverse=True) and None not in dates
        for entry in read.entries:
            assert entry.title and urlsplit(entry.link).scheme == "http"
            assert "<script" not in str(entry.get("content", "")) + entry.get("summary", "")

    def test_json_has_what_the_format_requires(self):
        """E12. Source: JSON Feed 1.1"""
        for stem, number in self.stems.items():
            with self.subTest(stem):
                response = self.get(f"{stem}.json")
                assert response["Content-Type"] == "application/feed+json"
                self.check_json(json.loads(response.content), f"{stem}.json", number)

    def check_json(self, feed, address, number):
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"] and feed["language"] == "fr"
        assert feed["feed_url"] == f"http://127.0.0.1:8000{address}"
        assert len(feed["items"]) == len({item["id"] for item in feed["items"]}) == number
        dates = [datetime.fromisoformat(item["date_published"]) for item in feed["items"]]
        assert dates == sorted(dates, reverse=True)
        assert all(date.tzinfo for date in dates)
        for item in feed["items"]:
            assert isinstance(item["id"], str) and item["url"].startswith("http://127.0.0.1:8000/")
            assert ("content_html" in item) != ("content_text" in item)
            assert all(author["name"] for author in item.get("authors", []))
