"""A story that wants its texts printed as they were sent, wherever they are printed."""

import re

from django.test import TestCase

from .. import publishing, workflow
from ..admin.versions import differences, restore
from ..checklist import advice_on
from ..merging import merge
from ..models import Edition, Revision
from .factories import make_article, make_edition, make_user, save, show_first_page
from .test_desk_articles import DeskTestCase

SENT = 'L\'"essai": 99 %, dit-il!'
SET = "L’«\u00a0essai\u00a0»\u00a0: 99\u00a0%, dit-il\u202f!"
FIELDS = {"headline": SENT, "kicker": SENT, "standfirst": SENT, "body": f"<p>{SENT}</p>"}


class VerbatimTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True)
        cls.story = make_edition(is_verbatim=True, **FIELDS)

    def test_no_page_feed_or_sitemap_sets_it_in_type(self):
        story = self.story
        pages = ["/", "/fil/", "/archives/", story.section.get_absolute_url(), "/flux/une.atom"]
        pages += [story.get_absolute_url(), "/flux/une.json", "/sitemap-actualites.xml"]
        for address in [*pages, "/recherche/?mots=essai"]:
            with self.subTest(address):
                text = self.client.get(address).text
                assert "dit-il!" in re.sub(r"</?mark>", "", text)
                assert "dit-il\u202f!" not in text and "99\u00a0%" not in text

    def test_other_stories_are_set_as_ever(self):
        page = self.client.get(make_edition(**FIELDS).get_absolute_url())
        assert page.text.count(SET) >= 4

    def test_lists_ask_no_more_of_the_database(self):
        """E24"""
        show_first_page()
        lists = {"/fil/": 2, "/archives/": 3, "/sitemap-actualites.xml": 2, "/flux/une.rss": 2}
        for address, number in lists.items():
            with self.subTest(address), self.assertNumQueries(number):
                self.client.get(address)

    def test_choice_is_frozen_and_goes_along_with_the_text(self):
        article = make_article(is_verbatim=True, **FIELDS)
        edition = publishing.publish(article, revision=1, by=self.editor)
        assert Edition.objects.get(pk=edition.pk).is_verbatim
        assert edition.again().is_verbatim
        number = save(article, is_verbatim=False).number
        assert not publishing.publish(article, revision=number, by=self.editor).is_verbatim
        assert workflow.duplicate(self.story.article, by=self.editor).is_verbatim

    def test_what_was_saved_without_a_choice_keeps_its_digest(self):
        article = make_article(**FIELDS)
        before = article.revisions.get()
        assert "is_verbatim" not in before.snapshot
        assert Revision.objects.record(article, by=self.editor) == before
        assert save(article, is_verbatim=True).digest != before.digest
        assert save(article, is_verbatim=False).digest == before.digest

    def test_version_brought_back_brings_its_choice(self):
        article = make_article(**FIELDS)
        first = article.revisions.get()
        newest = save(article, is_verbatim=True)
        (change,) = differences(first.snapshot, newest.snapshot)["details"]
        assert change.kind == "Typographie d’origine"
        restore(article, first, newest, by=self.editor, reason="")
        article.refresh_from_db()
        assert not article.is_verbatim

    def test_choice_of_one_is_merged_with_the_text_of_the_other(self):
        base = self.story.revision.snapshot
        without = {name: value for name, value in base.items() if name != "is_verbatim"}
        other = {**base, "credit": "Essai"}
        assert "is_verbatim" not in merge(base, without, other).snapshot
        assert "is_verbatim" not in merge(base, other, without).snapshot
        assert merge(without, without, base).snapshot["is_verbatim"]
        assert merge(without, base, without).taken == ["is_verbatim"]

    def test_desk_proposes_no_typography_for_it(self):
        proposals = [remark.proposal for remark in advice_on(self.story.revision.snapshot, [])]
        assert not any(proposals)


class DeskTests(DeskTestCase):
    def test_editor_makes_the_choice_in_the_form(self):
        article = make_article(section=self.section)
        sent = self.open(article)
        self.send(sent, article, is_verbatim="on")
        article.refresh_from_db()
        assert article.is_verbatim
        assert article.revisions.first().snapshot["is_verbatim"]
