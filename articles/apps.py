from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .timestamps import parse_in_c


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Rédaction")

    def ready(self):
        from .sqlite_schema import ensure_sqlite_schema  # models must be loaded first

        connection_created.connect(parse_in_c)
        post_migrate.connect(ensure_sqlite_schema, sender=self)
