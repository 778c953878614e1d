"""granian, with the site's code loaded once: the workers forked from it share that memory.

Run as `manage.py serve` does, with granian's own words and variables.
"""

import gc
import multiprocessing
import os
import sys

import django
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from granian.cli import entrypoint


def load():
    """Load code and catalogue, but nothing that a worker started later should find changed.

    That is the application itself, which knows the static files, and any connection.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup(set_prefix=False)
    for name in settings.MIDDLEWARE:
        import_string(name)
    # All views, and the table of their addresses.
    get_resolver().reverse_dict  # noqa: B018
    gettext(".")
    # What is never looked through for garbage isn't written to for it, and stays shared.
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    # Elsewhere forks aren't safe. Python 3.14 would have to be asked for them here, too.
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        load()
    entrypoint()
