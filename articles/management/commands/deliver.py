"""Send the purges that are due; run it every minute by a timer. Readers never depend on it."""

from django.core.management.base import BaseCommand, CommandError

from ...models import Delivery
from ...purging import deliver


class Command(BaseCommand):
    help = "Send the purges of caches that are due and try again those that failed."

    def handle(self, *args, **options):
        if not deliver():
            failing = Delivery.objects.failing().order_by("due_at").first()
            raise CommandError(f"The cache could not be purged: {failing.error}")
