import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from ..management.commands.serve import refuse_a_taken_port
from ..models import Article, User
from .factories import make_user


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def demo(tmp_path):
    """Return a function that runs demo with a VAR_DIR of its own and returns what it says."""

    def demo():
        with override_settings(VAR_DIR=tmp_path):
            call_command("demo", stdout=(out := StringIO()))
        return out.getvalue()

    return demo


@pytest.mark.django_db
def test_demo_fills_an_empty_database_once(demo, tmp_path):
    said = demo()
    password = (tmp_path / "desk-password").read_text()
    assert password in said
    assert (tmp_path / "desk-password").stat().st_mode & 0o777 == 0o600
    assert User.objects.get().check_password(password)
    articles = Article.objects.count()
    assert articles >= 50
    assert demo() == said
    assert (Article.objects.count(), User.objects.count()) == (articles, 1)


@pytest.mark.django_db
def test_changed_password_is_not_told_again(demo, tmp_path):
    demo()
    user = User.objects.get()
    user.set_password("un autre mot de passe")
    user.save()
    assert (tmp_path / "desk-password").read_text() not in demo()


@pytest.mark.django_db
def test_demo_leaves_a_paper_alone(demo, tmp_path):
    make_user()
    assert demo() == ""
    assert not Article.objects.exists()
    assert not list(tmp_path.iterdir())


def test_taken_port_is_refused_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1: .* in use"):
            refuse_a_taken_port("127.0.0.1", port)


def test_ctrl_c_stops_the_server_and_frees_the_port(tmp_path, free_port):
    server = serve(tmp_path, free_port)
    try:
        wait_until_served(f"http://127.0.0.1:{free_port}/admin/login/")
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(15) == 0
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)
    refuse_a_taken_port("127.0.0.1", free_port)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_workers_share_the_memory_of_the_code(tmp_path, free_port):
    server = serve(tmp_path, free_port)
    try:
        wait_until_served(f"http://127.0.0.1:{free_port}/admin/login/")
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
        (worker,) = children.split()
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()
        (shared,) = [int(line.split()[1]) for line in lines if line.startswith("Shared_Dirty:")]
        # In kB. Without a page asked for it is some 40,000; none if each loads all for itself.
        assert shared > 10_000
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(15)


def serve(folder, port):
    """Start `manage.py serve` in a session of its own, as a terminal does."""
    environ = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port), "GRANIAN_WORKERS": "1"}
    environ["DATABASE_URL"] = f"sqlite:///{folder}/newsroom.sqlite3"
    words = [sys.executable, "manage.py"]
    run = {"cwd": settings.BASE_DIR, "env": environ}
    subprocess.run([*words, "collectstatic", "--no-input", "-v0"], check=True, **run)
    return subprocess.Popen([*words, "serve"], start_new_session=True, **run)


def wait_until_served(address):
    for _ in range(100):
        try:
            return urlopen(address).read()  # noqa: S310 - our own
        except URLError:
            time.sleep(0.1)
    raise AssertionError("not served in 10 s")
