"""One file that holds the whole paper, its database and media, consistent while it runs."""

import gzip
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from .models import Article, SiteState, Topic, User

FORMAT = 1
DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, KeyError)


class BackupError(Exception):
    """Nothing was saved or changed, and why."""


def backup(target):
    """Write database and media to the file *target*, beside it first, for its owner alone."""
    if Article._meta.db_table not in connection.introspection.table_names():
        raise BackupError("There is no newsroom in this database: is DATABASE_URL the right one?")
    with workplace(target.parent) as folder:
        dump = folder / "database"
        {"sqlite": dump_sqlite, "postgresql": dump_postgresql}[connection.vendor](dump)
        draft = folder / "backup"
        with tarfile.open(draft, "w:gz", compresslevel=1) as tar:
            manifest = json.dumps(describe(), indent=2).encode()
            member = tarfile.TarInfo("manifest.json")
            member.size, member.mtime = len(manifest), int(time.time())
            tar.addfile(member, io.BytesIO(manifest))
            tar.add(dump, "database")
            # Media come after the database that names them, and a name's bytes never change.
            for path in media_files():
                tar.add(path, f"media/{path.relative_to(settings.MEDIA_ROOT).as_posix()}")
        draft.chmod(0o600)
        with open(draft, "rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)


def restore(source, *, replace=False):
    """Put what the file *source* holds in place of database and media; all of it or nothing."""
    if not replace and (loss := what_is_here()):
        raise BackupError(f"This place isn't empty: {loss} would be lost. Add --replace to agree.")
    with workplace(Path(settings.MEDIA_ROOT).parent) as folder:
        check(unpack(source, folder))
        dump = folder / "database"
        with media_swapped(folder / "media", folder / "replaced"):
            {"sqlite": load_sqlite, "postgresql": load_postgresql}[connection.vendor](dump)
    call_command("migrate", verbosity=0)
    # No cached page and no ETag of an earlier time may seem to be of this state of the site.
    SiteState.objects.filter(pk=SiteState.ONLY).update(version=int(time.time()))


@contextmanager
def workplace(parent):
    """Give a folder in *parent* that goes away, with all in it, at the end."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=".newsroom-") as folder:
            yield Path(folder)
    except OSError as error:
        raise BackupError(f"{error.filename or parent}: {error.strerror or error}.") from error


def media_files():
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def what_is_here():
    """Return what a restore would replace, in words; "" if there is nothing."""
    tables = connection.introspection.table_names()
    numbers = {
        f"{model.__name__.lower()}s": model.objects.count()
        for model in (Article, Topic, User)
        if model._meta.db_table in tables
    }
    numbers["media"] = len(media_files())
    return ", ".join(f"{number} {name}" for name, number in numbers.items() if number)


def describe():
    """Return the manifest: what a backup is, and which migrations its database has had."""
    return {
        "newsroom": FORMAT,
        "vendor": connection.vendor,
        "created_at": timezone.now().isoformat(timespec="seconds"),
        "migrations": sorted(map(".".join, MigrationLoader(connection).applied_migrations)),
    }


def check(manifest):
    """Refuse a backup that this release, on this database, can't load."""
    if manifest.get("newsroom") != FORMAT:
        raise BackupError(f"The backup isn't of the format {FORMAT} that this release reads.")
    if manifest["vendor"] != connection.vendor:
        raise BackupError(
            f"The backup is of {manifest['vendor']}, this database is {connection.vendor}."
        )
    known = set(map(".".join, MigrationLoader(None).disk_migrations))
    if newer := [name for name in manifest["migrations"] if name not in known]:
        raise BackupError(f"The backup is of a newer release: {newer[-1]} isn't known here.")


def unpack(source, folder):
    """Write the members of *source* to *folder* and return the manifest.

    Read it to its end, where the check sum is, before anything is believed.
    """
    (folder / "media").mkdir()
    try:
        with gzip.open(source) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    unpack_member(tar, member, folder)
            while stream.read(1 << 20):
                pass
        return dict(json.loads((folder / "manifest.json").read_bytes()))
    except FileNotFoundError as error:
        if str(source) == str(error.filename):
            raise
        raise BackupError(f"{source} isn't a backup of Newsroom.") from error
    except DAMAGE as error:
        raise BackupError(f"{source} is damaged or isn't a backup of Newsroom.") from error


def unpack_member(tar, member, folder):
    path = PurePosixPath(member.name)
    ours = member.name in ("manifest.json", "database") or path.parts[0] == "media"
    if not member.isfile() or not ours or ".." in path.parts:
        raise ValueError(member.name)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file:
        shutil.copyfileobj(tar.extractfile(member), file)
    # Originals of photos are nobody else's on this machine either.
    target.chmod(0o600)
    os.utime(target, (member.mtime, member.mtime))


@contextmanager
def media_swapped(new, old):
    """Put the folder *new* in the media's place and them in *old*, or back if the block fails."""
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(exist_ok=True)
    media.rename(old)
    new.rename(media)
    try:
        yield
    except BaseException:
        media.rename(new)
        old.rename(media)
        raise


def dump_sqlite(path):
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)


def load_sqlite(path):
    """Copy the pages in one transaction: a server that is running sees the old or the new."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise BackupError("The database in the backup is damaged.")
        connection.ensure_connection()
        copy.backup(connection.connection)


def dump_postgresql(path):
    where, environ = postgresql_arguments()
    command = [client("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    run = subprocess.run(  # noqa: S603 - our own words
        [*command, f"--file={path}", *where], env=environ, capture_output=True, text=True
    )
    if run.returncode:
        raise BackupError(f"pg_dump failed: {last_line(run.stderr)}")


def load_postgresql(path):
    """Drop our tables and make those of the dump in one transaction, which only success ends."""
    where, environ = postgresql_arguments()
    session = [client("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *where]
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-"]
    script = [client("pg_restore"), *options, str(path)]
    with tempfile.TemporaryFile("w+") as log:
        with subprocess.Popen(  # noqa: S603 - our own words
            session, env=environ, bufsize=0, stdin=subprocess.PIPE, stdout=log, stderr=log
        ) as psql:
            try:
                psql.stdin.write(f"BEGIN; SET lock_timeout = '10s'; {drop_our_tables()}\n".encode())
                subprocess.run(script, stdout=psql.stdin, stderr=log, check=True)  # noqa: S603
                psql.stdin.write(b"COMMIT;\n")
                psql.stdin.close()
            except (subprocess.CalledProcessError, BrokenPipeError):
                psql.kill()
        if psql.returncode:
            log.seek(0)
            raise BackupError(f"PostgreSQL refused the backup: {last_line(log.read())}")


def drop_our_tables():
    """Return the SQL that makes room, also for tables that only a newer release has."""
    found = connection.introspection.table_names()
    ours = {*connection.introspection.django_table_names(), "django_migrations"}
    names = [name for name in found if name in ours or name.startswith("articles_")]
    quoted = ", ".join(map(connection.ops.quote_name, names))
    return f"DROP TABLE {quoted} CASCADE;" if names else ""


def postgresql_arguments():
    """Return the arguments that lead PostgreSQL's tools to our database, and the environment."""
    words, variables = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    return words[1:], {**os.environ, **(variables or {})}


def client(program):
    """Return the path of one of PostgreSQL's tools, new enough for the server."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(
            f"{program} isn't installed: apt install postgresql-client or brew install libpq."
        )
    told = subprocess.run([path, "--version"], capture_output=True, text=True).stdout  # noqa: S603
    number = re.search(r"\d+", told)
    server = connection.pg_version // 10000
    if number and int(number[0]) < server:
        raise BackupError(
            f"{program} {number[0]} is too old for PostgreSQL {server}: "
            f"apt install postgresql-client-{server}."
        )
    return path


def last_line(text):
    return (text.strip().splitlines() or ["no reason given"])[-1]
