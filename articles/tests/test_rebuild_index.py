from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from .. import publishing
from ..models import Author, Edition, EditionAuthor, EditionTopic, SiteState
from ..models.edition import SEARCH
from ..search import Matches, Query
from . import acting
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_section,
    make_topic,
    make_user,
    save,
)
from .places import Place


def rebuild():
    """Run the command; return the last line that it tells."""
    call_command("rebuild_index", stdout=(out := StringIO()))
    return out.getvalue().splitlines()[-1]


def index():
    """Return all that lists and search find editions by, without the rows' own keys."""
    rows = [
        {name: value for name, value in row.items() if name != "id"}
        for model in (EditionTopic, EditionAuthor)
        for row in model.objects.order_by("edition", "pk").values()
    ]
    return rows, list(Edition.objects.order_by("pk").values(*SEARCH))


class DoorTests(TestCase):
    """Whatever door editions come in by, the index is true when the transaction ends."""

    def assert_true(self, count):
        before = index()
        assert rebuild() == f"{count:,} editions read, 0 put right."
        assert index() == before

    def test_acts_of_one_story(self):
        editor = make_user(is_superuser=True)
        topic = make_topic(parent=make_topic())
        article = make_article(topics=[topic], authors=[make_author()], body="<p>Un texte.</p>")
        publishing.publish(article, revision=1, by=editor)
        save(article, headline="Titre changé")
        edition = publishing.correct(article, revision=2, by=editor, note="Note d’essai")
        publishing.bump(article, by=editor)
        publishing.withdraw(article, by=editor, note="Note d’essai")
        edition.refresh_from_db()
        publishing.seal(edition, by=editor, reason="Motif d’essai")
        publishing.reinstate(article, revision=2, by=editor)
        self.assert_true(5)

    def test_acts_at_random(self):
        acting.set_up()
        acting.act_randomly(seed=7, count=60)
        self.assert_true(Edition.objects.count())

    def test_many_stories_at_once(self):
        stories = {make_article(authors=[make_author()]): 1 for _ in range(3)}
        publishing.publish_many(stories, by=make_user("articles.publish_article"))
        self.assert_true(3)

    def test_fixtures(self):
        call_command("loaddata", "topics", "newsroom", verbosity=0)
        self.assert_true(Edition.objects.count())

    def test_made_archive(self):
        section = make_section()
        for number in range(5):
            make_topic(parent=section if number else None)
        call_command("load_archive", editions=60, processes=1, stdout=StringIO())
        self.assert_true(60)


@pytest.mark.django_db(transaction=True)
def test_index_is_true_after_a_restore(tmp_path, demo_place):
    paper, copy = Place(tmp_path, "paper", demo_place), Place(tmp_path, "copy")
    try:
        assert paper.manage("backup", tmp_path / "backup").returncode == 0
        assert copy.manage("restore", tmp_path / "backup").returncode == 0
        before = copy.rows()
        run = copy.manage("rebuild_index")
        assert run.stdout.splitlines()[-1].endswith("editions read, 0 put right."), run.stderr
        assert copy.rows() == before
    finally:
        paper.close()
        copy.close()


class RebuildTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.topic = make_topic(parent=make_topic())
        cls.edition = make_edition(
            topics=[cls.topic], authors=[make_author()], headline="Les chevaux d’essai"
        )
        cls.other = make_edition()

        SiteState.objects.create(pk=1)

    def setUp(self):
        self.index = index()

    def assert_put_right(self, count=1):
        version = SiteState.objects.read()[0]
        assert rebuild() == f"2 editions read, {count} put right."
        assert index() == self.index
        # One batch, one change of the site.
        assert SiteState.objects.read()[0] == version + 1
        assert rebuild() == "2 editions read, 0 put right."
        assert SiteState.objects.read()[0] == version + 1

    def test_lost_rows_come_back(self):
        EditionTopic.objects.filter(edition=self.edition, is_direct=False).delete()
        EditionAuthor.objects.all().delete()
        self.assert_put_right()

    def test_rows_that_say_something_else_are_made_anew(self):
        EditionTopic.objects.filter(topic=self.topic).update(is_direct=False)
        EditionTopic.objects.filter(edition=self.other).update(live_until=timezone.now())
        self.assert_put_right(2)

    def test_rows_too_many_go(self):
        row = EditionAuthor.objects.get()
        row.pk, row.author = None, Author.objects.create(name="De trop", slug="de-trop")
        row.save()
        self.assert_put_right()

    def test_words_are_analysed_anew(self):
        Edition.objects.filter(pk=self.edition.pk).update(search_a="faux", search_c="faux")
        self.assert_put_right()
        found = Edition.objects.filter(Matches(Query.parse("cheval")))
        assert list(found) == [self.edition]

    def test_index_of_words_that_sqlite_lost_is_made_anew(self):
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL derives it itself")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO articles_edition_words(articles_edition_words) VALUES ('delete-all')"
            )
        found = Edition.objects.filter(Matches(Query.parse("cheval")))
        assert not found.exists()
        rebuild()
        assert list(found) == [self.edition]
