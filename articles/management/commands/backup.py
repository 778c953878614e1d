from pathlib import Path

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from articles.backup import BackupError, backup


class Command(BaseCommand):
    help = "Save the database and the media in one file. The site may be running."

    def add_arguments(self, parser):
        parser.add_argument("file", help="for example newsroom.tar.gz")

    def handle(self, *, file, **options):
        if not file:
            raise CommandError("Say where to: make backup FILE=newsroom.tar.gz")
        target = Path(file).resolve()
        try:
            backup(target)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}: {target.stat().st_size:,} bytes")
