from pathlib import Path

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from articles.backup import BackupError, restore


class Command(BaseCommand):
    help = "Load database and media from a file that backup made, then migrate."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--replace", action="store_true", help="give up what is here now")

    def handle(self, *, file, replace, **options):
        if not file:
            raise CommandError("Say from where: make restore FILE=newsroom.tar.gz")
        try:
            restore(Path(file).resolve(), replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored from {file}. Restart the server if it was running.")
