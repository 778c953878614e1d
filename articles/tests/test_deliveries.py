"""Caches in front are told of every change, and may be down for as long as they like."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from .. import publishing
from ..models import Delivery, SiteState
from ..purging import deliver, make_request
from .factories import make_article, make_publisher

NOWHERE = "varnish://127.0.0.1:1/"  # nothing listens there


class Cache(BaseHTTPRequestHandler):
    """A cache that answers what it is told to, and remembers what it was asked."""

    status, asked = 200, []

    def do_PURGE(self):
        self.asked.append((self.path, self.headers["Surrogate-Key"]))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args):
        pass


class DeliveryTests(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = HTTPServer(("127.0.0.1", 0), Cache)
        cls.addClassCleanup(cls.server.server_close)
        thread = Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        Cache.status, Cache.asked = 200, []
        self.enterContext(
            self.settings(PURGE_URL=f"varnish://127.0.0.1:{self.server.server_port}/")
        )
        self.editor = make_publisher()

    def publish(self, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return publishing.publish(make_article(), revision=1, by=self.editor, **options)

    def test_publication_purges_at_once(self):
        self.publish()
        assert Cache.asked == [("/", "site")]
        assert Delivery.objects.get().delivered_at

    def test_plan_is_purged_again_when_it_starts(self):
        start = timezone.now() + timedelta(hours=1)
        self.publish(at=start)
        Cache.asked.clear()
        with mock.patch("django.utils.timezone.now", return_value=start):
            call_command("deliver")
        assert len(Cache.asked) == 1
        assert not Delivery.objects.filter(delivered_at=None).exists()

    def test_cache_that_is_down_harms_nobody_and_is_tried_again_later_and_later(self):
        with self.settings(PURGE_URL=NOWHERE):
            edition = self.publish()
            assert edition.pk
            delivery = Delivery.objects.get()
            waits = []
            for _ in range(4):
                waits.append((delivery.next_try_at - delivery.due_at).total_seconds())
                assert not deliver(delivery.next_try_at)
                delivery.refresh_from_db()
        assert waits == sorted(waits)
        assert delivery.attempts == 5
        assert delivery.error
        assert list(Delivery.objects.failing()) == [delivery]

    def test_purge_that_succeeds_settles_those_that_failed_before(self):
        Cache.status = 503
        self.publish()
        assert Delivery.objects.failing().get().error == "HTTP Error 503: Service Unavailable"
        Cache.status = 200
        self.publish()
        assert not Delivery.objects.failing().exists()

    def test_failed_delivery_says_why_and_exits_with_an_error(self):
        with self.settings(PURGE_URL=NOWHERE):
            self.publish()
            later = timezone.now() + timedelta(hours=1)
            with mock.patch("django.utils.timezone.now", return_value=later):
                with pytest.raises(CommandError, match="refused"):
                    call_command("deliver")

    def test_act_that_is_undone_leaves_no_purge(self):
        with pytest.raises(publishing.PublishingError):
            publishing.publish(make_article(headline=""), revision=1, by=self.editor)
        assert not Delivery.objects.exists()

    def test_without_a_cache_in_front_nothing_is_queued(self):
        with self.settings(PURGE_URL=""):
            SiteState.objects.bump(timezone.now())
        assert not Delivery.objects.exists()

    def test_fastly_gets_its_token_and_key(self):
        request = make_request("fastly://JETON@api.example.org/service/ID/purge")
        assert request.full_url == "https://api.example.org/service/ID/purge"
        assert request.get_method() == "POST"
        assert request.get_header("Fastly-key") == "JETON"
