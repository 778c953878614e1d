"""The WSGI application, served by granian or any other WSGI server."""

import multiprocessing
import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

if multiprocessing.parent_process():
    # Ctrl-C reaches every process of a terminal. A granian worker that gets it just before its
    # parent's SIGTERM hangs more often than not; the parent's word is enough.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(f"newsroom: {error}")
