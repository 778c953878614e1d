from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.utils import timezone

from .. import timeline
from ..models import Article, Edition, EditionTopic, Meaning, Revision, SiteState
from ..publishing import PublishingError, publish
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_publisher,
    make_section,
    make_topic,
    make_user,
    save,
)

HOUR = timedelta(hours=1)


class PublishTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_publisher(first_name="Élise", last_name="Essai")

    def publish(self, article, **options):
        options.setdefault("revision", article.revisions.first().number)
        options.setdefault("by", self.editor)
        return publish(article, **options)

    def live(self, article, at=None):
        return Edition.objects.live(at or timezone.now()).filter(article=article).first()

    def test_edit_does_not_change_what_readers_see_until_published(self):
        article = make_article(headline="Avant")
        self.publish(article)
        save(article, headline="Après")
        assert self.live(article).headline == "Avant"
        self.publish(article)
        assert self.live(article).headline == "Après"

    def test_planned_edition_starts_to_the_second(self):
        article = make_article()
        start = timezone.now() + HOUR
        self.publish(article, at=start)
        assert self.live(article, start - timedelta(microseconds=1)) is None
        assert self.live(article, start) is not None

    def test_older_revision_is_refused_and_names_who_made_the_newer_one(self):
        article = make_article(by=self.editor)
        save(article, by=self.editor, headline="Autre titre")
        with pytest.raises(PublishingError, match="Élise Essai"):
            self.publish(article, revision=1)
        assert not Edition.objects.exists()

    def test_what_is_published_is_the_revision_and_not_the_row(self):
        article = make_article(headline="Relu")
        Article.objects.filter(pk=article.pk).update(headline="Passé par la fenêtre")
        assert self.publish(article).headline == "Relu"

    def test_all_faults_are_told_at_once(self):
        article = make_article(headline="", section=None, status="dropped")
        with pytest.raises(PublishingError) as refusal:
            self.publish(article, at=timezone.now() - HOUR)
        assert len(refusal.value.faults) == 4

    def test_permission_is_checked_inside_the_act(self):
        with pytest.raises(PublishingError, match="droit"):
            self.publish(make_article(), by=make_user())

    def test_embargo_refuses_an_earlier_start(self):
        article = make_article(embargo_until=timezone.now() + HOUR)
        with pytest.raises(PublishingError, match="embargo"):
            self.publish(article)
        self.publish(article, at=article.embargo_until)

    def test_first_publication_time_survives_updates(self):
        """E2"""
        article = make_article()
        first = self.publish(article)
        save(article, headline="Mis à jour")
        second = self.publish(article)
        assert second.published_at == first.published_at
        assert second.modified_at == second.live_from
        assert second.meaning == Meaning.UPDATE

    def test_silent_fix_moves_no_date(self):
        """E1"""
        article = make_article()
        self.publish(article)
        save(article, headline="Sans faute")
        edition = self.publish(article, meaning=Meaning.SILENT)
        assert edition.modified_at is None

    def test_correction_without_a_note_is_refused(self):
        article = make_article()
        self.publish(article)
        save(article, headline="Corrigé")
        with pytest.raises(PublishingError):
            self.publish(article, meaning=Meaning.CORRECTION, note=" ")

    def test_topic_lists_hold_the_ancestors_and_end_with_the_edition(self):
        top = make_topic()
        middle = make_topic(parent=top)
        article = make_article(topics=[make_topic(parent=middle)])
        old = self.publish(article)
        assert EditionTopic.objects.filter(edition=old, is_direct=False).count() == 2
        save(article, headline="Suite")
        new = self.publish(article)
        rows = EditionTopic.objects.live(timezone.now()).in_topic(top)
        assert [row.edition_id for row in rows] == [new.pk]

    def test_publishing_bumps_the_site_version_and_keeps_coming_instants(self):
        start = timezone.now() + HOUR
        self.publish(make_article(), at=start)
        state = SiteState.objects.get()
        assert state.version == 2
        assert state.instants == [SiteState.encode(start)]

    def test_publication_is_announced_once_after_commit(self):
        """E19"""
        with self.assertLogs("articles.publishing") as logs:
            with self.captureOnCommitCallbacks(execute=True):
                self.publish(make_article())
        assert len(logs.records) == 1

    def test_query_count_of_publishing_five_topics(self):
        parent = make_topic()
        topics = [make_topic(parent=parent) for _ in range(5)]
        article = make_article(topics=topics, authors=[make_author()])
        self.publish(article)
        article.refresh_from_db()
        revision = save(article, headline="Deuxième")
        # Two savepoints of the test's transaction; then: the lock, timeline, newest revision,
        # topics with ancestors, authors; the end of the old edition (4); the new one (3); the
        # journal; the site's state (2). On PostgreSQL the tree of topics is held as well.
        tree = connection.vendor == "postgresql"
        with self.assertNumQueries(2 + 15 + tree):
            publish(article, revision=revision.number, by=self.editor)

    def test_frozen_body_is_clean(self):
        """E22"""
        article = make_article(body='<p onclick="x()">Texte<script>alert(1)</script></p>')
        assert self.publish(article).body_html == "<p>Texte</p>"


class RevisionTests(TestCase):
    def test_unchanged_save_adds_no_revision(self):
        article = make_article()
        save(article)
        assert article.revisions.count() == 1

    def test_revision_names_who_and_stays_when_the_user_goes(self):
        user = make_user(first_name="Ada", last_name="Essai")
        article = make_article(by=user)
        user.delete()
        assert article.revisions.get().created_by_name == "Ada Essai"

    def test_revision_holds_topics_and_bylines(self):
        topic, author = make_topic(), make_author()
        snapshot = make_article(topics=[topic], authors=[author]).revisions.get().snapshot
        assert snapshot["topics"] == [str(topic.uuid)]
        assert snapshot["bylines"][0]["author"] == author.slug


class TimelineConstraintTests(TestCase):
    def setUp(self):
        self.start = timezone.now()
        self.edition = make_edition(live_from=self.start)

    def test_database_refuses_two_editions_in_force_at_once(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_edition(article=self.edition.article, live_from=self.start + HOUR)

    def test_database_refuses_an_update_that_makes_two_overlap(self):
        timeline.move([self.edition], self.start + HOUR)
        later = make_edition(article=self.edition.article, live_from=self.start + 2 * HOUR)
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=later.pk).update(live_from=self.start)

    def test_empty_range_of_a_cancelled_plan_overlaps_nothing(self):
        plan = self.start + HOUR
        make_edition(article=self.edition.article, live_from=plan, live_until=plan)

    def test_database_refuses_an_end_before_the_start(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.update(live_until=self.start - HOUR)


class KeepTests(TestCase):
    def test_deleting_a_user_keeps_the_article(self):
        """E16"""
        user = make_user()
        article = make_article(owner=user)
        user.delete()
        article.refresh_from_db()
        assert article.owner is None

    def test_draft_that_was_never_published_can_go_with_its_revisions(self):
        article = make_article()
        save(article, headline="Deux")
        article.delete()
        assert not Revision.objects.exists()

    def test_section_makes_a_topic_row(self):
        section = make_section()
        edition = make_edition(section=section)
        assert EditionTopic.objects.get(edition=edition, is_direct=True).topic == section
