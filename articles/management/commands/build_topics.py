"""Write the fixture of topics from IPTC's table and the newsroom's own."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ...fixture import dump, make_topic, replace
from ...wire.tables import TableError
from ...wire.topics import read_topics


class Command(BaseCommand):
    help = "Build fixtures/topics.json from iptc-mediatopics.tsv and newsroom-topics.tsv."

    def add_arguments(self, parser):
        folder = Path(settings.FIXTURE_DIRS[0])
        parser.add_argument("-o", "--output", type=Path, default=folder / "topics.json")
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if the file would change."
        )

    def handle(self, *, output, check, **options):
        try:
            rows = read_topics(Path(settings.FIXTURE_DIRS[0]))
            text = dump(map(make_topic, rows.values()))
            if check and output.read_bytes() != text.encode():
                raise CommandError(f"{output} isn't what build_topics gives: run it again.")
            if not check:
                replace(output, text)
        except (TableError, OSError) as error:
            raise CommandError(error) from error
        sections = sum(row.is_section for row in rows.values())
        own = sum(not row.qcode for row in rows.values())
        self.stdout.write(f"{output.name}: {len(rows)} topics, {own} own, {sections} sections")
