"""Many new stories at once: what is stored is what the single functions store."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from .. import bulk, drafts, publishing, topic_acts
from ..bulk import FEW
from ..drafts import Draft, DraftError
from ..models import (
    Act,
    Article,
    ArticleAuthor,
    ArticlePhoto,
    ArticleWords,
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionTopic,
    Revision,
    Topic,
)
from .factories import (
    make_article,
    make_author,
    make_photo,
    make_publisher,
    make_section,
    make_topic,
    make_user,
)

# What differs between two stories of one content.
OWN = {"id", "uuid", "article", "content_object", "edition", "revision"}
TIMES = {"created_at", "updated_at", "listed_at", "live_from", "published_at", "at", "starts_at"}
TEXT = {
    "kicker": "Essai",
    "headline": "Un titre d’essai",
    "standfirst": "Un chapô d’essai.",
    "body": "<p>L’œuvre d’essai a 285 000 signes.</p><p>Rien n’est <strong>vrai</strong>.</p>",
    "dateline": "Nulle part",
    "credit": "Essai",
}


def rows(model, **which):
    """Return what the rows of *model* hold, but for their own keys and instants."""
    names = [f.name for f in model._meta.concrete_fields if f.name not in OWN | TIMES]
    return list(model.objects.filter(**which).order_by("pk").values(*names))


def stored(article):
    """Return all that is stored of *article*, by the model."""
    found = {
        model.__name__: rows(model, article=article)
        for model in (ArticleAuthor, ArticlePhoto, ArticleWords, Revision)
        + (Edition, EditionAuthor, EditionPhoto, EditionTopic, Act)
    }
    topics = article.article_topics.order_by("pk").values_list("tag", flat=True)
    return {**found, "Article": rows(Article, pk=article.pk), "topics": list(topics)}


class DraftTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.by = make_publisher()
        cls.section = make_section()
        cls.topics = [make_topic(parent=make_topic()), make_topic()]
        cls.authors = [make_author(), make_author()]
        cls.photo = make_photo()

    def draft(self, **overrides):
        return Draft(
            Article(**{**TEXT, "section": self.section, **overrides}),
            topics=self.topics,
            bylines=[ArticleAuthor(author=author) for author in self.authors],
            photos=[ArticlePhoto(photo=self.photo, role=ArticlePhoto.Role.LEAD)],
        )

    def publish(self, revisions):
        return publishing.publish_many({r.article: r.number for r in revisions}, by=self.by)

    def test_stored_and_published_it_is_what_the_single_functions_make(self):
        one = make_article(
            **TEXT,
            section=self.section,
            topics=self.topics,
            authors=self.authors,
            lead=self.photo,
            by=self.by,
        )
        publishing.publish(one, revision=1, by=self.by)
        # Enough for PostgreSQL to take them in its fastest way.
        many = drafts.store([self.draft() for _ in range(FEW)], by=self.by)
        editions, refusals = self.publish(many)
        assert len(editions) == FEW and not refusals
        wanted = stored(one)
        assert wanted["Revision"] and wanted["EditionPhoto"] and wanted["ArticleWords"]
        for revision in many:
            assert stored(revision.article) == wanted

    def test_the_number_of_statements_does_not_grow_with_the_number_of_stories(self):
        counts = []
        # The first one reads what the user may do.
        for count in (1, 2, 4):
            block = [self.draft() for _ in range(count)]
            with CaptureQueriesContext(connection) as queries:
                self.publish(drafts.store(block, by=None))
            counts.append(len(queries))
        assert counts[1] == counts[2]

    @pytest.mark.skipif(connection.vendor == "sqlite", reason="it takes 1000 values at once")
    def test_nor_where_they_are_taken_in_by_the_hundred(self):
        counts = []
        for count in (FEW, 3 * FEW):
            block = [self.draft() for _ in range(count)]
            with CaptureQueriesContext(connection) as queries, bulk.importing():
                self.publish(drafts.store(block, by=None))
            counts.append(len(queries))
        # The first one reads what the user may do.
        assert counts[0] - 5 <= counts[1] <= counts[0]

    def test_what_the_database_refuses_leaves_nothing_behind(self):
        key = uuid.uuid4()
        for count in (2, FEW):
            with self.assertRaises(IntegrityError), transaction.atomic():
                bulk.create(Article(uuid=key) for _ in range(count))
        assert not Article.objects.exists()

    def test_revisions_come_in_the_order_of_the_drafts(self):
        names = [f"Titre d’essai {n}" for n in range(5)]
        made = drafts.store([self.draft(headline=name) for name in names], by=None)
        assert [revision.snapshot["headline"] for revision in made] == names
        assert [r.article.revisions.get().snapshot["headline"] for r in made] == names

    def test_an_import_says_so(self):
        kind = Revision.Kind.IMPORT
        (revision,) = drafts.store([self.draft()], by=None, kind=kind, reason="Essai")
        revision.refresh_from_db()
        assert (revision.kind, revision.reason, revision.created_by) == (kind, "Essai", None)
        # A save that changes nothing finds it.
        assert Revision.objects.record(revision.article, by=self.by) == revision

    def test_a_fault_names_the_story_and_nothing_is_stored(self):
        block = [self.draft(), self.draft(headline="Titre trop long " * 20), self.draft()]
        block[2].article.headline, block[2].bylines = "Sans nom", [ArticleAuthor()]
        before = Article.objects.count()
        with self.assertRaises(DraftError) as refused:
            drafts.store(block, by=None)
        first, second = str(refused.exception).splitlines()
        assert "Titre trop long" in first and "250" in first
        assert "Sans nom" in second
        assert (Article.objects.count(), Revision.objects.count()) == (before, 0)

    def test_a_section_is_one(self):
        with self.assertRaisesMessage(DraftError, f"« {self.topics[0]} »"):
            drafts.store([self.draft(section=self.topics[0])], by=None)

    def test_the_same_story_is_not_stored_twice(self):
        key = uuid.uuid4()
        for block in ([self.draft(uuid=key)] * 2, [self.draft(uuid=key), self.draft(uuid=key)]):
            with self.assertRaisesMessage(DraftError, TEXT["headline"]):
                drafts.store(block, by=None)
        drafts.store([self.draft(uuid=key)], by=None)
        with self.assertRaisesMessage(DraftError, TEXT["headline"]):
            drafts.store([self.draft(), self.draft(uuid=key)], by=None)
        assert Article.objects.count() == 1

    def test_html_is_cleaned(self):
        dirty = self.draft(body="<p onclick=x>Essai</p><script>1</script>")
        (revision,) = drafts.store([dirty], by=None)
        assert revision.article.body == revision.snapshot["body"] == "<p>Essai</p>"

    def test_topics_that_were_merged_lead_on_and_those_that_are_gone_are_left_out(self):
        merged, into, gone = make_topic(), make_topic(), make_topic()
        draft = self.draft()
        draft.topics = [merged, into, gone]
        topic_acts.merge(merged, into=into, by=make_user(is_superuser=True))
        Topic.objects.filter(pk=gone.pk).delete()
        (revision,) = drafts.store([draft], by=None)
        assert list(revision.article.topics.all()) == [into]
        assert revision.snapshot["topics"] == [str(into.uuid)]
