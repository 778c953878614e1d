"""Make the sizes of photos that a stopped process, or another recipe, left unmade."""

from django.core.management.base import BaseCommand, CommandError

from ... import renditions
from ...models import Photo


class Command(BaseCommand):
    help = "Make the sizes for readers that photos lack, and show them where they are published."

    def handle(self, *args, **options):
        made, failed = 0, []
        for photo in Photo.objects.order_by("-pk").iterator(chunk_size=100):
            try:
                made += renditions.make(photo)
            except (OSError, *renditions.DAMAGE) as error:
                failed.append(photo.pk)
                self.stderr.write(f"photo {photo.pk}: {error}")
        self.stdout.write(f"{made} sizes made.")
        if failed:
            raise CommandError(f"{len(failed)} photos can't be read: is their file there?")
