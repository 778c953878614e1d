"""Delete the drafts that lay in the trash long enough; for a timer, once a day."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from ...models import Article
from ...workflow import TRASH_TIME


class Command(BaseCommand):
    help = "Delete the drafts that have been in the trash for 30 days; none was ever published."

    def handle(self, **options):
        old = timezone.now() - TRASH_TIME
        trashed = Article.objects.filter(
            status=Article.Status.TRASHED, trashed_at__lt=old, editions=None, acts=None
        )
        with transaction.atomic():
            keys = list(trashed.select_for_update(of=["self"]).values_list("pk", flat=True))
            Article.objects.filter(pk__in=keys).delete()
        self.stdout.write(f"{len(keys)} deleted")
