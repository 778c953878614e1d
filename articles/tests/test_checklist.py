"""What is remarked before publication."""

from django.test import TestCase
from django.utils import timezone

from .. import body, checklist, links, typography
from ..models import Article
from .factories import make_article, make_edition
from .test_desk_articles import DeskTestCase, change_page

TYPED = {
    "kicker": "",
    "headline": "Titre",
    "standfirst": "Chapô",
    "body": "<p>Texte</p>",
    "credit": "AFP",
    "bylines": [],
    "topics": ["x"],
    "section": "y",
}


def fields(**changes):
    return [remark.field for remark in checklist.advice_on({**TYPED, **changes}, {})]


class AdviceTests(TestCase):
    def test_each_lack_is_told_once_at_its_field(self):
        """E17"""
        assert fields() == []
        assert fields(headline="T" * 111) == ["headline"]
        assert fields(standfirst="") == ["standfirst"]
        assert fields(standfirst="", body="") == []
        assert fields(topics=[], credit="") == ["topics", "credit"]
        assert fields(body=f"<p>{'a' * 3001}</p>") == ["body"]
        assert fields(body=f"<p>{'a' * 2000}</p><h2>I</h2><p>{'a' * 2000}</p>") == []

    def test_all_that_blocks_is_told_at_once(self):
        article = Article(status="trashed")
        typed = {"headline": " ", "section": None, "body": ""}
        found = checklist.what_blocks(article, typed, timezone.now(), {})
        assert [remark.field for remark in found] == ["status", "headline", "section"]

    def test_accents_are_proposed_where_they_are_sure(self):
        right = typography.propose("A Paris, l'Etat et l'Ecole. A priori, la vitamine A suffit.")
        assert right == "À Paris, l’État et l’École. A priori, la vitamine A suffit."

    def test_text_with_all_its_spaces_right_is_not_remarked_on(self):
        text = body.clean("<p>Il dit «\u00a0non\u00a0» &amp; part\u202f!</p>")
        assert fields(body=text) == []

    def test_link_to_a_page_of_ours_that_does_not_answer_is_told(self):
        live = make_edition().get_absolute_url()
        markup = f'<a href="{live}">1</a><a href="/articles/999/x/">2</a><a href="/nulle/">3</a>'
        paths = links.own_paths(markup + '<a href="https://example.org/x/">4</a>')
        assert links.dead_paths(paths, timezone.now()) == ["/articles/999/x/", "/nulle/"]


class ProposalTests(DeskTestCase):
    def test_proposal_is_shown_and_accepted_for_its_field_only(self):
        article = make_article(headline="L'Etat", standfirst="L'Ecole")
        self.assertContains(self.client.get(change_page(article)), "L’État")
        sent = {**self.open(article), "_typography": "headline"}
        self.client.post(change_page(article), sent)
        article.refresh_from_db()
        assert (article.headline, article.standfirst) == ("L’État", "L'Ecole")
