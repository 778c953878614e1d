from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Rédaction")

    def ready(self):
        from .sqlite_schema import ensure_sqlite_schema  # models must be loaded first

        post_migrate.connect(ensure_sqlite_schema, sender=self)
