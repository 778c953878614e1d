"""Write the fixture of published stories from agency documents."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ...fixture import dump, make_stories, replace
from ...wire import documents
from ...wire.tables import TableError
from ...wire.topics import read_filings, read_topics

NEWEST = "2026-02-02T08:00:00+01:00"


class Command(BaseCommand):
    help = "Build a fixture of stories from documents; headline-topics.tsv files each of them."

    def add_arguments(self, parser):
        parser.add_argument("documents", metavar="DOCUMENT", nargs="+", type=Path)
        parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True)
        parser.add_argument(
            "--newest",
            metavar="ISO",
            default=NEWEST,
            help=f"When the first headline was published, with its offset (default {NEWEST}).",
        )
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if the file would change."
        )

    def handle(self, *, output, newest, check, **options):
        try:
            found = [documents.parse(path.read_bytes(), str(path)) for path in options["documents"]]
            text, briefs = self.build(found, self.read_time(newest))
            if check and output.read_bytes() != text.encode():
                raise CommandError(f"{output} isn't what build_fixture gives: run it again.")
            if not check:
                replace(output, text)
        except (documents.DocumentError, TableError, OSError) as error:
            raise CommandError(error) from error
        for document in found:
            self.print_account(document)
        stories = sum(len(document.headlines) for document in found)
        self.stdout.write(f"{output}: {stories} stories, {briefs} of them briefs")

    def read_time(self, text):
        try:
            time = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"--newest: {text} is no time as {NEWEST}") from error
        if time.tzinfo is None:
            raise CommandError(f"--newest: {text} has no offset, as +01:00")
        return time.astimezone(UTC)

    def build(self, found, newest):
        """Return the fixture's text and the number of headlines without a story."""
        folder = Path(settings.FIXTURE_DIRS[0])
        filings = read_filings(folder, read_topics(folder))
        text = dump(make_stories(found, filings, newest))
        return text, sum(len(document.headlines) - len(document.stories) for document in found)

    def print_account(self, document):
        """Say what each line of the document became; the counts add up to its lines."""
        self.stdout.write(f"{document.name}: {document.account.total()} lines")
        for kind in documents.Kind:
            self.stdout.write(f"{document.account[kind]:6} {kind}")
