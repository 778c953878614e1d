from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Max
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ..archive_maker import Archive
from ..models import Article, Edition, EditionTopic, Meaning, Revision, SiteState
from .factories import make_article, make_author, make_edition, make_section, make_topic
from .places import Place

# As many editions as are checked; each block of a thousand takes some seconds.
SOME = 300


def load(editions=SOME, **options):
    # Other processes would write to another database than the tests'.
    options = {"processes": 1, **options}
    call_command("load_archive", editions=editions, stdout=(out := StringIO()), **options)
    return out.getvalue()


def rows():
    """Return what the archive's stories are; derived rows have keys of their own."""
    models = (Article, Revision, Edition)
    return [list(model.objects.order_by("pk").values()) for model in models]


class ArchiveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.section = make_section()
        for _ in range(5):
            make_topic(parent=cls.section)

    def test_stories_are_whole_and_plainly_made(self):
        load()
        assert Edition.objects.count() == SOME
        stories = Edition.objects.exclude(meaning=Meaning.WITHDRAWAL)
        for edition in stories:
            assert 250 <= edition.word_count <= 1000
            assert edition.kicker == "Archive d’essai"
        now = timezone.now()
        in_force = Edition.objects.in_force(now).values("article")
        assert in_force.count() == in_force.distinct().count() == Article.objects.count()
        years = {at.year for at in Article.objects.values_list("created_at", flat=True)}
        assert len(years) >= 10

    def test_same_seed_gives_the_same_words_and_another_one_others(self):
        make_author()
        first, again, other = (
            archive.shelf.story(archive, 0, 1, 0)[0].headline
            for archive in (Archive(50, 1), Archive(50, 1), Archive(50, 2))
        )
        assert first == again != other

    @mock.patch("articles.archive_maker.BLOCK", 200)
    def test_interrupted_load_goes_on_and_gives_the_same_rows(self):
        archive = Archive(500, seed=3)
        first, second, third = archive.blocks()
        archive.prepare()
        archive.write(third)
        part = Edition.objects.count()
        assert part == sum(third.sizes)
        assert "500 editions are there" in load(500, seed=3)
        whole = rows()
        assert len(whole[2]) == 500
        load(500, seed=3)
        assert rows() == whole

    def test_block_costs_less_than_a_statement_a_story(self):
        archive = Archive(SOME, seed=1)
        archive.prepare()
        (block,) = archive.blocks()
        assert archive.shelf
        with CaptureQueriesContext(connection) as queries:
            archive.write(block)
        assert len(queries) < len(block.sizes) / 2

    def test_every_story_has_consecutive_editions_that_end_where_the_next_begins(self):
        load()
        for article in Article.objects.annotate(count=Count("editions")):
            editions = list(article.editions.order_by("number"))
            assert [e.number for e in editions] == list(range(1, article.count + 1))
            for before, after in zip(editions, editions[1:], strict=False):
                assert before.live_until == after.live_from
                assert after.published_at == editions[0].live_from
            assert editions[-1].live_until is None

    def test_sizes_are_three_on_average_and_thirty_for_one_in_a_hundred(self):
        sizes = Archive(100_000, seed=1).sizes
        assert sum(sizes) == 100_000
        assert 2.8 < sum(sizes) / len(sizes) < 3.2
        assert 0.008 < sizes.count(30) / len(sizes) < 0.012

    def test_editions_stand_under_all_topics_above_theirs(self):
        load()
        direct = EditionTopic.objects.filter(is_direct=True, topic__parent=self.section)
        section_too = EditionTopic.objects.filter(
            edition__in=direct.values("edition"), topic=self.section
        )
        assert section_too.count() == direct.values("edition").distinct().count() > 0

    def test_desk_s_own_stories_come_after_it(self):
        load()
        last = Article.objects.aggregate(Max("pk"))["pk__max"]
        assert make_article().pk > last
        assert make_edition(authors=[make_author()]).pk > SOME

    def test_site_changes(self):
        version = SiteState.objects.read()[0]
        load()
        assert SiteState.objects.read()[0] > version

    def test_real_stories_are_left_alone(self):
        make_article()
        with pytest.raises(CommandError, match="a database of its own"):
            load()
        assert Article.objects.count() == 1

    def test_another_archive_is_refused(self):
        load(20)
        for options in ({"editions": 21}, {"editions": 20, "seed": 2}):
            with pytest.raises(CommandError, match="a database of its own"):
                load(**options)


class EmptyTests(TestCase):
    def test_database_without_topics_is_refused_with_what_to_do(self):
        with pytest.raises(CommandError, match="loaddata topics"):
            load()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_several_processes_write_it_all_once(tmp_path, migrated_place):
    place = Place(tmp_path, "archive", migrated_place)
    try:
        assert place.manage("loaddata", "topics").returncode == 0
        for _ in range(2):
            run = place.manage("load_archive", "--editions", 1100, "--processes", 2)
            assert run.returncode == 0, run.stderr
            assert run.stdout.endswith("1,100 editions are there.\n")
        with place.connect() as plain:
            counted = plain.execute("SELECT count(*), max(id) FROM articles_edition").fetchone()
            options = "SELECT reloptions FROM pg_class WHERE relname = 'edition_words'"
            # While it loads, many more words are gathered.
            kept = ["fastupdate=on", "gin_pending_list_limit=128"]
            assert plain.execute(options).fetchone() == (kept,)
        assert counted == (1100, 1100)
    finally:
        place.close()
