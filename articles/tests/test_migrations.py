from copy import copy
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from ..models import Edition
from .factories import make_edition
from .places import Place


@pytest.mark.django_db(transaction=True)
def test_database_refuses_overlap_after_migrating_there_and_back(tmp_path, migrated_place):
    """All migrations forward, back to nothing, and forward again."""
    place = Place(tmp_path, "migrated", migrated_place)
    try:
        for words in (["migrate", "articles", "zero"], ["migrate"], ["demo"]):
            assert ("articles_edition" in place.rows()) == (words != ["migrate"])
            run = place.manage(*words)
            assert run.returncode == 0, run.stderr
        with place.connect() as plain, pytest.raises(Exception, match="edition_no_overlap"):
            plain.execute(copy_of_an_edition(plain))
    finally:
        place.close()


@pytest.mark.django_db(transaction=True)
def test_pins_become_front_pages_and_go_back_with_their_stories_and_times(tmp_path, migrated_place):
    place = Place(tmp_path, "pinned", migrated_place)
    before = import_module("articles.migrations.0017_front_pages_and_alerts").Migration
    (previous,) = (name for app, name in before.dependencies if app == "articles")
    pinned = (
        "from articles import front_pages; from articles.tests.factories import *;"
        "from datetime import timedelta; by = make_user(is_superuser=True);"
        "until = timezone.now() + timedelta(hours=1);"
        "[front_pages.pin(make_edition().article, until=until, by=by) for _ in range(2)]"
    )
    told = (
        "from articles.models import *; from articles.slots import Slot;"
        "print([(e.slots[0]['story'], e.live_from, e.acts.count(),"
        " min(filter(None, [e.live_until, Slot.read(e.slots[0]).leaves_at])))"
        " for e in FrontPageEdition.objects.order_by('number')])"
    )
    try:
        outcomes = []
        for words in (
            ["shell", "--verbosity=0", "--command", pinned],
            ["shell", "--verbosity=0", "--command", told],
            ["migrate", "articles", previous],
            ["migrate"],
            ["shell", "--verbosity=0", "--command", told],
        ):
            run = place.manage(*words)
            assert run.returncode == 0, run.stderr
            outcomes.append(run.stdout.splitlines()[-1:])
        assert outcomes[1] == outcomes[4]
        assert outcomes[1][0].count("datetime.datetime(") == 4
    finally:
        place.close()


def copy_of_an_edition(plain):
    """Return the SQL that adds a second edition in force to a story of the database."""
    columns = [column[0] for column in plain.execute("SELECT * FROM articles_edition").description]
    # The key, and what the databases make themselves.
    made = ("id", "search_vector", "search_places")
    columns = [name for name in columns if name not in made]
    values = ["99" if name == "number" else name for name in columns]
    return (
        f"INSERT INTO articles_edition ({', '.join(columns)}) "  # noqa: S608
        f"SELECT {', '.join(values)} FROM articles_edition LIMIT 1"
    )


@pytest.mark.django_db(transaction=True)
def test_database_refuses_overlap_after_a_change_of_the_table():
    """SQLite makes such a table anew, and its triggers are lost until migrate is done."""
    edition = make_edition(live_from=timezone.now())
    before = Edition._meta.get_field("kicker")
    after = copy(before)
    after.max_length += 1
    with connection.schema_editor() as editor:
        editor.alter_field(Edition, before, after)
    try:
        call_command("migrate", verbosity=0)
        with pytest.raises(IntegrityError, match="edition_no_overlap"):
            make_edition(article=edition.article, live_from=edition.live_from + timedelta(hours=1))
        with pytest.raises(IntegrityError):
            Edition.objects.update(live_until=edition.live_from - timedelta(hours=1))
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Edition, after, before)
        call_command("migrate", verbosity=0)
