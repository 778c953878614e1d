"""Several people saving one article: through the function that the desk and a restore call."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase, TransactionTestCase, skipUnlessDBFeature
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from ..models import Article, Revision
from ..preview import unsaved_edition
from ..publishing import PublishingError, publish
from ..saving import save
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_publisher,
    make_topic,
    make_user,
)
from .factories import save as save_as_desk


def body_of(*paragraphs):
    return "".join(f"<p>{text}</p>" for text in paragraphs)


class SavingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.elise, cls.jonas = make_user(first_name="Élise"), make_user(first_name="Jonas")
        cls.article = make_article(headline="Titre", body=body_of("un", "deux"))
        cls.base = cls.article.revisions.get()

    def save(self, by, **changes):
        return save(self.article, {**self.base.snapshot, **changes}, based_on=self.base, by=by)

    def test_disjoint_saves_become_one_text(self):
        self.save(self.elise, body=body_of("UN", "deux"))
        saved = self.save(self.jonas, body=body_of("un", "DEUX"), kicker="Surtitre")
        article = Article.objects.get()
        assert (article.body, article.kicker) == (body_of("UN", "DEUX"), "Surtitre")
        assert saved.is_new and saved.merge.paragraph_count == 1
        assert [revision.created_by for revision in saved.theirs] == [self.elise]

    def test_what_cannot_be_merged_is_kept_aside_and_the_text_stays(self):
        self.save(self.elise, headline="D’Élise")
        saved = self.save(self.jonas, headline="De Jonas", kicker="Surtitre")
        assert saved.conflict.snapshot["headline"] == "De Jonas"
        assert saved.conflict.created_by == self.jonas
        assert (Article.objects.get().headline, Article.objects.get().kicker) == ("D’Élise", "")

    def test_text_kept_aside_is_never_the_current_one(self):
        """E18"""
        self.save(self.elise, headline="D’Élise")
        kept = self.save(self.jonas, headline="De Jonas").conflict
        state = Article.objects.with_state(timezone.now()).get()
        assert (kept.number, state.latest_number) == (3, 2)
        publisher = make_publisher()
        with pytest.raises(PublishingError):
            publish(self.article, revision=kept.number, by=publisher)
        assert publish(self.article, revision=2, by=publisher).headline == "D’Élise"
        state = Article.objects.with_state(timezone.now()).get()
        assert not state.has_unpublished_changes

    def test_save_after_a_conflict_takes_the_next_number(self):
        self.save(self.elise, headline="D’Élise")
        self.save(self.jonas, headline="De Jonas")
        assert save_as_desk(self.article, headline="Suite").number == 4

    def test_same_text_twice_is_one_revision(self):
        self.save(self.elise, headline="Le même")
        saved = self.save(self.jonas, headline="Le même")
        assert not saved.is_new and not saved.conflict
        assert self.article.revisions.count() == 2

    def test_text_typed_over_nothing_known_overwrites_nothing(self):
        saved = save(
            self.article,
            {**self.base.snapshot, "headline": "Autre"},
            based_on=None,
            by=self.jonas,
        )
        assert saved.conflict.snapshot["headline"] == "Autre"

    def test_snapshot_brings_back_section_topics_and_bylines(self):
        topic, author = make_topic(), make_author()
        article = make_article(topics=[topic], authors=[author])
        old, section = article.revisions.get(), article.section
        article.topics.clear()
        article.bylines.all().delete()
        newest = save_as_desk(article, section=None)
        saved = save(article, old.snapshot, based_on=newest, by=self.elise, kind="restore")
        assert saved.revision.digest == old.digest
        article = Article.objects.get(pk=article.pk)
        assert article.section == section
        assert list(article.topics.all()) == [topic]
        assert article.bylines.get().author == author

    def test_topic_merged_since_comes_back_as_its_successor_and_a_deleted_author_as_a_name(self):
        topic, successor, author = make_topic(), make_topic(), make_author(slug="zoe")
        article = make_article(topics=[topic], authors=[author])
        old = article.revisions.get()
        article.topics.clear()
        article.bylines.all().delete()
        newest = save_as_desk(article)
        author.delete()
        topic.merged_into = successor
        topic.save()
        save(article, old.snapshot, based_on=newest, by=self.elise)
        assert list(article.topics.all()) == [successor]
        assert article.bylines.get().text == "zoe"

    def test_going_back_to_the_text_that_is_online_leaves_nothing_unpublished(self):
        edition = make_edition(article=self.article, live_from=timezone.now() - timedelta(hours=1))
        newest = save_as_desk(self.article, headline="Essai")
        articles = Article.objects.with_state(timezone.now())
        assert articles.changed().get() == self.article
        save(self.article, edition.revision.snapshot, based_on=newest, by=self.elise)
        assert not articles.changed().exists()
        assert not articles.get().has_unpublished_changes

    def test_kept_text_can_be_shown_as_a_page(self):
        self.save(self.elise, headline="D’Élise")
        kept = self.save(self.jonas, headline="De Jonas").conflict
        now = timezone.now()
        assert unsaved_edition(kept, now, now)[0].headline == "De Jonas"


class ParallelSavesTests(TransactionTestCase):
    @skipUnlessDBFeature("has_select_for_update")
    def test_saves_at_the_same_instant_lose_nothing(self):
        """E18"""
        words = [f"par{number}" for number in range(6)]
        article = make_article(body=body_of(*words))
        base, by, failures = article.revisions.get(), make_user(), []
        start = threading.Barrier(len(words))

        def type_and_save(number):
            typed = [*words]
            typed[number] += f" phrase{number}"
            # The last two have the same paragraph.
            if number == 5:
                typed = [*words[:4], f"{words[4]} phrase5", words[5]]
            try:
                start.wait()
                snapshot = {**base.snapshot, "body": body_of(*typed)}
                save(Article(pk=article.pk), snapshot, based_on=base, by=by)
            except Exception as failure:  # noqa: BLE001 - told by the thread that waits
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=type_and_save, args=[n]) for n in range(len(words))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        kept = article.revisions.get(kind=Revision.Kind.CONFLICT)
        text = Article.objects.get().body
        for number in range(4):
            assert f"phrase{number}" in text
        for number in (4, 5):
            assert f"phrase{number}" in text or f"phrase{number}" in kept.snapshot["body"]
        assert [r.number for r in article.revisions.order_by("number")] == list(range(1, 8))


class Editor:
    """Someone with a form of the article open."""

    def __init__(self, article, user):
        self.article, self.user = article, user
        self.open()

    def open(self):
        self.base = self.article.revisions.current().first()
        self.paragraphs = self.base.snapshot["body"].removesuffix("</p>").split("</p>")
        self.paragraphs = [text.removeprefix("<p>") for text in self.paragraphs if text]

    def sentences(self):
        return {word for text in self.paragraphs for word in text.split()}

    def save(self, settle):
        """Save; where that is a conflict, settle it as the conflict page does."""
        snapshot = {**self.base.snapshot, "body": body_of(*filter(None, self.paragraphs))}
        saved = save(self.article, snapshot, based_on=self.base, by=self.user)
        gone = set()
        if saved.conflict and settle != "leave":
            # Both texts of each conflict are before their eyes.
            theirs = saved.theirs[-1]
            answers = [
                {"theirs": c.theirs, "mine": c.mine, "both": c.theirs + c.mine}[settle]
                for c in saved.merge.conflicts
            ]
            text = saved.merge.resolve(answers)
            gone = words_of(theirs.snapshot) - words_of(text)
            save(self.article, text, based_on=theirs, by=self.user, follows=saved.conflict)
        return gone


def words_of(snapshot):
    return set(snapshot["body"].replace("<p>", " ").replace("</p>", " ").split())


steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["open", "add", "append", "delete", "save", "save"]),
        st.integers(0, 9),
        st.sampled_from(["leave", "theirs", "mine", "both"]),
    ),
    min_size=5,
    max_size=25,
)


class InterleavedSavesTests(HypothesisTestCase):
    @settings(max_examples=40, deadline=None)
    @given(steps)
    def test_no_interleaving_of_saves_by_three_editors_loses_a_sentence(self, steps):
        """E18: each is in the text, in what was kept aside, or was deleted by who saw it."""
        article = make_article(section=None, body=body_of("a", "b", "c"))
        editors = [Editor(article, None) for _ in range(3)]
        written, deleted = set(), set()
        for count, (who, act, place, settle) in enumerate(steps):
            editor = editors[who]
            place %= len(editor.paragraphs) + 1
            if act == "open":
                editor.open()
            elif act == "add":
                editor.paragraphs.insert(place, f"phrase{count}.")
            elif act == "append" and editor.paragraphs:
                editor.paragraphs[place - 1] += f" phrase{count}."
            elif act == "delete" and editor.paragraphs:
                del editor.paragraphs[place - 1]
            elif act == "save":
                seen, typed = words_of(editor.base.snapshot), editor.sentences()
                deleted |= (seen - typed) | editor.save(settle)
                written |= typed
                editor.open()
        kept = article.revisions.filter(kind=Revision.Kind.CONFLICT)
        found = words_of(article.revisions.current().first().snapshot)
        found = found.union(*(words_of(revision.snapshot) for revision in kept))
        assert written <= found | deleted
