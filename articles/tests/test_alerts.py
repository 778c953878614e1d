"""The banner over every page: who may, when it shows, where, and what the journal keeps."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from .. import alerts, page_cache
from ..models import Act, Alert, SiteState
from ..publishing import PublishingError
from .factories import make_edition, make_user, show_first_page
from .test_pages import PAGES, make_page

HOUR = timedelta(hours=1)
KEPT = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


class AlertTests(TestCase):
    def setUp(self):
        self.editor = make_user("articles.publish_alert")
        self.now = timezone.now()

    def show(self, text="Alerte d’essai", **options):
        return alerts.show(text=text, by=self.editor, **options)

    def refusal(self, act, *args, **options):
        with pytest.raises(PublishingError) as caught:
            act(*args, **options)
        return " ".join(map(str, caught.value.faults))

    def test_alert_is_on_every_page_without_a_query_more(self):
        self.show(link="/fil/")
        for page in PAGES:
            address = make_page(page)
            show_first_page()
            with self.subTest(page), mock.patch.object(Alert, "objects", None):
                response = self.client.get(address)
                self.assertContains(response, '<a href="/fil/">Alerte d’essai</a>')
        missing = self.client.get("/n-existe-pas/")
        self.assertContains(missing, "Alerte d’essai", status_code=404)

    def test_alert_names_itself_and_interrupts_nobody(self):
        """E23"""
        self.show()
        self.show("Autre alerte d’essai")
        response = self.client.get("/fil/")
        # One region, whatever their number: two of one name can't be told apart.
        self.assertContains(response, '<aside class="alerts" aria-label="Alertes">', 1)
        for loud in ('role="alert"', "assertive"):
            self.assertNotContains(response, loud)

    def test_text_is_text(self):
        self.show(text="<b>Essai</b>")
        self.assertContains(self.client.get("/fil/"), "&lt;b&gt;Essai&lt;/b&gt;")

    @override_settings(CACHES=KEPT)
    def test_kept_page_has_it_from_its_first_second_to_its_last(self):
        cache.clear()
        self.addCleanup(cache.clear)
        start, end = self.now + HOUR, self.now + 2 * HOUR
        self.show(at=start, until=end)
        tick = timedelta(microseconds=1)
        for at, is_shown in (
            (start - tick, False),
            (start, True),
            (end - tick, True),
            (end, False),
        ):
            with mock.patch.object(page_cache.timezone, "now", lambda at=at: at):
                for _ in range(2):
                    text = self.client.get("/fil/").content.decode()
                    assert ("Alerte d’essai" in text) == is_shown, at

    def test_most_urgent_is_on_top_then_the_newest(self):
        self.show("Une info", level="info")
        self.show("Ancienne urgence")
        self.show("Nouvelle urgence")
        text = self.client.get("/fil/").content.decode()
        places = [text.index(t) for t in ("Nouvelle urgence", "Ancienne urgence", "Une info")]
        assert places == sorted(places)

    def test_same_alert_is_not_shown_twice(self):
        self.show()
        assert self.refusal(self.show) == "Cette alerte est déjà en ligne ou prévue."
        alerts.end(Alert.objects.get(), by=self.editor)
        assert self.show()

    def test_change_is_seen_at_once(self):
        alert = self.show()
        alerts.change(alert, text="Corrigée", link="", level="info", until=None, by=self.editor)
        response = self.client.get("/fil/")
        self.assertContains(response, "Corrigée")
        self.assertNotContains(response, "Alerte d’essai")

    def test_ended_alert_is_gone_at_once_and_ends_once(self):
        alert = self.show()
        alerts.end(alert, by=self.editor)
        self.assertNotContains(self.client.get("/fil/"), "Alerte d’essai")
        assert self.refusal(alerts.end, alert, by=self.editor) == "Cette alerte est terminée."
        assert SiteState.objects.get().alerts == []

    def test_alert_ended_before_its_start_is_never_shown(self):
        alert = alerts.end(self.show(at=self.now + HOUR), by=self.editor)
        assert alert.live_until == alert.live_from
        assert SiteState.objects.get().alerts == []

    def test_journal_keeps_who_when_and_what_it_said(self):
        alert = self.show(reason="Dépêche")
        alerts.change(alert, text="Corrigée", link="", level="info", until=None, by=self.editor)
        alerts.end(alert, by=self.editor)
        acts = Act.objects.filter(alert=alert).order_by("pk")
        assert [act.name for act in acts] == ["alert", "alert-change", "alert-end"]
        assert [act.reason for act in acts] == [
            "« Alerte d’essai » Dépêche",
            "« Corrigée »",
            "« Corrigée »",
        ]
        assert {act.by for act in acts} == {self.editor}

    def test_every_act_needs_the_right(self):
        alert, other = self.show(), make_user()
        change = {"text": "Autre", "link": "", "level": "info", "until": None}
        for act in (
            lambda: alerts.show(text="Autre", by=other),
            lambda: alerts.change(alert, by=other, **change),
            lambda: alerts.end(alert, by=other),
        ):
            assert self.refusal(act) == "Vous n’avez pas le droit de faire cela."

    def test_link_leads_to_what_readers_find(self):
        """E8"""
        planned = make_edition(live_from=self.now + HOUR).get_absolute_url()
        for link in (planned, "/n-existe-pas/", "/admin/"):
            assert "ne verront pas" in self.refusal(self.show, link=link)
        for link in ("javascript:alert(1)", "//ailleurs.example/", "ailleurs.example"):
            assert "adresse en https" in self.refusal(self.show, link=link)
        assert self.show(link=planned, at=self.now + HOUR)
        assert self.show(link="https://ailleurs.example/page")

    def test_site_at_another_instant_has_the_alerts_of_then(self):
        self.client.force_login(make_user(is_superuser=True))
        alerts.end(self.show(), by=self.editor)
        Alert.objects.update(live_from=self.now - 2 * HOUR, live_until=self.now - HOUR)
        for at, count in ((self.now - 2 * HOUR, 1), (self.now - HOUR, 0)):
            page = self.client.get(reverse("site-at", args=[at.isoformat()]))
            self.assertContains(page, "Alerte d’essai", count)


class AlertDeskTests(TestCase):
    def setUp(self):
        self.client.force_login(make_user("articles.publish_alert", "articles.view_alert"))

    def test_alert_is_shown_changed_and_ended_at_the_desk(self):
        add = reverse("admin:articles_alert_add")
        self.client.post(add, {"text": "Alerte d’essai", "level": "urgent"})
        alert = Alert.objects.get()
        address = reverse("admin:articles_alert_change", args=[alert.pk])
        self.assertContains(self.client.get(address), "Retirer du site")
        self.client.post(address, {"text": "Corrigée", "level": "info"})
        alert.refresh_from_db()
        assert (alert.text, alert.level) == ("Corrigée", "info")
        listed = self.client.get(reverse("admin:articles_alert_changelist"))
        self.assertContains(listed, '<span class="state live">En ligne</span>', html=True)
        self.client.post(reverse("admin:articles_alert_end", args=[alert.pk]))
        alert.refresh_from_db()
        assert alert.live_until is not None
        self.assertContains(self.client.get(address), "Cette alerte est terminée.")

    def test_fault_is_told_in_the_form_and_keeps_what_was_typed(self):
        add = reverse("admin:articles_alert_add")
        response = self.client.post(
            add, {"text": "Alerte d’essai", "level": "urgent", "link": "javascript:alert(1)"}
        )
        self.assertContains(response, "adresse en https")
        self.assertContains(response, "javascript:alert(1)")
        assert not Alert.objects.exists()

    def test_reason_typed_for_the_end_is_in_the_journal_and_a_refusal_keeps_it(self):
        alert = alerts.show(text="Alerte d’essai", by=make_user(is_superuser=True))
        end = reverse("admin:articles_alert_end", args=[alert.pk])
        typed = {"text": "Alerte d’essai", "level": "urgent", "reason": "Sauvés"}
        self.client.post(end, typed)
        assert Act.objects.get(name=Act.Name.END_ALERT).reason == "« Alerte d’essai » Sauvés"
        refused = self.client.post(end, {**typed, "text": "Tapé trop tard"})
        self.assertContains(refused, "Cette alerte est terminée.")
        self.assertContains(refused, "Tapé trop tard")
        self.assertContains(refused, "Sauvés")

    def test_who_may_not_finds_no_form(self):
        self.client.force_login(make_user("articles.view_alert"))
        assert self.client.get(reverse("admin:articles_alert_add")).status_code == 403
