"""Run the suite on SQLite and PostgreSQL, in Chromium too; tell what ran and how to get the rest.

Usage: test.py [sqlite] [postgres] [chromium] [chromium-postgres]. REQUIRE=postgres,gettext makes
their absence a failure. TEST_DATABASE_URL names a PostgreSQL server, CHROMIUM a browser. The last
line adds up.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
UNIT = ["articles/tests", "--ignore=articles/tests/e2e", "-n", "auto", "--maxprocesses", "8"]
JOURNEYS = ["articles/tests/e2e", "-n", "2"]
# A test sees the defaults, whatever site this machine's environment describes.
SETTINGS = """ALLOWED_HOSTS CACHE_URL DATABASE_URL DEBUG DEFAULT_FROM_EMAIL EMAIL_URL FEED_FULL_TEXT
    LANGUAGE_CODE PHOTO_STORAGE_URL PORT PURGE_URL SECRET_KEY SITE_NAME SITE_URL TIME_ZONE
    VAR_DIR""".split()
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_sqlite():
    """Return what a finder returns: how it was found, words before pytest, variables; or None."""
    return "", [], {}


def find_postgres():
    if url := os.environ.get("TEST_DATABASE_URL"):
        return "TEST_DATABASE_URL", [], {"DATABASE_URL": url}
    if server_lets_us_in():
        return "a running server", [], {"DATABASE_URL": "postgres:///newsroom"}
    if wrapper := shutil.which("pg_virtualenv"):
        # It points libpq's own variables to a cluster that it throws away afterwards.
        return "pg_virtualenv", [wrapper], {"DATABASE_URL": "postgres:///newsroom"}
    return None


def server_lets_us_in():
    """Whether libpq's defaults lead to a server where we may create a database."""
    try:
        with psycopg.connect("dbname=postgres connect_timeout=2") as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            return connection.execute(query).fetchone()[0]
    except psycopg.Error:
        return False


def find_chromium():
    for name in filter(None, (os.environ.get("CHROMIUM"), *BROWSERS)):
        if path := shutil.which(name):
            return path, [], {"CHROMIUM": path}
    return None


def find_chromium_and_postgres():
    if (browser := find_chromium()) and (server := find_postgres()):
        how, wrapper, variables = server
        return f"{browser[0]}, {how}", wrapper, variables | browser[2]
    return None


SUITES = {
    "sqlite": (find_sqlite, UNIT, ""),
    "postgres": (
        find_postgres,
        UNIT,
        "apt install postgresql, or set TEST_DATABASE_URL=postgres://user:password@host/name",
    ),
    "chromium": (find_chromium, JOURNEYS, "apt install chromium, or set CHROMIUM=/path/to/it"),
    "chromium-postgres": (
        find_chromium_and_postgres,
        # What is wrong with how a page looks is wrong on every database.
        [*JOURNEYS, "-k", "not fault"],
        "needs both of the above",
    ),
}

# No suite of its own: the tests that need it see for themselves whether it is required.
TOOLS = {"gettext"}


def run(prefix, tests, variables):
    """Run pytest and return a Counter of passed, failed and skipped tests."""
    environ = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environ |= {"VAR_DIR": f"{folder}/var", **variables}
        command = [*prefix, sys.executable, "-m", "pytest", f"--junitxml={report}", *tests]
        code = subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode  # noqa: S603
        result = count(report) if report.exists() else Counter()
    if code and not result["failed"]:
        result["failed"] = 1
    return result


def count(report):
    result = Counter()
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest's own
        number = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        result += Counter(
            passed=number["tests"] - failed - number["skipped"],
            failed=failed,
            skipped=number["skipped"],
        )
    return result


def in_words(result):
    skipped = f", {result['skipped']} skipped" if result["skipped"] else ""
    return f"{result['passed']} passed, {result['failed']} failed{skipped}"


def main(names):
    required = os.environ.get("REQUIRE", "").replace(",", " ").split()
    if unknown := {*names, *required} - SUITES.keys() - (TOOLS - {*names}):
        sys.exit(f"test: there is no suite {', '.join(sorted(unknown))}, only {', '.join(SUITES)}.")
    total, lines = Counter(), []
    for name in names or SUITES:
        finder, tests, how_to_get = SUITES[name]
        if found := finder():
            how, prefix, variables = found
            print(f"== {name} {how}", flush=True)
            result = run(prefix, tests, variables)
            lines.append(f"{name:17} ran: {in_words(result)}")
        else:
            result = Counter(failed=int(name in required))
            lines.append(f"{name:17} not found: {how_to_get}")
        total += result
    print("", *lines, in_words(total), sep="\n", flush=True)
    return bool(total["failed"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
