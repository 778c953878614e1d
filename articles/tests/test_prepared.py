"""Queries that are put into SQL once answer as the ORM does, whoever asks, with any value."""

from datetime import timedelta
from unittest import mock, skipUnless

import pytest
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.test import TestCase
from django.utils import timezone

from ..models import Edition, EditionTopic, Topic
from ..prepared import for_each, planned_once, prepared, union_all
from ..story_page import read_story
from .factories import make_edition, make_section, make_topic


class PreparedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.now = timezone.now()
        cls.section, cls.topic = make_section(), make_topic()
        cls.editions = [
            make_edition(section=cls.section, topics=[cls.topic], body="<p>Texte d’essai.</p>")
            for _ in range(3)
        ]

    def test_rows_are_those_of_the_orm(self):
        for edition in self.editions:
            article, at = edition.article_id, timezone.now()
            expected = read_story.__wrapped__(article, at).get()
            with self.assertNumQueries(1):
                (found,) = read_story(article, at)
                assert found.section == self.section
            assert vars(found).keys() == vars(expected).keys()
            for field in Edition._meta.concrete_fields:
                assert getattr(found, field.attname) == getattr(expected, field.attname)
            assert found.get_deferred_fields() == expected.get_deferred_fields()

    def test_query_is_put_into_sql_once_for_each_shape(self):
        made = mock.Mock(side_effect=lambda *keys, order: self.of(keys).order_by(order))
        ask = prepared(made)
        first, second, third = (edition.pk for edition in self.editions)
        assert [e.pk for e in ask(first, second, order="pk")] == [first, second]
        assert [e.pk for e in ask(third, first, order="pk")] == [first, third]
        assert made.call_count == 1
        assert [e.pk for e in ask(third, first, order="-pk")] == [third, first]
        assert [e.pk for e in ask(second, order="pk")] == [second]
        assert made.call_count == 3

    def of(self, keys):
        return Edition.objects.filter(pk__in=keys)

    def test_instant_is_bound_as_the_database_stores_it(self):
        live = prepared(lambda at: Edition.objects.live(at))
        assert len(live(timezone.now())) == 3
        assert live(self.now - timedelta(days=1)) == []
        edition = self.editions[0]
        Edition.objects.filter(pk=edition.pk).update(live_until=edition.live_from)
        assert edition not in live(timezone.now())

    def test_text_is_bound_and_not_read_as_sql(self):
        called = prepared(lambda name: Topic.objects.filter(name=name))
        assert called(self.topic.name) == [self.topic]
        assert called("' OR 1 = 1 -- %s") == []

    def test_raw_query_takes_the_union_of_slices(self):
        @prepared
        def newest(*topics):
            rows = [EditionTopic.objects.filter(topic=topic) for topic in topics]
            sql, params = union_all([r.newest_first().values("edition_id")[:2] for r in rows])
            return Edition.objects.raw(
                f"SELECT id, headline FROM articles_edition WHERE id IN ({sql})",  # noqa: S608
                params,
            )

        found = newest(self.topic.pk, self.section.pk)
        assert {e.pk for e in found} == {e.pk for e in self.editions[1:]}
        assert newest(0) == []

    @skipUnless(connection.vendor == "postgresql", "SQLite keeps no plans")
    def test_plan_is_made_once_and_stands_for_all_values(self):
        ask = planned_once(lambda name, key: Topic.objects.filter(name=name, pk__gte=key))
        for topic in (self.topic, self.section, self.topic):
            assert topic in ask(topic.name, 0)
        assert ask(self.topic.name, self.topic.pk + 1) == []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
                " WHERE statement LIKE '%articles_topic%'"
            )
            assert cursor.fetchall() == [(4, 0)]
        # And what is asked in other ways isn't.
        assert Topic.objects.get(pk=self.topic.pk) == self.topic
        assert connection.connection.cursor_factory is not ServerBindingCursor

    def test_what_is_the_same_for_all_values_is_part_of_the_plan(self):
        odd = make_topic(name="100 % d'essai")
        for name in (odd.name, "100"):
            ask = planned_once(lambda key, name=name: Topic.objects.filter(name=name, pk=key))
            assert ask(odd.pk) == ([odd] if name == odd.name else [])

    def test_each_of_some_keys_has_its_own_rows(self):
        @prepared
        def newest(*topics, count):
            def of(topic):
                rows = EditionTopic.objects.filter(topic=topic).newest_first()
                return rows.values("topic_id", "edition_id")[:count]

            sql, params = for_each((topics[:1], of), ((), of), (topics[1:], of))
            return Topic.objects.raw(
                f"SELECT id, name, edition_id FROM articles_topic JOIN ({sql}) AS found"  # noqa: S608
                " ON id = topic_id",
                params,
            )

        found = newest(self.topic.pk, self.section.pk, 0, count=2)
        last = [edition.pk for edition in self.editions[1:]]
        expected = {(topic, pk) for topic in (self.topic.pk, self.section.pk) for pk in last}
        assert {(topic.pk, topic.edition_id) for topic in found} == expected
        assert len(found) == 4

    def test_value_without_a_known_type_is_refused(self):
        with pytest.raises(KeyError):
            read_story(None, self.now)

    def test_rows_are_of_this_moment(self):
        article, at = self.editions[0].article_id, timezone.now()
        read_story(article, at)
        Edition.objects.filter(article=article).update(headline="Titre d’essai changé")
        assert read_story(article, at)[0].headline == "Titre d’essai changé"

    def test_query_is_seen_by_what_watches_the_connection(self):
        seen = mock.Mock(side_effect=lambda execute, *args: execute(*args))
        with connection.execute_wrapper(seen):
            read_story(self.editions[0].article_id, self.now)
        assert seen.call_count == 1
