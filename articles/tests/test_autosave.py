"""Texts that were typed and not saved: kept for their writer alone, and never lost or repeated."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ..admin.background import LIMIT
from ..lock_wait import short_wait
from ..models import Article, Autosave, User
from ..models.autosave import FORMS_KEPT
from .factories import make_article, make_author, make_topic, make_user, save
from .test_desk_articles import ADD, DESK, DeskTestCase, change_page

KEEP = reverse("admin:articles_article_keep")
ABANDON = reverse("admin:articles_article_abandon")
SESSION = reverse("admin:articles_article_session")
TYPED = {"headline": ["Titre"]}


class AutosaveTestCase(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.article = make_article(headline="Ancien", body="<p>Un.</p><p>Deux.</p>")

    def browser(self, article=None, **changes):
        """Return {name: values} as the browser's script reads the form of *article*."""
        sent = {**self.open(article), **changes}
        names = [name for name in sent if name not in ("uuid", "autosave")]
        values = {name: sent[name] for name in names}
        return {
            name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for name, value in values.items()
        }

    def post(self, url, data, client=None):
        return (client or self.client).post(url, data, content_type="application/json")

    def keep(self, article=None, *, form=None, user=None, ago=0, key=None, **changes):
        """Autosave the form of *article* (None: a new one, with the uuid *key*)."""
        self.form = form or uuid4()
        data = {
            "user": (user or self.editor).pk,
            "article": article.uuid if article else key or uuid4(),
            "form": self.form,
            "ago": ago,
            "typed": self.browser(article, **changes),
        }
        return self.post(KEEP, data)

    def page(self, article=None, **query):
        return self.client.get(change_page(article) if article else ADD, query)

    def offers(self, article=None):
        return self.page(article).context["unsaved"]["offers"]

    def age(self, **age):
        Autosave.objects.update(typed_at=timezone.now() - timedelta(**age))


class KeepingTests(AutosaveTestCase):
    def test_answer_says_when_it_was_kept(self):
        with mock.patch("django.utils.timezone.now") as now:
            now.return_value = datetime(2026, 2, 2, 13, 3, tzinfo=UTC)
            response = self.keep(self.article, headline="Nouveau")
        assert response.json()["said"] == "Enregistré automatiquement à 14h03."

    def test_one_row_holds_what_a_form_typed_last(self):
        self.keep(self.article, headline="Nou")
        self.keep(self.article, form=self.form, headline="Nouveau")
        assert Autosave.objects.get().typed["headline"] == ["Nouveau"]

    def test_two_tabs_do_not_overwrite_each_other(self):
        self.keep(self.article, headline="Un onglet")
        self.keep(self.article, headline="Un autre")
        assert len(self.offers(self.article)) == 2

    def test_copy_that_comes_late_does_not_replace_a_newer_one(self):
        self.keep(self.article, headline="Plus récent")
        self.keep(self.article, form=self.form, ago=60_000, headline="Plus ancien")
        assert Autosave.objects.get().typed["headline"] == ["Plus récent"]

    def test_autosave_is_no_revision_and_changes_no_article(self):
        self.keep(self.article, headline="Nouveau")
        assert self.article.revisions.count() == 1
        assert Article.objects.get().headline == "Ancien"

    def test_html_is_cleaned_before_it_is_stored(self):
        """E22"""
        self.keep(self.article, body='<p onclick="x()">Texte<script>x()</script></p>')
        assert Autosave.objects.get().typed["body"] == ["<p>Texte</p>"]

    def test_signs_that_no_database_stores_do_not_stop_it(self):
        self.keep(self.article, headline="A\0B")
        lone = "\\ud800"
        ids = f'"user": {self.editor.pk}, "article": "{uuid4()}", "form": "{uuid4()}", "ago": 0'
        text = f'{{{ids}, "typed": {{"headline": ["{lone}"]}}}}'
        assert self.client.post(KEEP, text, content_type="application/json").status_code == 200
        assert Autosave.objects.filter(typed__headline=["AB"]).exists()

    def test_text_that_is_too_long_is_refused_as_such(self):
        assert self.keep(self.article, body="x" * LIMIT).status_code == 413
        assert not Autosave.objects.exists()

    def test_what_no_form_sends_is_refused(self):
        good = {
            "user": self.editor.pk,
            "article": uuid4(),
            "form": uuid4(),
            "ago": 0,
            "typed": TYPED,
        }
        assert self.post(KEEP, good).status_code == 200
        for changes in (
            {"typed": ["x"]},
            {"typed": {"headline": "x"}},
            {"typed": {"headline": [1]}},
            {"form": "x"},
            {"ago": 10**20},
        ):
            with self.subTest(changes):
                assert self.post(KEEP, {**good, **changes}).status_code == 400
        for text in ("", "[]", "{", "é"):
            with self.subTest(text):
                response = self.client.post(KEEP, text, content_type="application/json")
                assert response.status_code == 400
        assert self.client.get(KEEP).status_code == 405

    def test_ended_session_is_told_and_not_redirected(self):
        """E18"""
        self.client.logout()
        data = {"user": self.editor.pk, "article": uuid4(), "form": uuid4(), "typed": {}}
        assert self.post(KEEP, data).status_code == 401
        assert self.client.get(SESSION).status_code == 401

    def test_text_is_never_kept_for_another_who_logged_in_meanwhile(self):
        other = make_user(*DESK)
        assert self.keep(self.article, user=other, headline="À moi").status_code == 401
        assert not Autosave.objects.exists()

    def test_who_may_not_edit_has_nothing_kept(self):
        reader = make_user("articles.view_article")
        self.client.force_login(reader)
        data = {"user": reader.pk, "form": uuid4(), "ago": 0, "typed": TYPED}
        for article in (self.article.uuid, uuid4()):
            assert self.post(KEEP, {**data, "article": article}).status_code == 403
        assert not Autosave.objects.exists()

    def test_request_from_elsewhere_is_refused(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.editor)
        for url in (KEEP, ABANDON):
            assert self.post(url, {}, client).status_code == 403

    def test_busy_database_is_told_as_such(self):
        with mock.patch.object(Autosave.objects.__class__, "keep", side_effect=OperationalError):
            assert self.keep(self.article).status_code == 503

    def test_keeping_costs_a_fixed_number_of_queries(self):
        self.keep(self.article)
        # session, user, article, 2 permissions, the row for update, its new content;
        # a savepoint and its end, which are a transaction outside this test
        extra = 2 if connection.vendor == "sqlite" else 0
        data = {
            "user": self.editor.pk,
            "article": self.article.uuid,
            "form": self.form,
            "ago": 0,
            "typed": self.browser(self.article, headline="Nouveau"),
        }
        with self.assertNumQueries(9 + extra):
            self.post(KEEP, data)


class DashboardTests(AutosaveTestCase):
    def dashboard(self):
        return self.client.get(reverse("admin:index"))

    def test_new_article_that_was_never_saved_is_one_click_away(self):
        self.keep(headline="Jamais enregistré")
        address = f"{ADD}?reprendre={self.form}"
        self.assertContains(self.dashboard(), f'href="{address}"')
        assert self.client.get(address).context["adminform"].form["headline"].value() == (
            "Jamais enregistré"
        )

    def test_saved_articles_empty_forms_and_texts_of_others_are_not_there(self):
        self.keep(self.article, headline="D’un article enregistré")
        self.keep(headline="  ", body="<p></p>")
        self.client.force_login(other := make_user(*DESK))
        self.keep(user=other, headline="De quelqu’un d’autre")
        self.client.force_login(self.editor)
        assert self.dashboard().context["unsaved"] == []

    def test_it_is_gone_once_it_is_saved(self):
        sent = self.open()
        self.keep(key=sent["uuid"], headline="Enfin")
        assert self.dashboard().context["unsaved"]
        self.send(sent, headline="Enfin", autosave=str(self.form))
        assert not self.dashboard().context["unsaved"]


class OfferTests(AutosaveTestCase):
    def changes(self, **changes):
        self.keep(self.article, **changes)
        (offer,) = self.offers(self.article)
        return {label: [line.parts for line in lines] for label, lines in offer.changes}

    def test_unsaved_text_is_offered_with_its_time(self):
        self.keep(self.article, headline="Nouveau")
        Autosave.objects.update(typed_at=timezone.localtime().replace(hour=0, minute=3))
        self.assertContains(
            self.page(self.article), "Reprendre le texte non enregistré de 00h03\u202f?"
        )

    def test_words_that_differ_are_shown(self):
        changes = self.changes(headline="Ancien titre", body="<p>Un.</p><p>Deux mots.</p>")
        assert changes["Titre"] == [[("insert", "Ancien titre")], [("delete", "Ancien")]]
        assert changes["Texte"] == [[("equal", "Deux"), ("insert", " mots"), ("equal", ".")]]
        assert list(changes) == ["Titre", "Texte"]

    def test_change_of_markup_alone_is_told(self):
        changes = self.changes(body="<p>Un.</p><h2>Deux.</h2>")
        assert changes == {"Texte": [[("equal", "Deux.")]]}
        told = "Mise en forme\u00a0: paragraphe auparavant, intertitre maintenant."
        self.assertContains(self.page(self.article), told)

    def test_choices_are_shown_by_their_names(self):
        topic, author = make_topic(name="Élections"), make_author(name="Zoé Lefèvre")
        changes = self.changes(
            section=self.section.pk,
            topics=[topic.pk, "+Inondations"],
            owner=self.editor.pk,
            **{
                "bylines-TOTAL_FORMS": 1,
                "bylines-0-role": "writer",
                "bylines-0-author": author.pk,
                "bylines-0-text": "à Lyon",
                "bylines-0-position": 0,
            },
        )
        assert ("insert", "Monde") in changes["Rubrique"][0]
        assert changes["Sujets"] == [[("insert", "Inondations")], [("insert", "Élections")]]
        assert changes["Responsable"] == [[("insert", "Élise Essai")]]
        assert changes["Signatures"] == [[("insert", "Texte\u00a0: Zoé Lefèvre à Lyon")]]

    def test_text_that_equals_what_is_saved_is_never_offered(self):
        self.keep(self.article)
        self.keep(self.article, body="<p>Un.</p>\r\n<p>Deux.</p>", headline="Ancien\r\n")
        assert self.offers(self.article) == []

    def test_text_is_private_to_its_writer(self):
        self.keep(self.article, headline="À moi")
        self.client.force_login(make_user(is_superuser=True))
        assert self.offers(self.article) == []
        response = self.page(self.article, reprendre=self.form)
        self.assertNotContains(response, "À moi")

    def test_text_of_another_article_is_not_offered(self):
        self.keep(make_article(), headline="Ailleurs")
        assert self.offers(self.article) == []
        assert self.offers() == []
        self.assertNotContains(self.page(self.article, reprendre=self.form), "Ailleurs")

    def test_text_of_an_article_never_saved_is_offered_in_the_form_of_a_new_one(self):
        self.keep(headline="Jamais enregistré")
        (offer,) = self.offers()
        assert offer.title == "Jamais enregistré"

    def test_untouched_new_article_is_not_offered(self):
        self.keep()
        assert self.offers() == []

    def test_text_older_than_the_saved_one_says_so(self):
        self.keep(self.article, headline="De moi")
        self.assertNotContains(self.page(self.article), "comparez avant de reprendre")
        save(self.article, kicker="D’ailleurs")
        self.assertContains(self.page(self.article), "comparez avant de reprendre")

    def test_hostile_text_is_escaped(self):
        self.keep(self.article, headline="<script>x()</script>")
        self.assertNotContains(self.page(self.article), "<script>x()")

    def test_who_may_only_read_is_offered_nothing(self):
        self.client.force_login(make_user("articles.view_article"))
        assert "unsaved" not in self.page(self.article).context

    def test_abandoned_text_is_gone(self):
        self.keep(self.article, headline="Nouveau")
        data = {"user": self.editor.pk, "article": self.article.uuid, "form": self.form}
        assert self.post(ABANDON, data).status_code == 200
        assert not Autosave.objects.exists()

    def test_nobody_drops_the_text_of_another(self):
        self.keep(self.article, headline="Nouveau")
        other = make_user(*DESK)
        self.client.force_login(other)
        self.post(ABANDON, {"user": other.pk, "article": self.article.uuid, "form": self.form})
        assert Autosave.objects.exists()


class ResumeTests(AutosaveTestCase):
    def resume(self, article=None):
        """Return what the browser would send from the form that takes the kept text up."""
        context = self.page(article, reprendre=self.form).context
        sent = {bound.html_name: bound.value() for bound in context["adminform"].form}
        for formset in context["inline_admin_formsets"]:
            for part in [formset.formset.management_form, *formset.formset.forms]:
                sent |= {bound.html_name: bound.value() for bound in part}
        sent = {name: "" if value is None else value for name, value in sent.items()}
        return {**sent, "autosave": context["unsaved"]["form"]}

    def test_form_is_filled_and_nothing_is_saved(self):
        self.keep(self.article, headline="Repris", body="<p>Repris.</p>", reason="Parce que")
        sent = self.resume(self.article)
        assert (sent["headline"], sent["body"]) == ("Repris", "<p>Repris.</p>")
        assert sent["reason"] == "Parce que"
        assert Article.objects.get().headline == "Ancien"
        assert sent["autosave"] == self.form

    def test_resumed_text_is_saved_like_any_other_and_goes_away(self):
        author = make_author(name="Zoé Lefèvre")
        self.keep(
            self.article,
            headline="Repris",
            topics=["+Inondations"],
            section=self.section.pk,
            **{
                "bylines-TOTAL_FORMS": 1,
                "bylines-0-role": "writer",
                "bylines-0-author": author.pk,
                "bylines-0-position": 0,
            },
        )
        sent = self.resume(self.article)
        self.client.force_login(make_user("articles.add_topic", *DESK, username="avec"))
        sent["topics"] = list(sent["topics"])
        self.send(sent, self.article)
        self.article.refresh_from_db()
        assert (self.article.headline, self.article.section) == ("Repris", self.section)
        assert [topic.name for topic in self.article.topics.all()] == ["Inondations"]
        assert self.article.bylines.get().author == author

    def test_article_never_saved_keeps_its_key(self):
        key = uuid4()
        self.keep(key=key, headline="Nouveau")
        sent = self.resume()
        self.send(sent)
        assert Article.objects.get(headline="Nouveau").uuid == key
        assert self.offers() == []

    def test_bylines_changed_meanwhile_are_not_lost(self):
        author = make_author(name="Zoé Lefèvre")
        self.article.bylines.create(text="avec AFP")
        self.keep(self.article, **{"bylines-0-text": "avec Reuters"})
        self.article.bylines.create(author=author, position=1)
        sent = self.resume(self.article)
        assert sent["bylines-0-text"] == "avec Reuters"
        assert str(sent["bylines-1-author"]) == str(author.pk)
        self.article.bylines.all().delete()
        sent = self.resume(self.article)
        assert (sent["bylines-INITIAL_FORMS"], sent["bylines-0-text"]) == (0, "avec Reuters")

    def test_text_typed_over_an_older_version_is_still_a_conflict(self):
        """E18"""
        self.keep(self.article, headline="De moi")
        save(self.article, by=make_user(first_name="Jonas"), headline="De Jonas")
        sent = self.resume(self.article)
        assert sent["headline"] == "De moi"
        self.send(sent, self.article)
        assert Article.objects.get().headline == "De Jonas"

    def test_unknown_or_saved_text_opens_the_plain_form(self):
        for form in (uuid4(), "n’importe quoi"):
            response = self.page(self.article, reprendre=form)
            assert response.context["adminform"].form["headline"].value() == "Ancien"


class EndTests(AutosaveTestCase):
    def save_form(self, form, **changes):
        sent = {**self.open(self.article), "autosave": form}
        return self.send(sent, self.article, **changes)

    def test_saving_ends_the_autosave_of_its_form(self):
        self.keep(self.article, headline="Nouveau")
        self.save_form(self.form, headline="Nouveau")
        save(self.article, headline="D’ailleurs")
        assert self.offers(self.article) == []
        assert Autosave.objects.get().typed == {}

    def test_save_that_is_merged_with_others_ends_it_too(self):
        """E18"""
        sent = self.open(self.article)
        self.keep(self.article, headline="De moi")
        save(self.article, by=make_user(first_name="Jonas"), kicker="De Jonas")
        self.send({**sent, "autosave": self.form}, self.article, headline="De moi")
        self.article.refresh_from_db()
        assert (self.article.headline, self.article.kicker) == ("De moi", "De Jonas")
        assert self.offers(self.article) == []

    def test_request_that_arrives_after_the_save_is_dropped(self):
        self.form = uuid4()
        self.save_form(self.form, headline="Nouveau")
        response = self.keep(self.article, form=self.form, headline="En retard")
        assert response.json() == {"is_closed": True}
        assert self.offers(self.article) == []

    def test_refused_save_keeps_the_autosave(self):
        self.keep(self.article, headline="x" * 300)
        response = self.save_form(self.form, headline="x" * 300)
        assert response.status_code == 200
        assert response.context["unsaved"]["form"] == self.form
        assert len(self.offers(self.article)) == 1

    def test_form_without_a_script_ends_all_of_its_writers_autosaves(self):
        self.keep(self.article, headline="Nouveau")
        sent = self.open(self.article)
        self.send(sent, self.article, headline="Autre")
        assert not Autosave.objects.exists()

    def test_text_is_gone_after_thirty_days(self):
        self.keep(self.article, headline="Nouveau")
        self.age(days=29)
        assert len(self.offers(self.article)) == 1
        self.age(days=31)
        assert self.offers(self.article) == []

    def test_old_texts_go_when_someone_begins_to_type(self):
        self.keep(self.article, headline="Nouveau")
        self.age(days=31)
        self.keep(make_article(), headline="Autre")
        assert Autosave.objects.count() == 1

    def test_command_purges_old_texts_and_says_how_many(self):
        self.keep(self.article, headline="Nouveau")
        self.age(days=31)
        call_command("purge_autosaves", stdout=(said := StringIO()))
        assert said.getvalue() == "1 unsaved texts deleted\n"
        assert not Autosave.objects.exists()

    def test_only_the_last_forms_of_one_article_are_kept(self):
        for n in range(FORMS_KEPT + 2):
            self.keep(self.article, headline=f"Titre {n}")
        assert Autosave.objects.count() == FORMS_KEPT

    def test_account_that_goes_takes_its_unsaved_texts_along(self):
        self.keep(self.article, headline="Nouveau")
        User.objects.get(pk=self.editor.pk).delete()
        assert not Autosave.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")
def test_locked_sqlite_is_given_up_at_once(tmp_path, django_db_blocker):
    path = tmp_path / "locked.sqlite3"
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path)) as mine:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN IMMEDIATE")
        fake = mock.Mock(vendor="sqlite", settings_dict={"OPTIONS": {"timeout": 5}})
        fake.cursor.side_effect = lambda: closing(mine.cursor())
        start = time.monotonic()
        with mock.patch("articles.lock_wait.connection", fake), short_wait(100):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                mine.execute("BEGIN IMMEDIATE")
        assert time.monotonic() - start < 1
        assert mine.execute("PRAGMA busy_timeout").fetchone() == (5000,)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite")
def test_twenty_editors_type_at_once_without_an_error_or_a_loss():
    """Eight seconds at the pace of one; bench/autosave.py runs for five minutes by itself."""
    command = [sys.executable, "bench/autosave.py", "--seconds", "8", "--pace", "1"]
    run = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 errors, 0 texts lost" in run.stdout
