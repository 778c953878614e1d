"""Measure the site on made archives of several sizes: python -m bench.scale 10000 100000.

BENCH_SERVER names a PostgreSQL server, as postgres://user:password@host:port; its databases
newsroom_bench_N are made, or gone on with, and kept. Without it, a cluster is made and thrown away.
With --sqlite the databases are files, thrown away.
"""

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psycopg

from . import table
from .asking import Asking
from .server import PORT, ROOT, as_environ, manage, memory, serving

YARDSTICK = "bench.scale.yardstick"
UNKEPT = {"CACHE_URL": "dummy://"}
# How often a page is asked for before the next one has its turn.
TURN = 10
# How often publishing is measured, in turn too: the first time the database writes whole pages.
PUBLISHINGS = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("editions", nargs="+", type=int)
    parser.add_argument("--rounds", type=int, default=200, help="requests a page (default 200)")
    parser.add_argument("--sqlite", action="store_true", help="measure SQLite instead")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    server = None if asked.sqlite else os.environ.get("BENCH_SERVER") or own_cluster()
    urls, facts, asking = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        for editions in sorted(asked.editions):
            url, postmaster = database(server, editions) if server else file(folder, editions)
            minutes = load(url, editions)
            urls[editions], facts[editions] = url, {"minutes": minutes}
            ports = itertools.count(PORT + 10 * len(asking))
            asking[editions] = prepare(url, postmaster, ports, servers)
        # In turn, so that a machine that has less to give for a while gives less to all.
        for turn in range(0, asked.rounds, TURN):
            print(f"{turn} of {asked.rounds} requests a page", file=sys.stderr)
            for name in asking[max(asking)]:
                for pages in asking.values():
                    if name in pages:
                        pages[name][0].ask(TURN)
        sizes = {
            editions: {name: (page.cost(), queries) for name, (page, queries) in pages.items()}
            for editions, pages in asking.items()
        }
        for editions, pages in asking.items():
            facts[editions] |= facts_of(pages, sizes[editions])
        servers.close()
        # Last: what is rolled back still lies in the tables and makes lists slower to read.
        publishing = {editions: [] for editions in urls}
        for _ in range(PUBLISHINGS):
            for editions, url in urls.items():
                publishing[editions].append(tell(url, "publishing"))
        for editions, told in publishing.items():
            facts[editions] |= {name: median(one[name] for one in told) for name in told[0]}
        for editions, url in urls.items():
            facts[editions]["memory"] = memory_of(url, asking[editions])
    units = {editions: pages["yardstick (d)"][0].cpu for editions, pages in sizes.items()}
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
        # What a run before rolled back would be found in the indexes.
        plain.execute("VACUUM (ANALYZE, INDEX_CLEANUP ON)")
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


def prepare(url, postmaster, ports, servers):
    """Return {page: (Asking, queries)} of the site on the database *url*, whose servers run."""

    def serve(**environ):
        return servers.enter_context(serving(url, next(ports), **environ))

    found = tell(url, "pages")
    yardstick, story = found.pop("yardstick")[0], found["story"][0]
    site = serve(**UNKEPT)
    pages = {
        page: (Asking(address, site, postmaster), queries)
        for page, (address, queries) in found.items()
    }
    size = str(len(pages["story"][0].plain))
    bare = serve(DJANGO_SETTINGS_MODULE=YARDSTICK, YARDSTICK_SIZE=size)
    kept = Asking(story, keeping := serve(), postmaster)
    same = {"If-None-Match": kept.answer.headers["ETag"]}
    return {
        "yardstick (d)": (Asking(yardstick, bare, postmaster), 1),
        **pages,
        "story, kept": (kept, 1),
        "story, 304": (Asking(story, keeping, postmaster, same, status=304), 1),
    }


def facts_of(pages, costs):
    """Return what isn't about one page, once all were asked."""
    story, sitemap = costs["story"][0], costs["sitemap of a month"][0]
    addresses = pages["sitemap of a month"][0].plain.count(b"<loc>")
    return {
        "gzip": story.zipped / story.plain,
        "url": sitemap.cpu * 1000 / max(addresses, 1),
    }


def memory_of(url, pages):
    """Return the MB of a server alone, which shares its libraries with no other, once it served."""
    site = pages["story"][0].served
    with serving(url, PORT, **UNKEPT) as alone:
        for page, _queries in pages.values():
            if page.served is site:
                Asking(page.address, alone, None).ask(TURN * TURN)
        return memory(alone.pid)


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
