"""Django's loaddata as a door of the newsroom: what the desk has is never overwritten."""

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError
from django.utils import timezone

from ... import derived
from ...body import clean
from ...models import (
    Article,
    ArticleAuthor,
    ArticleTopic,
    ArticleWords,
    Author,
    Dossier,
    DossierEdition,
    DossierRevision,
    Edition,
    EditionAuthor,
    EditionPhoto,
    EditionTopic,
    FrontPageEdition,
    LiveEntryEdition,
    LiveRevision,
    Revision,
    SiteState,
    SiteText,
    SiteTextVersion,
    Topic,
)
from ...models.edition import SEARCH
from ...models.live_entry import clean_entry
from ...models.revision import digest

BATCH = 1000
# Made anew, whatever a fixture says.
DERIVED = (EditionTopic, EditionAuthor, EditionPhoto, ArticleWords, SiteState)
# A row of these that is there stays as the desk has it.
KEPT = (Topic, Author, SiteText)
# What the desk may take out of a story, and the column that names the story.
PARTS = {ArticleTopic: "content_object_id", ArticleAuthor: "article_id"}


class Command(loaddata.Command):
    """A row whose natural key isn't there is added, an identical one skipped.

    Of this app's models, a row that differs stops the whole load and nothing is written. Those
    of other apps are loaded as Django does.
    """

    row = None

    def handle(self, *fixture_labels, **options):
        try:
            super().handle(*fixture_labels, **options)
        except IntegrityError as error:
            # Asked only here, where the load is undone and the database answers again.
            what = self.value_taken() if self.row else None
            raise CommandError(self.refusal(what) if what else one_line(error)) from error
        except (ObjectDoesNotExist, DeserializationError) as error:
            hint = "If it needs another fixture, load that one first."
            raise CommandError(f"{one_line(error)} {hint}") from error

    def loaddata(self, fixture_labels):
        self.has_added = False
        self.new_articles = set()
        self.new_editions, self.new_pages = [], []
        super().loaddata(fixture_labels)
        if self.using != DEFAULT_DB_ALIAS:
            return
        derived.index_articles(self.new_articles)
        for start in range(0, len(self.new_editions), BATCH):
            derived.index(self.new_editions[start : start + BATCH])
        self.show_photos()
        if self.has_added:
            instants = (
                at
                for row in (*self.new_editions, *self.new_pages)
                for at in (row.live_from, row.live_until, *row.photo_ends())
            )
            SiteState.objects.bump(timezone.now(), *instants)

    def show_photos(self):
        """Give the new front pages and dossiers what their photos have now."""
        derived.stamp_photos(self.new_pages)
        for row in self.new_pages:
            row.save(update_fields=row.PHOTO_FIELDS)
        derived.link_photos(self.new_pages)

    def load_label(self, fixture_label):
        self.label = fixture_label
        super().load_label(fixture_label)

    def save_obj(self, obj):
        row = self.row = obj.object
        if row._meta.app_label != Article._meta.app_label or type(row) in self.excluded_models:
            return super().save_obj(obj)
        if isinstance(row, DERIVED):
            return False
        clean_text(row)
        there = self.rows().filter(pk=row.pk).first() if row.pk else None
        if there is None:
            return self.add(obj)
        if not isinstance(row, KEPT) and (name := difference(obj, there)):
            raise CommandError(self.refusal(f"the desk has another {name}"))
        return False

    def add(self, obj):
        row = obj.object
        column = PARTS.get(type(row))
        if column and getattr(row, column) not in self.new_articles:
            raise CommandError(self.refusal("the desk took it out of the story"))
        if isinstance(row, Edition) and self.using != DEFAULT_DB_ALIAS:
            raise CommandError(self.refusal("editions go into the default database only"))
        if not super().save_obj(obj):
            return False
        self.has_added = True
        if isinstance(row, Article):
            self.new_articles.add(row.pk)
        if isinstance(row, Edition):
            self.new_editions.append(row)
        if isinstance(row, FrontPageEdition | DossierEdition):
            self.new_pages.append(row)
        return True

    def rows(self):
        return type(self.row)._base_manager.using(self.using)

    def value_taken(self):
        """Return which unique value of the refused row another one has, or None."""
        for field in self.row._meta.concrete_fields:
            value = getattr(self.row, field.attname)
            if field.unique and not field.primary_key and value is not None:
                others = self.rows().exclude(pk=self.row.pk).filter(**{field.attname: value})
                if others.exists():
                    return f"another one already has the {field.name} {value}"
        return None

    def refusal(self, what):
        key = self.row.natural_key() if hasattr(self.row, "natural_key") else (self.row.pk,)
        name = f"{self.row._meta.label_lower} {'/'.join(map(str, key))} ({self.row})"
        return f"{self.label}: {name}: {what}. Nothing was loaded."


def clean_text(row):
    """Clean what an editor or a reader would be given as HTML."""
    if isinstance(row, Article):
        row.body = clean(row.body)
    elif isinstance(row, Edition | SiteText | SiteTextVersion):
        row.body_html = clean(row.body_html)
    elif isinstance(row, LiveRevision | LiveEntryEdition):
        row.body_html = clean_entry(row.body_html)
    elif isinstance(row, Dossier | DossierRevision | DossierEdition):
        row.introduction_html = clean(row.introduction_html)
    elif isinstance(row, Revision):
        row.snapshot = {**row.snapshot, "body": clean(row.snapshot.get("body", ""))}
        row.digest = digest(row.snapshot)


def difference(obj, there):
    """Return the first field in which the fixture's row differs from the one *there*, or None.

    When a row was last saved says nothing about its content, and search's words are derived.
    """
    for field in obj.object._meta.concrete_fields:
        if field.primary_key or field.name in SEARCH or getattr(field, "auto_now", False):
            continue
        wanted = getattr(obj.object, field.attname)
        if field in obj.deferred_fields or wanted != getattr(there, field.attname):
            return field.name
    return None


def one_line(error):
    return " ".join(str(error).split())
