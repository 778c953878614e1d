"""The same words find the same stories on both databases: the suite runs on each."""

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from .. import derived, publishing
from ..analysis import analyse, terms_in
from ..models import Edition, EditionTopic
from ..search import Matches, Query
from .factories import make_article, make_author, make_edition, make_topic, make_user, save


def find(text):
    query = Query.parse(text)
    if not query:
        return []
    return list(Edition.objects.live(timezone.now()).filter(Matches(query)))


class DoorTests(TestCase):
    """Whatever door an edition comes in by, the index is true."""

    def setUp(self):
        self.editor = make_user(is_superuser=True)

    def test_published_story_is_found_by_topic_and_author(self):
        article = make_article(
            topics=[make_topic(name="Pêche côtière")], authors=[make_author(name="Ada Zéphyr")]
        )
        publishing.publish(article, revision=1, by=self.editor)
        assert find("peches cotieres") == find("zephyr") == list(Edition.objects.all())

    def test_updated_story_is_found_by_its_new_words_only(self):
        article = make_article(headline="Ancien marronnier")
        publishing.publish(article, revision=1, by=self.editor)
        save(article, headline="Nouveau platane")
        publishing.publish(article, revision=2, by=self.editor)
        assert find("marronnier") == []
        assert len(find("platane")) == 1

    def test_withdrawn_and_sealed_texts_leave_the_index_itself(self):
        article = make_article(headline="Secret quelconque")
        edition = publishing.publish(article, revision=1, by=self.editor)
        publishing.withdraw(article, note="Essai", by=self.editor)
        publishing.seal(edition, reason="Essai", by=self.editor)
        assert not Edition.objects.filter(Matches(Query.parse("secret"))).exists()

    def test_bulk_writes_and_deletions_keep_the_index_true(self):
        edition = make_edition(headline="Zibeline")
        Edition.objects.filter(pk=edition.pk).update(search_a="autre")
        assert find("zibeline") == []
        derived.index(list(Edition.objects.select_related("revision")))
        assert find("zibeline") == [edition]
        EditionTopic.objects.all().delete()
        Edition.objects.all().delete()
        assert find("zibeline") == []


ODD = "ab\"'-*:&|!()<>\\%_ é\0œ«»NOT.12\u202f’"


class AnyInputTests(HypothesisTestCase):
    @settings(deadline=None)
    @given(st.text(alphabet=ODD, max_size=40) | st.text(max_size=40))
    def test_any_text_is_a_valid_query(self, text):
        """E21"""
        query = Query.parse(text)
        find(text)
        if query.prefix:
            assert list(Edition.objects.filter(Matches(query.by_prefix()))) == []

    @settings(max_examples=25, deadline=None)
    @given(st.text(alphabet=ODD.replace("\0", ""), max_size=40), st.text(max_size=10))
    def test_any_address_of_the_search_page_answers(self, text, other):
        """E21"""
        for asked in (
            {"mots": text},
            {"mots": text, "ordre": "pertinence", "du": other, "au": other},
            {"mots": text, "rubrique": other, "auteur": other},
            {"mots": text, "avant": other, "parmi": text, "note": other},
        ):
            response = self.client.get(reverse("articles:search"), asked)
            assert response.status_code in (200, 400, 404)

    @settings(max_examples=25, deadline=None)
    @given(st.text(max_size=60))
    def test_whatever_word_a_text_has_finds_it(self, text):
        edition = make_edition(headline="Titre", body="")
        Edition.objects.filter(pk=edition.pk).update(search_a=analyse(text))
        for terms in ([term] for term in terms_in(text)):
            assert list(Edition.objects.filter(Matches(Query(needed=[terms])))) == [edition]

    @given(st.text(max_size=40))
    def test_terms_are_plain_letters_and_digits(self, text):
        assert all(term.isascii() and term.isalnum() for term in terms_in(text))

    def test_long_query_says_that_it_was_cut(self):
        query = Query.parse(" ".join(f"mot{n}" for n in range(64)))
        assert query.is_cut
        assert len(query.needed) == 12
        assert find(" ".join(f"mot{n}" for n in range(64))) == []


def test_accents_may_be_missing_or_wrong():
    assert analyse("Élections régionales") == analyse("elections regionales")


def test_no_phrase_begins_in_the_headline_and_ends_beside_it(db):
    make_edition(headline="Zibeline", kicker="Marronnier")
    assert len(find("zibeline marronnier")) == 1
    assert find('"zibeline marronnier"') == find('"marronnier zibeline"') == []


@pytest.mark.django_db
def test_rows_of_topics_join_with_what_search_finds():
    """The condition names its table, whatever the query calls it."""
    edition = make_edition(headline="Zibeline")
    query = Query.parse("zibeline")
    rows = EditionTopic.objects.filter(
        edition__in=Edition.objects.filter(Matches(query)).values("pk")
    )
    assert {row.edition_id for row in rows} == {edition.pk}
