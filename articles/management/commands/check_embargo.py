"""Walk the public site as a reader would and fail if anything that isn't live shows."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...leaks import find_leaks


class Command(BaseCommand):
    help = "Look for text of stories that aren't live on every public page, feed and sitemap."

    def add_arguments(self, parser):
        parser.add_argument(
            "--most",
            type=int,
            default=2000,
            help="How many addresses to ask at the most (default 2000).",
        )

    def handle(self, *args, most, **options):
        leaks, asked = find_leaks(timezone.now(), most=most)
        for leak in leaks:
            self.stderr.write(str(leak))
        if leaks:
            raise CommandError(f"{len(leaks)} leaks on {asked} addresses.")
        self.stdout.write(f"No leak on {asked} addresses.")
