"""Measure the site on made archives of several sizes: python -m bench.scale 10000 100000.

BENCH_SERVER names a PostgreSQL server, as postgres://user:password@host:port; its databases
newsroom_bench_N are made, or gone on with, and kept. Without it, a cluster is made and thrown away.
With --sqlite the databases are files, thrown away.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from . import table
from .asking import ask
from .server import ROOT, as_environ, manage, memory, serving

YARDSTICK = "bench.scale.yardstick"
UNKEPT = {"CACHE_URL": "dummy://"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("editions", nargs="+", type=int)
    parser.add_argument("--rounds", type=int, default=200, help="requests a page (default 200)")
    parser.add_argument("--sqlite", action="store_true", help="measure SQLite instead")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    server = None if asked.sqlite else os.environ.get("BENCH_SERVER") or own_cluster()
    sizes, units, facts = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for editions in sorted(asked.editions):
            url, postmaster = database(server, editions) if server else file(folder, editions)
            minutes = load(url, editions)
            pages, facts[editions] = measure(url, postmaster, asked.rounds)
            facts[editions] |= {"minutes": minutes, **tell(url, "publishing")}
            sizes[editions] = pages
            units[editions] = pages["yardstick (d)"][0].cpu
    lines = [*table.page_table(sizes, units), "", *summary(facts)]
    print("\n".join(lines))
    if asked.write:
        told = f"{os.cpu_count()} cores, {asked.rounds} requests a page."
        table.write("SQLite" if asked.sqlite else "PostgreSQL", [told, "", *lines])


def own_cluster():
    """Start again below a cluster of its own."""
    if "PGPORT" in os.environ:
        names = ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT")
        return "postgres://{}:{}@{}:{}".format(*(os.environ[name] for name in names))
    if not (wrapper := shutil.which("pg_virtualenv")):
        raise SystemExit("Set BENCH_SERVER, or apt install postgresql for a cluster of its own.")
    os.execv(wrapper, [wrapper, sys.executable, "-m", "bench.scale", *sys.argv[1:]])  # noqa: S606


def database(server, editions):
    """Return the address of a database of PostgreSQL, made where there is none, and its process."""
    name = f"newsroom_bench_{editions}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as plain:
        if not plain.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            plain.execute(f'CREATE DATABASE "{name}"')
        folder = plain.execute("SHOW data_directory").fetchone()[0]
    return f"{server}/{name}", int((Path(folder) / "postmaster.pid").read_text().split()[0])


def file(folder, editions):
    """Return the address of a new database of SQLite; it has no process of its own."""
    return f"sqlite:///{folder}/{editions}.sqlite3", None


def load(url, editions):
    """Load the archive, or what is missing of it; return the minutes it took, runs before too."""
    manage(url, "migrate", "-v0")
    manage(url, "loaddata", "topics", "-v0")
    start = time.monotonic()
    manage(url, "load_archive", "--editions", editions)
    minutes = (time.monotonic() - start) / 60
    if url.startswith("sqlite"):
        return minutes
    with psycopg.connect(url, autocommit=True) as plain:
        # The database's comment keeps it for the next run.
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        name = url.rpartition("/")[2]
        minutes += float(plain.execute(query, [name]).fetchone()[0] or 0)
        plain.execute(f"COMMENT ON DATABASE \"{name}\" IS '{minutes}'")
        plain.execute("VACUUM ANALYZE")
        plain.execute("CHECKPOINT")
    return minutes


def tell(url, module):
    """Run a module of the bench on the database *url*; return what it prints."""
    command = [sys.executable, "-m", f"bench.scale.{module}"]
    environ = as_environ(url, DJANGO_SETTINGS_MODULE="newsroom.settings", **UNKEPT)
    run = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)  # noqa: S603
    if run.returncode:
        raise SystemExit(run.stderr)
    return json.loads(run.stdout.splitlines()[-1])


def measure(url, postmaster, rounds):
    """Return ({page: (Cost, queries)}, facts) of the site on the database *url*."""
    found, costs = tell(url, "pages"), {}
    yardstick = found.pop("yardstick")[0]
    with serving(url, **UNKEPT) as server:
        for page, (address, queries) in found.items():
            print(f"{page}…", file=sys.stderr)
            costs[page] = ask(address, rounds, server, postmaster), queries
        size = costs["story"][0].plain
        facts = {"memory": memory(server)}
    unit = {"DJANGO_SETTINGS_MODULE": YARDSTICK, "YARDSTICK_SIZE": str(size)}
    with serving(url, **unit) as server:
        costs = {"yardstick (d)": (ask(yardstick, rounds, server, postmaster), 1), **costs}
    with serving(url) as server:
        story = found["story"][0]
        kept = ask(story, rounds, server, postmaster)
        costs["story, kept"] = kept, 1
        same = {"If-None-Match": kept.headers["ETag"]}
        costs["story, 304"] = ask(story, rounds, server, postmaster, same, status=304), 1
    story, sitemap = costs["story"][0], costs["sitemap of a month"][0]
    facts["gzip"] = story.zipped / story.plain
    facts["url"] = sitemap.cpu * 1000 / max(sitemap.body.count(b"<loc>"), 1)
    return costs, facts


def summary(facts):
    """Return what isn't about one page, a row for each size."""
    yield (
        "| editions | loaded in | published, one | many | gzip | sitemap, an address | "
        "memory, two workers |"
    )
    yield "| ---: |" + " ---: |" * 6
    for editions, fact in facts.items():
        yield (
            f"| {editions:,} | {fact['minutes']:.1f} min | {fact['one']:.1f} ms, "
            f"{fact['statements']} statements | {fact['many']:.0f} a second | "
            f"{fact['gzip']:.2f} | {fact['url']:.4f} ms | {fact['memory']:.0f} MB |"
        )


if __name__ == "__main__":
    main()
