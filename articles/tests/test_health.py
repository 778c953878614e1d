import shutil
from unittest import mock

from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase, override_settings

from .. import health


class HealthTests(TestCase):
    def ask(self):
        return self.client.get("/healthz")

    def test_site_that_is_well_says_so_and_no_cache_keeps_it(self):
        """E25"""
        response = self.ask()
        assert response.json() == {"status": "ok", "database": "ok", "disk": "ok"}
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response

    def test_database_that_does_not_answer_is_told_without_its_error(self):
        """E25"""
        refused = OperationalError("connection of user essai refused")
        # From the first statement on, whatever asks for it.
        with mock.patch.object(connection, "cursor", side_effect=refused):
            with self.assertLogs("articles.health", "ERROR"):
                response = self.ask()
        assert response.status_code == 503
        assert response.json() == {"status": "unwell", "database": "unreachable", "disk": "ok"}

    def test_migration_that_was_not_run_is_told(self):
        newest = MigrationRecorder.Migration.objects.filter(app="articles").last()
        MigrationRecorder(connection).record_unapplied("articles", newest.name)
        with self.assertLogs("articles.health", "ERROR"):
            response = self.ask()
        assert (response.status_code, response.json()["database"]) == (503, "migrations pending")

    def test_disk_that_is_nearly_full_is_told(self):
        free = health.LEAST_FREE_BYTES - 1
        with mock.patch.object(shutil, "disk_usage", return_value=mock.Mock(free=free)):
            with self.assertLogs("articles.health", "ERROR"):
                response = self.ask()
        assert (response.status_code, response.json()["disk"]) == (503, "low")

    def test_lost_disk_is_told(self):
        with self.settings(VAR_DIR="/nowhere/at/all"), self.assertLogs("articles.health", "ERROR"):
            assert self.ask().json()["disk"] == "unreachable"

    @override_settings(SECURE_SSL_REDIRECT=True)
    def test_load_balancer_may_ask_over_plain_http(self):
        assert self.ask().status_code == 200

    def test_it_is_only_read(self):
        assert self.client.head("/healthz").status_code == 200
        assert self.client.post("/healthz").status_code == 405
