"""A place of its own for a command: a database of the suite's kind, and a VAR_DIR."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection


class Place:
    """Runs manage.py on a database, and reads and writes it with the plain driver.

    It is empty, or a copy of that of the place *like*, where nothing runs now.
    """

    def __init__(self, folder, name, like=None):
        self.var = folder / name
        self.name = f"{connection.settings_dict['NAME']}_{name}"
        if connection.vendor == "sqlite":
            self.url = f"sqlite:///{self.var / 'newsroom.sqlite3'}"
            if like:
                shutil.copytree(like.var, self.var)
        else:
            self.on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            template = like.name if like else "template1"
            self.on_server(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')
            at = {key: quote(str(connection.settings_dict[key]), safe="") for key in SERVER}
            login = f"{at['USER']}:{at['PASSWORD']}@" if at["USER"] else ""
            self.url = f"postgres://{login}{at['HOST']}:{at['PORT']}/{self.name}"

    def on_server(self, statement):
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)

    def close(self):
        if connection.vendor == "postgresql":
            self.on_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def manage(self, *words):
        """Run manage.py here; return the finished process, its output as text."""
        return subprocess.run(**self.command(words), capture_output=True)

    def start(self, *words):
        """Start manage.py here; return the running process, its output to be read as text."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(**self.command(words), **pipes)

    def command(self, words):
        environ = {**os.environ, "DATABASE_URL": self.url, "VAR_DIR": str(self.var)}
        command = [sys.executable, "manage.py", *map(str, words)]
        return {"args": command, "cwd": settings.BASE_DIR, "env": environ, "text": True}

    def connect(self):
        """Return a context manager that gives a connection of the plain driver."""
        if connection.vendor == "sqlite":
            return closing(sqlite3.connect(self.var / "newsroom.sqlite3", timeout=20))
        return closing(psycopg.connect(self.url.replace("postgres://", "postgresql://"), **IN_UTC))

    def rows(self):
        """Return {table: its rows in order, as text}."""
        with self.connect() as plain:
            if connection.vendor == "sqlite":
                names = "SELECT name FROM sqlite_master WHERE type = 'table'"
                query = "SELECT * FROM {} ORDER BY 1"
            else:
                names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                query = "SELECT line::text FROM {} line ORDER BY 1"
            tables = [name for (name,) in plain.execute(names).fetchall()]
            return {name: list(map(str, plain.execute(query.format(name)))) for name in tables}

    def files(self):
        """Return {path below the media folder: bytes}."""
        media = self.var / "media"
        paths = (path for path in media.rglob("*") if path.is_file())
        return {str(path.relative_to(media)): path.read_bytes() for path in paths}


SERVER = ("USER", "PASSWORD", "HOST", "PORT")
IN_UTC = {"options": "-c TimeZone=UTC"}
