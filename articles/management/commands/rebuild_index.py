"""Make what lists and search find editions by anew, while the site runs."""

from django.core.management.base import BaseCommand
from django.db import connection

from ... import derived
from ...models import Edition
from ...sqlite_schema import mend_words
from ..progress import Bar

BATCH = 200


class Command(BaseCommand):
    help = (
        "Compare the topics, authors and words of every edition with its text, and write anew "
        "those that differ. It may be interrupted, and run at any time."
    )

    def handle(self, **options):
        count, mended, last = Edition.objects.count(), 0, 0
        bar = Bar(self.stdout, count)
        while batch := list(keys_after(last)):
            mended += derived.mend(Edition.objects.filter(pk__in=batch))
            last = batch[-1]
            bar.add(len(batch))
        if mend_words(connection):
            self.stdout.write("The index of words was made anew.")
        self.stdout.write(f"{count:,} editions read, {mended:,} put right.")


def keys_after(last):
    return Edition.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
