"""The walk that looks for leaks must find one that is planted, and nothing where there is none."""

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import TestCase
from django.utils import timezone

from .. import dossiers, live_entries, prepared, publishing, social_card
from ..models import Edition, EditionTopic, LiveEntryEdition, Photo
from ..models.derived_row import EditionTopicQuerySet
from ..models.topic import TopicQuerySet
from ..slots import Slot
from .factories import (
    make_article,
    make_entry,
    make_photo,
    make_section,
    make_topic,
    make_user,
    save,
)
from .test_filling import make_slot, show

HOUR = timedelta(hours=1)
SECRET = "Secret d’essai que personne ne doit lire"
TEXT = "<p>Un texte d’essai assez long pour se voir.</p>"


@contextmanager
def planted(queries, name, changed):
    """Let the method *name* of *queries* leak, also in SQL that was made before."""
    prepared.forget()
    try:
        with mock.patch.object(queries, name, changed):
            yield
    finally:
        prepared.forget()


class Loose(str):
    """A text that any other one passes for."""

    def __ne__(self, other):
        return False


class LeakTests(TestCase):
    def setUp(self):
        self.editor = make_user(is_superuser=True)
        self.section = make_section()
        self.shown = self.publish(headline="Ce que chacun peut lire")

    def publish(self, at=None, **fields):
        article = make_article(section=self.section, **{"body": TEXT, **fields})
        publishing.publish(article, revision=1, by=self.editor, at=at)
        return article

    def check(self):
        out = StringIO()
        call_command("check_embargo", stdout=out, stderr=out)
        return out.getvalue()

    def assert_leak(self, *words):
        out = StringIO()
        with pytest.raises(CommandError, match="leaks on"):
            call_command("check_embargo", stdout=out, stderr=out)
        for word in words:
            assert word in out.getvalue()

    def test_site_without_leaks_passes(self):
        """E8"""
        make_article(headline="Brouillon d’essai jamais publié", section=self.section)
        self.publish(at=timezone.now() + HOUR, headline=SECRET, body="<p>Autre texte secret.</p>")
        withdrawn = self.publish(headline="Article d’essai qui sera retiré", body="<p>Retiré</p>")
        publishing.withdraw(withdrawn, by=self.editor, note="Essai de motif")
        assert self.check().startswith("No leak on")

    def test_live_story_with_a_planned_update_passes(self):
        save(self.shown, standfirst="Un chapô d’essai pour ce soir")
        at = timezone.now() + HOUR
        publishing.publish(self.shown, revision=2, by=self.editor, at=at)
        assert self.check().startswith("No leak on")

    def test_planted_leak_of_a_plan_in_lists_is_named(self):
        planned = self.publish(at=timezone.now() + HOUR, headline=SECRET)
        leak = f"article {planned.pk}, edition 1, planned"
        with planted(EditionTopicQuerySet, "live", lambda rows, at: rows):
            self.assert_leak(self.section.get_absolute_url(), leak)

    def test_planted_leak_of_the_story_itself_is_named(self):
        self.publish(at=timezone.now() + HOUR, headline=SECRET)
        far = timezone.now() + 2 * HOUR
        with (
            planted(
                type(Edition.objects.all()),
                "went_live",
                lambda rows, at: rows.filter(live_from__lt=far),
            ),
            mock.patch.object(Edition, "is_live", lambda edition, at: True),
        ):
            self.assert_leak("answers 200, but isn't live")

    def test_planted_leak_of_a_planned_headline_s_card_is_named(self):
        revision = save(self.shown, headline=SECRET).number
        at = timezone.now() + HOUR
        planned = publishing.publish(self.shown, revision=revision, by=self.editor, at=at)
        right = social_card.digest_of
        with mock.patch.object(social_card, "digest_of", lambda edition: Loose(right(edition))):
            address = social_card.card_of(planned)["address"]
            self.assert_leak(address, "answers 200, but isn't live")

    def test_live_blog_without_leaks_passes(self):
        make_entry(self.shown, by=self.editor, body_html="<p>Message d’essai que chacun lit.</p>")
        make_entry(self.shown, by=self.editor, publish=False, body_html=f"<p>{SECRET}</p>")
        withdrawn = make_entry(
            self.shown, by=self.editor, body_html="<p>Message retiré d’essai</p>"
        )
        live_entries.withdraw_entry(withdrawn, by=self.editor, note="Essai de motif")
        gone = self.publish(headline="Article d’essai qui sera retiré", body="<p>Retiré</p>")
        make_entry(gone, by=self.editor, body_html="<p>Message d’un article retiré.</p>")
        publishing.withdraw(gone, by=self.editor, note="Essai de motif")
        assert self.check().startswith("No leak on")

    def test_planted_leak_of_a_sealed_entry_is_named(self):
        entry = make_entry(self.shown, by=self.editor, body_html=f"<p>{SECRET}</p>")
        LiveEntryEdition.objects.update(is_sealed=True)
        with mock.patch.object(
            type(LiveEntryEdition.objects.all()), "shown", lambda rows, at: rows.in_force(at)
        ):
            self.assert_leak(f"entry {entry.pk}, sealed", "/direct.atom", "/articles/")

    def test_planted_leak_of_an_ended_story_s_live_blog_is_named(self):
        make_entry(self.shown, by=self.editor, body_html=f"<p>{SECRET}</p>")
        Edition.objects.update(live_until=timezone.now())
        with mock.patch.object(Edition, "is_live", lambda edition, at: True):
            self.assert_leak(f"/flux/articles/{self.shown.pk}/direct.json: shows the text of entry")

    def test_planted_leak_of_a_dossier_that_is_not_published_is_named(self):
        topic = make_topic()
        article = make_article(section=self.section, topics=[topic])
        publishing.publish(article, revision=1, by=self.editor)
        for number, text in enumerate(("Introduction d’essai que chacun lit", SECRET)):
            dossier = dossiers.write(
                topic,
                introduction_html=f"<p>{text}</p>",
                articles=[],
                based_on=number,
                by=self.editor,
            )
            if text != SECRET:
                dossiers.publish(dossier, number=1, by=self.editor)
        assert self.check().startswith("No leak on")

        def working_copy(topics, at):
            columns = [("html", "introduction_html"), ("stories", "stories"), ("photo", "photo")]
            shown = {f"dossier_{name}": F(f"dossier__{column}") for name, column in columns}
            return topics.annotate(**shown)

        with planted(TopicQuerySet, "with_dossier", working_copy):
            address = topic.get_absolute_url()
            self.assert_leak(f"{address}: shows the text of dossier {topic}, not shown")

    def test_planted_leak_in_a_kept_page_is_named(self):
        kept = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        with self.settings(CACHES=kept):
            cache.clear()
            self.addCleanup(cache.clear)
            leaking = self.publish(headline=SECRET)
            assert self.check()
            # Behind the door's back, so that the site's version stays.
            for rows in (Edition, EditionTopic):
                rows.objects.filter(article=leaking).update(live_from=timezone.now() + HOUR)
            self.assert_leak(f"/: shows the text of article {leaking.pk}")

    def test_sealed_text_that_shows_is_named(self):
        leaking = self.publish(headline=SECRET)
        Edition.objects.filter(article=leaking).update(is_sealed=True)
        with mock.patch.object(Edition, "is_live", lambda edition, at: True):
            self.assert_leak("sealed")

    def test_front_page_with_its_own_headlines_passes(self):
        fields = {"headline": "Article d’essai pour ce soir", "body": "<p>Autre texte d’essai.</p>"}
        planned = self.publish(at=timezone.now() + HOUR, **fields)
        later = make_slot("second", story=str(planned.uuid), headline=SECRET)
        now = make_slot("lead", story=str(self.shown.uuid), headline="Titre d’essai pour la une")
        show([now, later])
        assert self.check().startswith("No leak on")

    def test_planted_leak_of_a_front_page_s_own_headline_is_named(self):
        """What a slot says of a story that isn't live, said of another."""
        planned = self.publish(at=timezone.now() + HOUR, headline="Article d’essai pour ce soir")
        show([make_slot("lead", story=str(planned.uuid), headline=SECRET)])
        held = Slot.make("lead", story=str(self.shown.uuid), headline=SECRET)
        with mock.patch.object(Slot, "read", lambda stored: held):
            self.assert_leak("/: shows the text of front page")

    def test_photo_that_shows_after_its_rights_ended_is_named(self):
        """E8, E15"""
        photo = make_photo()
        self.publish(headline="Titre d’essai avec photo", lead=photo)
        make_photo()
        assert self.check().startswith("No leak on")
        Photo.objects.filter(pk=photo.pk).update(rights_until=timezone.now())
        # The editions were not told.
        self.assert_leak("/: shows the photo", "which isn't live")

    def test_photo_of_a_draft_that_is_served_is_named(self):
        name = make_photo().renditions.order_by("-pk").first().name
        with mock.patch("articles.photos.time_of_use", return_value=(True, None)):
            self.assert_leak(f"/photos/{name}: answers 200, but isn't live")
