from django.core.management.base import BaseCommand

from articles.models import Autosave, Presence


class Command(BaseCommand):
    help = (
        "Delete texts that were typed 30 days ago and never saved. The desk does it too, whenever "
        "someone begins to type."
    )

    def handle(self, **options):
        count = Autosave.objects.purge()
        Presence.objects.gone().delete()
        self.stdout.write(f"{count} unsaved texts deleted")
