"""Who else has an article open: told by name, and in nobody's way."""

from datetime import UTC, datetime, timedelta
from unittest import mock
from uuid import uuid4

from django.db import OperationalError, connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from ..admin.presence import LEAVING_WAIT
from ..lock_wait import short_wait
from ..models import Presence
from .factories import make_article, make_user
from .test_desk_articles import DESK

PRESENCE = reverse("admin:articles_article_presence")


class PresenceTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.elise = make_user(*DESK, first_name="Élise", last_name="Essai")
        cls.jonas = make_user(*DESK, first_name="Jonas", last_name="Martin")
        cls.article = make_article()

    def beat(self, user, form=None, article=None, **changes):
        """Say that *user* has the article open, and return the sentence on the others."""
        self.client.force_login(user)
        data = {
            "user": user.pk,
            "article": article or self.article.uuid,
            "form": form or uuid4(),
            "leaving": False,
            **changes,
        }
        response = self.client.post(PRESENCE, data, content_type="application/json")
        self.status = response.status_code
        return response.json().get("others")

    def test_other_person_is_named_with_the_time(self):
        at = datetime(2026, 2, 2, 13, 1, tzinfo=UTC)
        with mock.patch("django.utils.timezone.now", return_value=at):
            assert self.beat(self.elise) == ""
            assert self.beat(self.jonas) == "Aussi ouvert par Élise Essai depuis 14h01."

    def test_several_people_make_one_sentence(self):
        self.beat(self.elise)
        self.beat(self.jonas)
        others = self.beat(make_user(*DESK))
        assert others.startswith("Aussi ouvert par Élise Essai depuis ")
        assert " et Jonas Martin depuis " in others

    def test_own_second_tab_is_told(self):
        self.beat(self.elise)
        assert self.beat(self.elise) == "Vous l’avez aussi ouvert dans un autre onglet."

    def test_who_leaves_is_gone_at_once(self):
        form = uuid4()
        self.beat(self.elise, form)
        self.beat(self.elise, form, leaving=True)
        assert self.beat(self.jonas) == ""

    def test_who_says_nothing_is_gone_after_a_minute(self):
        form = uuid4()
        self.beat(self.elise, form)
        Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=59))
        assert "Élise" in self.beat(self.jonas, jonas := uuid4())
        Presence.objects.filter(form=form).update(seen_at=timezone.now() - timedelta(seconds=66))
        assert self.beat(self.jonas, jonas) == ""

    def test_form_that_stays_open_stays_one_row_with_its_first_time(self):
        form = uuid4()
        self.beat(self.elise, form)
        since = Presence.objects.get().since
        self.beat(self.elise, form)
        assert Presence.objects.get().since == since

    def test_other_articles_are_not_told_of(self):
        self.beat(self.elise, article=make_article().uuid)
        assert self.beat(self.jonas) == ""

    def test_article_not_saved_yet_has_no_one_else(self):
        assert self.beat(self.elise, article=uuid4()) == ""
        assert not Presence.objects.exists()

    def test_who_may_not_edit_learns_nothing(self):
        self.beat(self.elise)
        assert self.beat(make_user("articles.view_article")) is None
        assert self.status == 403

    def test_busy_database_never_makes_anyone_wait(self):
        self.beat(self.elise)
        with mock.patch.object(
            Presence.objects.__class__, "beat", side_effect=OperationalError("locked")
        ):
            assert "Élise" in self.beat(self.jonas)
        assert self.status == 200

    def test_leaving_waits_for_the_save_that_it_comes_with(self):
        form = uuid4()
        self.beat(self.elise, form)
        with mock.patch("articles.admin.presence.short_wait", wraps=short_wait) as wait:
            self.beat(self.elise, form, leaving=True)
        wait.assert_called_once_with(LEAVING_WAIT)

    def test_list_names_who_else_has_an_article_open(self):
        self.beat(self.elise)
        self.client.force_login(self.jonas)
        url = reverse("admin:articles_article_changelist")
        self.assertContains(self.client.get(url), "Ouvert par Élise Essai")
        self.client.force_login(self.elise)
        self.assertNotContains(self.client.get(url), "Ouvert par")

    def test_list_names_who_has_no_name_by_the_account(self):
        self.beat(make_user(*DESK, username="sansnom"))
        self.client.force_login(self.jonas)
        url = reverse("admin:articles_article_changelist")
        self.assertContains(self.client.get(url), "Ouvert par sansnom")

    def test_beat_costs_a_fixed_number_of_queries(self):
        for _ in range(3):
            self.beat(make_user(*DESK))
        form = uuid4()
        self.beat(self.elise, form)
        data = {"user": self.elise.pk, "article": self.article.uuid, "form": form}
        # session, user, article, 2 permissions, the beat, the others
        extra = 2 if connection.vendor == "sqlite" else 0
        with self.assertNumQueries(7 + extra):
            self.client.post(PRESENCE, data, content_type="application/json")
