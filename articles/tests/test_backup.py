import gzip
import io
import tarfile
import threading

import pytest
from django.db import connection

from .. import backup
from .places import Place

# Nothing can be copied out of a transaction that is open.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def places(tmp_path):
    """Return a function that makes an empty Place with a name."""
    made = []

    def make(name, like=None):
        made.append(Place(tmp_path, name, like))
        return made[-1]

    yield make
    for place in made:
        place.close()


@pytest.fixture
def paper(places, demo_place):
    """A place with the demo stories, an account, and two files."""
    place = places("paper", demo_place)
    (place.var / "media" / "2026").mkdir(parents=True)
    (place.var / "media" / "2026" / "une.jpg").write_bytes(bytes(range(256)) * 99)
    (place.var / "media" / "vide").write_bytes(b"")
    return place


def add_photo(place):
    """Put a photo, and the sizes of it, into the library of *place*."""
    script = """
import io
from articles import photo_acts, renditions
from articles.models import User
from articles.tests.drawings import draw, encode
by = User.objects.create_superuser("photographe")
renditions.make(photo_acts.add(encode(draw()), "essai.jpg", by=by))
"""
    run = place.manage("shell", "--no-imports", "--command", script)
    assert run.returncode == 0, run.stderr


def test_restored_photos_are_there_and_nobody_else_s(paper, places, tmp_path):
    """E15"""
    add_photo(paper)
    file = tmp_path / "newsroom.tar.gz"
    assert paper.manage("backup", file).returncode == 0
    copy = places("copy")
    assert copy.manage("restore", file).returncode == 0
    run = copy.manage("make_renditions")
    assert run.stdout == "0 sizes made.\n", run.stderr
    photos = [path for path in (copy.var / "media" / "photos").rglob("*") if path.is_file()]
    assert len(photos) == 1 + 16
    assert {path.stat().st_mode & 0o777 for path in photos} == {0o600}


def test_restore_into_an_empty_place_gives_every_row_and_file(paper, places, tmp_path):
    """E25"""
    file = tmp_path / "newsroom.tar.gz"
    assert paper.manage("backup", file).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    copy = places("copy")
    run = copy.manage("restore", file)
    assert run.returncode == 0, run.stderr
    before, after = paper.rows(), copy.rows()
    # The state's version alone moves on, so that no ETag of an earlier time matches.
    assert before.pop("articles_sitestate") != after.pop("articles_sitestate")
    assert len(before["articles_edition"]) >= 50
    assert after == before
    assert copy.files() == paper.files() != {}
    assert {path.name for path in tmp_path.iterdir()} == {"newsroom.tar.gz", "paper", "copy"}


def test_restore_spares_what_is_here_until_told_to_replace_it(paper, tmp_path):
    file = tmp_path / "newsroom.tar.gz"
    paper.manage("backup", file)
    with paper.connect() as plain:
        plain.execute("UPDATE articles_article SET headline = 'Perdu'")
        plain.execute("CREATE TABLE articles_later (id int)")
        plain.commit()
    (paper.var / "media" / "vide").write_bytes(b"plein")
    edited = paper.rows()
    run = paper.manage("restore", file)
    assert run.returncode == 1
    assert "1 users, 2 media would be lost" in run.stderr
    assert paper.rows() == edited
    run = paper.manage("restore", file, "--replace")
    assert run.returncode == 0, run.stderr
    assert "articles_later" not in paper.rows()
    assert not any("Perdu" in row for row in paper.rows()["articles_article"])
    assert paper.files()["vide"] == b""


def test_refused_restore_changes_nothing(paper, tmp_path):
    file = tmp_path / "newsroom.tar.gz"
    paper.manage("backup", file)
    rows, files = paper.rows(), paper.files()
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[:-9])
    # The archive is whole, but the database in it stops half-way.
    half = rewrite(file, tmp_path / "half", lambda dump: dump[: len(dump) // 2])
    for refused in (cut, half, tmp_path / "none"):
        run = paper.manage("restore", refused, "--replace")
        assert run.returncode == 1
        assert run.stderr.startswith("CommandError: ") and run.stderr.count("\n") == 1, run.stderr
        assert paper.rows() == rows
        assert paper.files() == files


@pytest.fixture
def archive(tmp_path):
    """A backup of the suite's own empty database."""
    backup.backup(tmp_path / "newsroom.tar.gz")
    return tmp_path / "newsroom.tar.gz"


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole[:-9],
        lambda whole: whole[: len(whole) // 2] + b"\xff\xfe" + whole[len(whole) // 2 + 2 :],
        lambda whole: whole[:-8] + b"\0\0\0\0" + whole[-4:],
        lambda whole: b"%PDF-1.7",
        lambda whole: b"",
        lambda whole: gzip.compress(b"texte"),
    ],
    ids=["cut", "flipped", "check sum", "foreign", "empty", "gzip"],
)
def test_damaged_or_foreign_file_is_refused(archive, tmp_path, change):
    archive.write_bytes(change(archive.read_bytes()))
    with pytest.raises(backup.BackupError, match="isn't a backup of Newsroom"):
        backup.unpack(archive, tmp_path)


@pytest.mark.parametrize(
    "change, word",
    [
        ({"newsroom": 2}, "format"),
        ({"vendor": "oracle"}, "oracle"),
        ({"migrations": ["articles.9999_later"]}, "newer release"),
    ],
)
def test_backup_that_this_release_cannot_read_is_refused(archive, change, word):
    with pytest.raises(backup.BackupError, match=word):
        backup.check({**backup.describe(), **change})


def test_backup_of_a_database_that_is_no_newsroom_is_refused(places, tmp_path):
    run = places("other").manage("backup", tmp_path / "newsroom.tar.gz")
    assert run.returncode == 1
    assert "is DATABASE_URL the right one?" in run.stderr
    assert not (tmp_path / "newsroom.tar.gz").exists()


def test_member_that_points_outside_is_refused(tmp_path):
    with tarfile.open(tmp_path / "bad", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("media/../../outside"))
    with pytest.raises(backup.BackupError):
        backup.unpack(tmp_path / "bad", tmp_path)


def rewrite(source, target, change):
    """Write the backup *source* to *target* with its database changed."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "database":
                content = change(content)
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def test_backup_while_the_desk_writes_holds_one_moment(paper, places, tmp_path):
    """Two tables change together, again and again; a backup never has one without the other."""
    file, stop, written = tmp_path / "newsroom.tar.gz", threading.Event(), []

    mark = "%s" if paper.url.startswith("postgres") else "?"

    def write():
        with paper.connect() as plain:
            while not stop.is_set():
                number = len(written) % 9999 + 1
                plain.execute(f"UPDATE articles_topic SET position = {mark}", [number])  # noqa: S608
                plain.execute(f"UPDATE articles_user SET last_name = {mark}", [str(number)])  # noqa: S608
                plain.commit()
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        run = paper.manage("backup", file)
    finally:
        stop.set()
        writer.join()
    assert run.returncode == 0, run.stderr
    copy = places("copy")
    assert copy.manage("restore", file).returncode == 0
    with copy.connect() as plain:
        positions = plain.execute("SELECT DISTINCT position FROM articles_topic").fetchall()
        ((name,),) = plain.execute("SELECT last_name FROM articles_user").fetchall()
    assert positions == [(int(name),)]
    assert int(name) < len(written)


def test_missing_client_tools_are_named(tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite needs no tools")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(backup.BackupError, match="pg_dump isn't installed"):
        backup.backup(tmp_path / "newsroom.tar.gz")
