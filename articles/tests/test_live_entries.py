"""The door of a live blog: nothing typed is lost, nothing shows before its act or after it."""

import io
import json
import uuid
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from .. import dossiers, live_entries, publishing
from ..live_entries import EntryConflict
from ..models import (
    Act,
    Coverage,
    Dossier,
    DossierEdition,
    LiveEntry,
    LiveEntryEdition,
    LiveRevision,
    Meaning,
    SiteState,
)
from ..publishing import PublishingError
from .factories import (
    make_article,
    make_author,
    make_edition,
    make_entry,
    make_topic,
    make_user,
)

HOUR = timedelta(hours=1)


class DoorTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.editor = make_user(is_superuser=True, first_name="Élise", last_name="Essai")
        cls.article = make_edition().article

    def entry(self, **options):
        return make_entry(self.article, by=self.editor, **options)

    def rewrite(self, entry, by=None, **typed):
        """Save another text of *entry* over its newest one; return the LiveRevision."""
        newest = entry.revisions.first()
        typed = {**newest.typed, **typed}
        return live_entries.write_entry(
            entry.article,
            key=entry.uuid,
            typed=typed,
            based_on=newest.number,
            by=by or self.editor,
        )

    def publish(self, revision, **options):
        return live_entries.publish_entry(
            revision.entry, revision=revision.number, by=self.editor, **options
        )

    def refusal(self, act, *args, **options):
        with pytest.raises(PublishingError) as refused:
            act(*args, **options)
        return refused.value.faults


class WritingTests(DoorTestCase):
    def test_typed_text_is_cleaned_and_loses_its_crossheads(self):
        """E22"""
        body = '<h2>Un</h2><p onclick="x()">Deux</p><script>x()</script>'
        entry = self.entry(publish=False, body_html=body)
        assert entry.revisions.get().body_html == "<p><strong>Un</strong></p><p>Deux</p>"

    def test_nothing_is_shown_by_saving(self):
        version = SiteState.objects.read()[0]
        self.entry(publish=False)
        assert not LiveEntryEdition.objects.exists()
        assert SiteState.objects.read()[0] == version

    def test_same_form_sent_twice_makes_one_entry_with_one_version(self):
        """E18"""
        key = uuid.uuid4()
        for _ in range(2):
            self.entry(publish=False, key=key, body_html="<p>Essai</p>")
        assert LiveEntry.objects.get().revisions.count() == 1

    def test_save_over_someone_else_s_is_refused_with_their_text_and_keeps_both(self):
        """E18"""
        entry = self.entry(publish=False, body_html="<p>Un</p>")
        other = make_user(is_superuser=True, first_name="Ada", last_name="Essai")
        self.rewrite(entry, by=other, body_html="<p>Deux</p>")
        typed = {**entry.revisions.last().typed, "body_html": "<p>Trois</p>"}
        with pytest.raises(EntryConflict, match="Ada Essai a enregistré") as conflict:
            live_entries.write_entry(
                self.article, key=entry.uuid, typed=typed, based_on=1, by=self.editor
            )
        assert conflict.value.theirs.body_html == "<p>Deux</p>"
        # Having seen it, the second saves over it: theirs stays in the versions.
        live_entries.write_entry(
            self.article, key=entry.uuid, typed=typed, based_on=2, by=self.editor
        )
        texts = list(entry.revisions.values_list("body_html", flat=True))
        assert texts == ["<p>Trois</p>", "<p>Deux</p>", "<p>Un</p>"]

    def test_empty_entry_is_refused(self):
        assert self.refusal(self.entry, body_html="<p> </p>") == ["Écrivez le message."]
        assert not LiveEntry.objects.exists()

    def test_key_of_another_story_s_entry_is_refused(self):
        entry = make_entry(make_edition().article, by=self.editor, publish=False)
        text = "Ce message est celui d’un autre article."
        assert self.refusal(self.entry, key=entry.uuid, body_html="<p>x</p>") == [text]

    def test_draft_is_put_aside_and_taken_up_by_saving_it(self):
        entry = self.entry(publish=False)
        live_entries.drop_entry(entry, by=self.editor)
        entry.refresh_from_db()
        assert entry.is_dropped
        self.rewrite(entry, headline="Repris")
        entry.refresh_from_db()
        assert not entry.is_dropped

    def test_published_entry_is_not_put_aside(self):
        faults = self.refusal(live_entries.drop_entry, self.entry(), by=self.editor)
        assert faults == ["Ce message a été publié : retirez-le."]


class PublishingTests(DoorTestCase):
    def test_published_entry_is_frozen_with_its_byline(self):
        author = make_author(name="Ada Essai")
        entry = self.entry(author=author, signature="à Marseille", headline="Titre", is_key=True)
        edition = entry.editions.get()
        assert (edition.meaning, edition.number, edition.is_key) == (Meaning.FIRST, 1, True)
        assert edition.shown_at == edition.live_from
        part = {"name": "Ada Essai", "text": "à Marseille", "role": "writer", "kind": "person"}
        assert edition.byline == [{**part, "author": author.slug}]
        self.rewrite(entry, headline="Autre")
        assert entry.editions.get().headline == "Titre"

    def test_first_entry_starts_the_live_blog_and_later_ones_do_not(self):
        self.entry()
        live_entries.end_live(self.article, by=self.editor)
        self.entry()
        assert Coverage.objects.get().live_until is not None

    def test_update_keeps_the_place_and_moves_the_last_change_but_a_silent_fix_does_not(self):
        """E1, E2"""
        entry = self.entry()
        first = entry.editions.get()
        silent = self.publish(self.rewrite(entry, headline="Un"), meaning=Meaning.SILENT)
        assert (silent.shown_at, silent.modified_at) == (first.shown_at, None)
        update = self.publish(self.rewrite(entry, headline="Deux"))
        assert (update.meaning, update.shown_at) == (Meaning.UPDATE, first.shown_at)
        assert update.modified_at == update.live_from

    def test_each_edition_ends_to_the_instant_where_the_next_starts(self):
        entry = self.entry()
        self.publish(self.rewrite(entry, headline="Un"))
        live_entries.withdraw_entry(entry, by=self.editor, note="Inexact.")
        notice, second, first = entry.editions.order_by("-number")
        assert first.live_until == second.live_from
        assert (second.live_until, notice.live_until) == (notice.live_from, None)

    def test_correction_needs_a_note_and_stays_with_later_editions(self):
        """E4"""
        entry = self.entry()
        revision = self.rewrite(entry, headline="Juste")
        faults = self.refusal(
            live_entries.correct_entry, entry, revision=2, by=self.editor, note=" "
        )
        assert faults == ["Dites aux lecteurs ce qui était inexact."]
        fixed = live_entries.correct_entry(
            entry, revision=revision.number, by=self.editor, note="Le prénom."
        )
        later = self.publish(self.rewrite(entry, headline="Encore"))
        for edition in (fixed, later):
            (correction,) = edition.dated_corrections
            assert correction == {"at": fixed.live_from, "note": "Le prénom."}

    def test_same_version_is_not_published_twice(self):
        """E18"""
        entry = self.entry()
        faults = self.refusal(self.publish, entry.revisions.get())
        assert faults == ["Cette version est déjà en ligne."]
        assert entry.editions.count() == 1

    def test_nobody_publishes_a_version_that_is_not_the_newest(self):
        entry = self.entry(publish=False)
        read = entry.revisions.get()
        self.rewrite(entry, headline="Plus récent")
        faults = self.refusal(self.publish, read)
        assert faults == ["Ce message a été modifié depuis : relisez-le, puis publiez."]

    def test_entry_of_a_story_that_is_not_live_waits(self):
        """E8"""
        planned = make_edition(live_from=timezone.now() + HOUR).article
        embargoed = make_article(embargo_until=timezone.now() + HOUR)
        ended = make_edition(
            live_from=timezone.now() - HOUR, live_until=timezone.now() - timedelta(seconds=1)
        ).article
        for article in (make_article(), planned, embargoed, ended):
            entry = make_entry(article, by=self.editor, publish=False)
            faults = self.refusal(self.publish, entry.revisions.get())
            assert faults == ["L’article n’est pas en ligne : publiez-le d’abord."]
            faults = self.refusal(live_entries.start_live, article, by=self.editor)
            assert faults == ["L’article n’est pas en ligne : publiez-le d’abord."]

    def test_meanings_that_make_no_sense_are_refused(self):
        draft = self.entry(publish=False).revisions.get()
        for meaning in (Meaning.UPDATE, Meaning.CORRECTION, Meaning.WITHDRAWAL):
            text = "Ce message n’a jamais été publié : publiez-le d’abord."
            assert self.refusal(self.publish, draft, meaning=meaning, note="x") == [text]
        again = self.rewrite(self.entry(), headline="Autre")
        for meaning in (Meaning.FIRST, Meaning.WITHDRAWAL, Meaning.REINSTATEMENT):
            faults = self.refusal(self.publish, again, meaning=meaning, note="x")
            assert faults == ["Ce message a déjà été publié."]


class TakingAwayTests(DoorTestCase):
    def test_withdrawal_needs_a_note_and_an_entry_that_shows(self):
        entry = self.entry()
        faults = self.refusal(live_entries.withdraw_entry, entry, by=self.editor, note=" ")
        assert faults == ["Dites aux lecteurs pourquoi le message est retiré."]
        notice = live_entries.withdraw_entry(entry, by=self.editor, note="Inexact.")
        assert (notice.headline, notice.body_html, notice.note) == ("", "", "Inexact.")
        faults = self.refusal(live_entries.withdraw_entry, entry, by=self.editor, note="x")
        assert faults == ["Ce message n’est pas en ligne : il n’y a rien à retirer."]

    def test_withdrawn_entry_stays_withdrawn(self):
        entry = self.entry()
        live_entries.withdraw_entry(entry, by=self.editor, note="Inexact.")
        revision = self.rewrite(entry, headline="Autre")
        faults = self.refusal(self.publish, revision)
        assert faults == ["Ce message est retiré : écrivez-en un autre."]

    def test_entry_of_a_withdrawn_story_can_still_be_taken_away(self):
        entry = self.entry()
        publishing.withdraw(self.article, by=self.editor, note="Inexact.")
        live_entries.withdraw_entry(entry, by=self.editor, note="Inexact.")
        live_entries.seal_entry(entry.editions.get(number=1), by=self.editor, reason="Jugement.")

    def test_text_is_sealed_only_once_it_is_past_and_with_a_reason(self):
        entry = self.entry()
        edition = entry.editions.get()
        faults = self.refusal(live_entries.seal_entry, edition, by=self.editor, reason=" ")
        assert faults == [
            "Cette édition est en ligne : corrigez ou retirez d’abord le message.",
            "Dites pourquoi l’édition est mise sous scellés.",
        ]
        live_entries.withdraw_entry(entry, by=self.editor, note="Inexact.")
        live_entries.seal_entry(edition, by=self.editor, reason="Jugement.")
        faults = self.refusal(live_entries.seal_entry, edition, by=self.editor, reason="x")
        assert faults == ["Cette édition est déjà sous scellés."]


class CoverageTests(DoorTestCase):
    def test_live_blog_starts_ends_and_starts_again(self):
        live_entries.start_live(self.article, by=self.editor)
        faults = self.refusal(live_entries.start_live, self.article, by=self.editor)
        assert faults == ["Le direct a déjà commencé."]
        live_entries.end_live(self.article, by=self.editor)
        faults = self.refusal(live_entries.end_live, self.article, by=self.editor)
        assert faults == ["Cet article n’est pas en direct."]
        live_entries.start_live(self.article, by=self.editor)
        assert Coverage.objects.count() == 2


class JournalTests(DoorTestCase):
    def test_every_act_has_its_line_and_makes_a_new_state_of_the_site(self):
        """E20, E26"""
        entry = self.entry(publish=False)
        SiteState.objects.lock()
        acts = [
            lambda: self.publish(entry.revisions.first()),
            lambda: self.publish(
                self.rewrite(entry, headline="Un"), meaning=Meaning.CORRECTION, note="Le nom."
            ),
            lambda: live_entries.withdraw_entry(entry, by=self.editor, note="Faux.", reason="Dit."),
            lambda: live_entries.seal_entry(
                entry.editions.get(number=1), by=self.editor, reason="Jugement."
            ),
            lambda: live_entries.end_live(self.article, by=self.editor),
        ]
        for act in acts:
            version = SiteState.objects.read()[0]
            act()
            assert SiteState.objects.read()[0] == version + 1
        lines = list(Act.objects.order_by("pk").values_list("name", "entry__number", "by_name"))
        name = "Élise Essai"
        assert lines == [
            ("live-start", None, name),
            ("entry", 1, name),
            ("entry-fix", 2, name),
            ("entry-gone", 3, name),
            ("entry-seal", 1, name),
            ("live-end", None, name),
        ]
        assert Act.objects.get(name="entry-gone").reason == "Dit."

    def test_refused_act_leaves_nothing(self):
        version = SiteState.objects.read()[0]
        entry = self.entry(publish=False)
        self.refusal(live_entries.withdraw_entry, entry, by=self.editor, note="x")
        assert not Act.objects.exists()
        assert SiteState.objects.read()[0] == version

    def test_database_refuses_two_editions_in_force_and_two_live_blogs_that_run(self):
        edition = self.entry().editions.get()
        twin = LiveEntryEdition.objects.get(pk=edition.pk)
        twin.pk, twin.number = None, 2
        for write in (
            twin.save,
            lambda: Coverage.objects.create(article=self.article, live_from=timezone.now()),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                write()


class RightsTests(DoorTestCase):
    DENIED = ["Vous n’avez pas le droit de faire cela."]

    def test_reporter_writes_in_their_own_live_blog_only_and_publishes_nothing(self):
        reporter = make_user("articles.write_liveentry")
        own = make_edition(owner=reporter).article
        entry = make_entry(own, by=reporter, publish=False)
        revision = entry.revisions.get()
        assert self.refusal(make_entry, self.article, by=reporter, publish=False) == self.DENIED
        for act in (
            lambda: live_entries.publish_entry(entry, revision=revision.number, by=reporter),
            lambda: live_entries.withdraw_entry(entry, by=reporter, note="x"),
            lambda: live_entries.start_live(own, by=reporter),
            lambda: live_entries.end_live(own, by=reporter),
        ):
            assert self.refusal(act) == self.DENIED

    def test_reporter_who_was_given_the_right_publishes_in_their_own_live_blog_only(self):
        reporter = make_user("articles.write_liveentry", "articles.publish_liveentry")
        own = make_edition(owner=reporter).article
        assert make_entry(own, by=reporter).editions.count() == 1
        other = self.entry(publish=False)
        revision = other.revisions.get()
        faults = self.refusal(
            live_entries.publish_entry, other, revision=revision.number, by=reporter
        )
        assert faults == self.DENIED

    def test_sealing_needs_its_own_right(self):
        editor = make_user(
            "articles.write_liveentry", "articles.publish_liveentry", "articles.change_any_article"
        )
        entry = make_entry(self.article, by=editor)
        live_entries.withdraw_entry(entry, by=editor, note="Faux.")
        edition = entry.editions.get(number=1)
        assert self.refusal(live_entries.seal_entry, edition, by=editor, reason="x") == self.DENIED


class FixtureTests(DoorTestCase):
    LABELS = (
        "coverage",
        "liveentry",
        "liverevision",
        "liveentryedition",
        "dossier",
        "dossierrevision",
        "dossieredition",
    )

    def dump(self):
        out = io.StringIO()
        keys = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
        labels = [f"articles.{name}" for name in self.LABELS]
        call_command("dumpdata", *labels, stdout=out, **keys)
        # An instant has milliseconds there; one in the first of a second comes back with none.
        return json.loads(out.getvalue().replace(".000Z", "Z"))

    def load(self, rows):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "essai.json"
            path.write_text(json.dumps(rows), encoding="utf-8")
            call_command("loaddata", str(path), stdout=io.StringIO())

    def wipe(self):
        Act.objects.all().delete()
        for model in (LiveEntryEdition, LiveRevision, LiveEntry, Coverage, DossierEdition, Dossier):
            model.objects.all().delete()

    def test_dumped_live_blog_and_dossier_come_back_as_they_were_and_cleaned(self):
        """E22"""
        entry = self.entry(author=make_author())
        self.publish(self.rewrite(entry, headline="Un"))
        dossier = dossiers.write(
            make_topic(),
            introduction_html="<p>Un</p>",
            articles=[self.article],
            based_on=0,
            by=self.editor,
        )
        dossiers.publish(dossier, number=1, by=self.editor)
        rows = self.dump()
        self.wipe()
        dirty = [json.loads(json.dumps(row)) for row in rows]
        for row in dirty:
            for name in {"body_html", "introduction_html"} & row["fields"].keys():
                row["fields"][name] += "<script>x()</script>"
        self.load(dirty)
        assert self.dump() == rows
        # Again: what is there is skipped.
        self.load(dirty)
        assert self.dump() == rows
