"""Serve the site with granian, as production does; with --demo, from an empty place."""

import os
import socket
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections

# granian reads its options from these; a value from the environment wins.
OPTIONS = {
    "GRANIAN_INTERFACE": "wsgi",
    "GRANIAN_WEBSOCKETS": "false",
    "GRANIAN_HOST": "127.0.0.1",
    "GRANIAN_PORT": str(settings.PORT),
    "GRANIAN_WORKERS": str(min(os.cpu_count() or 1, 8)),
    # No more than the database pool has connections (newsroom/environment.py).
    "GRANIAN_BLOCKING_THREADS": "4",
    "GRANIAN_RESPAWN_FAILED_WORKERS": "true",
    "GRANIAN_WORKERS_KILL_TIMEOUT": "10",
    "GRANIAN_LOG_LEVEL": "warning",
}


class Command(BaseCommand):
    help = "Serve the site until Ctrl-C or SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo", action="store_true", help="first migrate, collect static files, run demo"
        )

    def handle(self, *, demo, **options):
        environ = OPTIONS | os.environ
        refuse_a_taken_port(environ["GRANIAN_HOST"], int(environ["GRANIAN_PORT"]))
        if demo:
            call_command("migrate", verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("demo", stdout=self.stdout)
        self.stdout.write(f"Site: {settings.SITE_URL}/\nDesk: {settings.SITE_URL}/admin/")
        self.stdout.write("Ctrl-C stops the server.")
        self.stdout.flush()
        connections.close_all()
        # granian takes this process over, and with it every signal; no connection goes along.
        command = [sys.executable, "-m", "newsroom.server", "newsroom.wsgi:application"]
        os.execvpe(command[0], command, environ)  # noqa: S606 - no shell is wanted


def refuse_a_taken_port(host, port):
    """granian would share the port with another server of the same user, and not say so."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host}: {error.strerror}. Choose another: PORT={port + 1} make run"
            ) from None
