import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from django.test import TestCase, override_settings
from django.utils import timezone

from ..models import Author, Edition, Meaning, Revision
from ..publishing import correct, publish, reinstate, withdraw
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)

HOUR = timedelta(hours=1)
MORNING = datetime(2026, 2, 2, 7, tzinfo=UTC)
TEXT = "<p>Texte d’essai.</p>"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


def read_blocks(response):
    """Return the page's structured data by its type."""
    blocks = [json.loads(found) for found in BLOCK.findall(response.content.decode())]
    return {block["@type"]: block for block in blocks}


class StructuredDataTests(TestCase):
    def story(self, edition):
        return read_blocks(self.client.get(edition.get_absolute_url()))["NewsArticle"]

    @override_settings(SITE_URL="https://journal.example", SITE_NAME="Le Journal")
    def test_story_is_told_as_the_page_shows_it(self):
        """E13"""
        section = make_section(name="Monde d’essai", label="Monde")
        edition = make_edition(
            headline='L\'app "Un": oui', section=section, standfirst="Le chapô.", body=TEXT,
            live_from=MORNING, modified_at=MORNING + HOUR,
        )  # fmt: skip
        told = self.story(edition)
        address = f"https://journal.example{edition.get_absolute_url()}"
        h1 = "L’app «\u00a0Un\u00a0»\u00a0: oui"
        self.assertContains(self.client.get(edition.get_absolute_url()), f"<h1>{h1}</h1>")
        assert told["headline"] == h1
        assert told["mainEntityOfPage"] == told["url"] == address
        assert told["datePublished"] == "2026-02-02T08:00:00+01:00"
        assert told["dateModified"] == "2026-02-02T09:00:00+01:00"
        assert told["articleSection"] == "Monde"
        assert told["isAccessibleForFree"] is True
        assert told["inLanguage"] == "fr"
        assert told["publisher"]["name"] == "Le Journal"
        assert told["publisher"]["logo"]["url"].startswith("https://journal.example/static/")

    def test_authors_are_people_with_their_pages_and_agencies_are_organizations(self):
        """E13 E14"""
        zoe = make_author(name="Zoé", slug="zoe")
        agency = make_author(name="AFP", slug="afp", kind=Author.Kind.AGENCY)
        told = self.story(make_edition(authors=[zoe, agency], credit="AFP"))
        site = "http://127.0.0.1:8000/auteurs"
        assert told["author"] == [
            {"@type": "Person", "name": "Zoé", "url": f"{site}/zoe/"},
            {"@type": "Organization", "name": "AFP", "url": f"{site}/afp/"},
        ]

    def test_agency_copy_without_byline_is_the_agency_s(self):
        told = self.story(make_edition(credit="AFP"))
        assert told["author"] == [{"@type": "Organization", "name": "AFP"}]

    def test_corrections_are_comments_with_their_dates(self):
        """E13"""
        editor, article = make_user(is_superuser=True), make_article(body=TEXT)
        publish(article, revision=1, by=editor)
        made = correct(
            article, revision=save(article, body="<p>Juste.</p>").number, by=editor, note="Faux !"
        )
        (comment,) = self.story(made)["correction"]
        assert comment["@type"] == "CorrectionComment"
        assert comment["text"] == "Faux\u202f!"
        assert datetime.fromisoformat(comment["datePublished"]) == made.live_from.replace(
            microsecond=0
        )

    def test_headline_from_the_wire_can_not_end_the_block(self):
        """E13 E22"""
        headline = "</script><script>alert(1)</script><!-- & \u2028"
        edition = make_edition(headline=headline, body=TEXT)
        response = self.client.get(edition.get_absolute_url())
        self.assertNotContains(response, "<script>alert")
        assert self.story(edition)["headline"].startswith("</script><script>alert(1)")

    def test_way_to_a_story_leads_over_its_section_and_ends_without_address(self):
        section = make_section(name="Monde d’essai", label="Monde")
        edition = make_edition(section=section, headline="Un titre")
        response = self.client.get(edition.get_absolute_url())
        steps = read_blocks(response)["BreadcrumbList"]["itemListElement"]
        assert [step["name"] for step in steps] == ["À la une", "Monde", "Un titre"]
        assert [step["position"] for step in steps] == [1, 2, 3]
        assert steps[1]["item"] == f"http://127.0.0.1:8000{section.get_absolute_url()}"
        assert "item" not in steps[2]

    def test_way_to_a_topic_leads_over_what_stands_above_it(self):
        topic = make_topic(name="Bas", parent=make_topic(name="Haut"))
        make_edition(topics=[topic])
        response = self.client.get(topic.get_absolute_url())
        steps = read_blocks(response)["BreadcrumbList"]["itemListElement"]
        assert [step["name"] for step in steps] == ["À la une", "Haut", "Bas"]

    def test_front_page_tells_the_paper_and_the_site(self):
        blocks = read_blocks(self.client.get("/"))
        assert blocks["NewsMediaOrganization"]["url"] == "http://127.0.0.1:8000/"
        assert blocks["WebSite"]["publisher"]["@id"] == blocks["NewsMediaOrganization"]["@id"]

    def test_other_sites_are_told_what_to_show_of_a_story(self):
        edition = make_edition(
            headline='Un "titre"', standfirst="Le chapô.", body=TEXT, live_from=MORNING
        )
        response = self.client.get(edition.get_absolute_url())
        for name, content in {
            "og:type": "article",
            "og:title": "Un «\u00a0titre\u00a0»",
            "og:description": "Le chapô.",
            "og:url": f"http://127.0.0.1:8000{edition.get_absolute_url()}",
            "og:locale": "fr_FR",
            "article:published_time": "2026-02-02T08:00:00+01:00",
        }.items():
            self.assertContains(response, f'<meta property="{name}" content="{content}">')
        self.assertContains(response, '<meta name="twitter:card" content="summary_large_image">')


class ReaderDateTests(TestCase):
    """E1: one value on the page, in structured data, feeds and sitemaps."""

    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)
        cls.article = make_article(headline="Titre", body=TEXT)
        cls.first = publish(cls.article, revision=1, by=cls.editor)

    def dates(self):
        """Return the dates of last change that readers are told anywhere, each once."""
        edition = Edition.objects.live(timezone.now()).get(article=self.article)
        response = self.client.get(edition.get_absolute_url())
        html = response.content.decode()
        month = timezone.localtime(edition.published_at).strftime("%Y-%m")
        page = re.findall(r'<time datetime="([^"]*)"', html[: html.index('class="prose"')])
        return {
            page[-1],
            read_blocks(response)["NewsArticle"]["dateModified"],
            re.search(r'modified_time" content="([^"]*)"', html)[1],
            self.first_text("/flux/une.atom", "entry/{*}updated"),
            json.loads(self.client.get("/flux/une.json").content)["items"][0]["date_modified"],
            self.first_text("/sitemap.xml", "sitemap/{*}lastmod"),
            self.first_text(f"/sitemap-{month}.xml", "url/{*}lastmod"),
            self.first_text("/sitemap-actualites.xml", "url/{*}lastmod"),
        }

    def first_text(self, address, path):
        root = ElementTree.fromstring(self.client.get(address).content)
        return root.findtext(f"{{*}}{path}")

    def publish(self, meaning, **changes):
        revision = save(self.article, **changes)
        note = "Une note."
        return publish(
            self.article, revision=revision.number, by=self.editor, meaning=meaning, note=note
        )

    def stamp(self, instant):
        return timezone.localtime(instant).isoformat(timespec="seconds")

    def test_first_publication_is_the_one_date_everywhere(self):
        """E1"""
        assert self.dates() == {self.stamp(self.first.published_at)}

    def test_update_and_correction_move_every_date(self):
        """E1"""
        Edition.objects.update(
            live_from=MORNING, published_at=MORNING, listed_at=self.first.listed_at
        )
        for meaning in (Meaning.UPDATE, Meaning.CORRECTION):
            edition = self.publish(meaning, body=f"<p>{meaning}</p>")
            dates = self.dates() - {None}
            assert dates == {self.stamp(edition.live_from)}
            assert edition.published_at == MORNING

    def test_silent_fix_topic_edit_and_new_save_move_none(self):
        """E1"""
        before = {self.stamp(self.first.published_at)}
        self.publish(Meaning.SILENT, headline="Autre titre")
        assert self.dates() == before
        self.article.article_topics.create(tag=make_topic())
        self.publish(Meaning.SILENT)
        assert self.dates() == before
        save(self.article, headline="Pas encore publié")
        Revision.objects.record(self.article, by=self.editor)
        assert self.dates() == before

    def test_story_that_is_back_keeps_its_first_date(self):
        """E2"""
        Edition.objects.update(live_from=MORNING, published_at=MORNING, listed_at=MORNING)
        withdraw(self.article, by=self.editor, note="Erreur.")
        again = reinstate(self.article, revision=1, by=self.editor)
        told = read_blocks(self.client.get(again.get_absolute_url()))["NewsArticle"]
        assert told["datePublished"] == self.stamp(MORNING)
        assert self.dates() - {None} == {self.stamp(MORNING)}
