"""Make what lists and search find editions by anew, while the site runs."""

from django.core.management.base import BaseCommand
from django.db import connection

from ... import derived
from ...models import Article, Edition
from ...sqlite_schema import mend_words
from ..progress import Bar

BATCH = 200


class Command(BaseCommand):
    help = (
        "Compare the topics, authors, photos and words of every edition with its text, and the "
        "words of every article, and write anew those that differ. It may be interrupted, and run "
        "at any time."
    )

    def handle(self, **options):
        self.go_through(Article, derived.mend_articles, "articles")
        if mend_words(connection):
            self.stdout.write("The index of words was made anew.")
        self.go_through(Edition, mend_editions, "editions")

    def go_through(self, model, mend, what):
        """Let *mend* put right what *model* has, batch by batch, given the ids; tell *what*."""
        count, mended, last = model.objects.count(), 0, 0
        bar = Bar(self.stdout, count)
        while batch := list(keys_after(model, last)):
            mended += mend(batch)
            last = batch[-1]
            bar.add(len(batch))
        self.stdout.write(f"{count:,} {what} read, {mended:,} put right.")


def mend_editions(keys):
    return derived.mend(Edition.objects.filter(pk__in=keys))


def keys_after(model, last):
    return model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
