"""Several people at once, and a process that dies in the middle of an act."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import skipUnless

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from .. import front_pages, photo_acts, publishing
from ..models import Article, Edition, FrontPageEdition, FrontPageRevision, User
from ..publishing import PublishingError
from .acting import act_randomly, check_whole, set_up
from .factories import make_article, make_photo
from .places import Place

ON_POSTGRESQL = skipUnless(
    connection.vendor == "postgresql", "SQLite in memory has one connection: see the processes"
)


def in_threads(count, work):
    """Return what work(0), work(1)… return, each in a thread with a connection of its own."""
    together = threading.Barrier(count)

    def run(number):
        try:
            connection.ensure_connection()
            together.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@ON_POSTGRESQL
class ThreadTests(TransactionTestCase):
    def setUp(self):
        set_up()

    def test_random_acts_at_once_leave_whole_timelines(self):
        allowed = in_threads(6, lambda number: act_randomly(number, 25))
        assert sum(allowed) > 20
        check_whole(sum(allowed))

    def test_second_of_two_who_publish_the_same_at_once_is_told(self):
        article = Article.objects.order_by("pk")[1]
        editor = User.objects.get(username="acting")

        def publish(number):
            try:
                return publishing.publish(article, revision=1, by=editor)
            except PublishingError as refusal:
                return refusal

        outcomes = in_threads(2, publish)
        (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, PublishingError)]
        assert refusal.faults == ["Cette version est déjà en ligne."]
        assert Edition.objects.filter(article=article).count() == 1

    def test_photo_removed_while_its_story_is_published_is_not_shown(self):
        editor = User.objects.get(username="acting")
        # Each round is a race; without the lock the edition of some rounds shows the photo.
        for _ in range(5):
            photo = make_photo(ready=False)
            article = make_article(lead=photo)
            acts = [
                lambda article=article: publishing.publish(article, revision=1, by=editor),
                lambda photo=photo: photo_acts.remove(photo, by=editor, reason="Essai"),
            ]
            try:
                in_threads(2, lambda n, acts=acts: acts[n]())
            except PublishingError:
                # The removal came first, and was seen.
                continue
            edition = Edition.objects.get(article=article)
            assert edition.lead_photo["until"] is not None

    def test_two_who_pin_different_stories_at_once_take_turns(self):
        # Each round is a race; without the lock most rounds leave two.
        for _ in range(5):
            self.race_for_the_pin()

    def race_for_the_pin(self):
        editor = User.objects.get(username="acting")
        articles = list(Article.objects.order_by("pk")[:2])
        publishing.publish_many(
            {article: article.revisions.first().number for article in articles}, by=editor
        )
        until = timezone.now() + timedelta(hours=1)
        in_threads(2, lambda n: front_pages.pin(articles[n], until=until, by=editor))
        shown = FrontPageEdition.objects.shown(None, timezone.now())
        newest = FrontPageRevision.objects.current().first()
        assert shown.slots == newest.slots


@pytest.fixture
def place(tmp_path, migrated_place, transactional_db):
    """A database of its own with some stories, for processes that share it."""
    place = Place(tmp_path, "acting", migrated_place)
    try:
        python(place, "set_up()")
        yield place
    finally:
        place.close()


def shell(code):
    return ("shell", "--verbosity=0", "--command", f"from articles.tests.acting import *; {code}")


def python(place, code):
    """Run *code* in a process there and return what it printed."""
    run = place.manage(*shell(code))
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_processes_that_act_at_once_leave_whole_timelines(place):
    running = [place.start(*shell(f"print(act_randomly({n}, 25))")) for n in range(3)]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], told
    allowed = sum(int(text.splitlines()[-1]) for text in told)
    assert allowed > 10
    python(place, f"check_whole({allowed})")


@pytest.mark.parametrize("act", ["publish", "withdraw"])
def test_process_killed_inside_an_act_leaves_the_old_state_whole(place, act):
    before = place.rows()
    process = place.start(*shell(f"stall('{act}')"))
    # All is written by then, but for the last statement and the commit.
    lines = iter(process.stdout.readline, "")
    assert any(line == "written\n" for line in lines)
    process.kill()
    process.communicate()
    after = place.rows()
    for table in (
        "edition",
        "editiontopic",
        "editionauthor",
        "act",
        "frontpageedition",
        "sitestate",
    ):
        assert after[f"articles_{table}"] == before[f"articles_{table}"]
    # Nothing is left locked: the act can be done again.
    python(place, f"perform('{act}', Article.objects.order_by('pk')[0], User.objects.get())")
    python(place, "check_whole(1)")
