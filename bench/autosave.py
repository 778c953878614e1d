"""Let editors type at once on a fresh SQLite site: no error, nobody waits, no text lost.

Usage: .venv/bin/python bench/autosave.py [--editors 20] [--seconds 300] [--pace 10]

Each editor autosaves every --pace seconds, says every second time that the form is open, and
saves the whole form every sixth time. It exits with 1 where an answer was an error or a text
that the server had acknowledged isn't there at the end.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a" * 32
URL = "/admin/articles/article"
SENTENCE = "<p>Le port rouvre après trois semaines, et les grues tournent ({}).</p>"


class Fields(HTMLParser):
    """Reads the fields of a page's article form as the browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.values, self.area, self.select = [], None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "textarea":
            self.area = [name, ""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attrs:
            self.values.append((self.select, attrs.get("value", "")))
        elif tag == "input" and name and attrs.get("type") not in ("radio", "checkbox", "submit"):
            self.values.append((name, attrs.get("value", "")))

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.values.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None


class Editor(threading.Thread):
    def __init__(self, port, user, article, cookie, pace, until):
        super().__init__()
        self.port, self.user, self.article, self.cookie = port, user, article, cookie
        self.pace, self.until = pace, until
        self.body, self.acknowledged = "", ""
        self.answers, self.times = Counter(), defaultdict(list)
        self.faults = []

    def run(self):
        try:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.open()
            time.sleep(random.random() * self.pace)  # noqa: S311 - only spreads the editors
            turn = 0
            while time.monotonic() < self.until:
                turn += 1
                self.body += SENTENCE.format(turn)
                if turn % 6 == 0:
                    self.save()
                else:
                    self.keep()
                if turn % 2 == 0:
                    self.beat()
                time.sleep(self.pace)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run has failed
            self.faults.append(repr(error))

    def ask(self, kind, method, url, body=None, content="application/json", right=(200,)):
        headers = {"Cookie": f"csrftoken={TOKEN}; sessionid={self.cookie}", "X-CSRFToken": TOKEN}
        if body is not None:
            headers["Content-Type"] = content
        start = time.monotonic()
        self.connection.request(method, url, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        self.times[kind].append(time.monotonic() - start)
        self.answers[kind, response.status] += 1
        if response.status not in right:
            self.faults.append(f"{kind}: {response.status} {text[:200]}")
        return response.status, text

    def open(self):
        _status, page = self.ask("open", "GET", f"{URL}/{self.article.pk}/change/")
        self.fields = dict(Fields(page).values)
        self.fields.pop("csrfmiddlewaretoken", None)

    def message(self, **more):
        ids = {"article": self.fields["uuid"], "form": self.fields["autosave"]}
        return json.dumps({"user": self.user.pk, **ids, **more})

    def keep(self):
        typed = {name: [value] for name, value in self.fields.items()}
        typed["body"] = [self.body]
        message = self.message(ago=0, typed=typed)
        # 503 is no error: the browser keeps the text and asks again.
        status, _text = self.ask(
            "autosave", "POST", f"{URL}/saisie/garder/", message, right=(200, 503)
        )
        if status == 200:
            self.acknowledged = self.body

    def beat(self):
        self.ask("presence", "POST", f"{URL}/saisie/presence/", self.message(leaving=False))

    def save(self):
        sent = {**self.fields, "body": self.body, "csrfmiddlewaretoken": TOKEN, "_continue": "1"}
        content = "application/x-www-form-urlencoded"
        url = f"{URL}/{self.article.pk}/change/"
        self.ask("save", "POST", url, urlencode(sent), content, right=(302,))
        self.acknowledged = self.body
        self.open()

    def is_lost(self):
        """Whether what the server acknowledged last is neither kept nor saved."""
        self.article.refresh_from_db()
        kept = self.user.autosaves.filter(form=self.fields["autosave"]).first()
        texts = [self.article.body, *(kept.typed.get("body", []) if kept else [])]
        return self.acknowledged not in texts


def prepare(count):
    """Return [(user, article, session cookie)] on an empty site in the database that is set."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from articles.models import Article, Revision, User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    places = []
    for n in range(count):
        user = User.objects.create_superuser(f"editeur{n}", first_name=f"Éditeur {n}")
        article = Article.objects.create(headline=f"Titre d’essai {n}")
        Revision.objects.record(article, by=user)
        client = Client()
        client.force_login(user)
        places.append((user, article, client.cookies["sessionid"].value))
    return places


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port):
    """Start the server that production has and return its process when it answers."""
    environ = {**os.environ, "PORT": str(port), "GRANIAN_WORKERS": "2"}
    command = [sys.executable, "manage.py", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)  # noqa: S603
    for _ in range(100):
        time.sleep(0.1)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
    server.kill()
    sys.exit("The server did not start.")


def report(editors):
    answers = sum((editor.answers for editor in editors), Counter())
    for kind in ("open", "autosave", "presence", "save"):
        times = sorted(t * 1000 for editor in editors for t in editor.times[kind])
        statuses = {status: n for (name, status), n in sorted(answers.items()) if name == kind}
        if times:
            middle, most = times[len(times) // 2], times[int(len(times) * 0.99)]
            took = f"median {middle:.0f} ms, 99 % {most:.0f} ms, max {times[-1]:.0f} ms"
            print(f"{kind:9} {len(times):6} {statuses} {took}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pace", type=float, default=10)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/newsroom.sqlite3",
        }
        places = prepare(options.editors)
        port = free_port()
        server = serve(port)
        try:
            until = time.monotonic() + options.seconds
            editors = [Editor(port, *place, options.pace, until) for place in places]
            for editor in editors:
                editor.start()
            for editor in editors:
                editor.join()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
        report(editors)
        faults = [fault for editor in editors for fault in editor.faults]
        lost = [editor.user.username for editor in editors if not faults and editor.is_lost()]
    print(f"{len(faults)} errors, {len(lost)} texts lost", *faults[:5], *lost, sep="\n")
    return bool(faults or lost)


if __name__ == "__main__":
    sys.exit(main())
