"""Whether this process can serve, for load balancers and watchers: JSON without secrets."""

import logging
import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .models import SiteState

logger = logging.getLogger(__name__)

# With less than this a database, its journal or a backup soon can't be written.
LEAST_FREE_BYTES = 200 * 1024 * 1024


@require_safe
@never_cache
def healthz(request):
    checks = {"database": check_database(), "disk": check_disk()}
    is_well = set(checks.values()) == {"ok"}
    if not is_well:
        logger.error("unwell %s", " ".join(f"{name}={said}" for name, said in checks.items()))
    status = {"status": "ok" if is_well else "unwell"}
    return JsonResponse(status | checks, status=200 if is_well else 503)


def check_database():
    """Return "ok", "unreachable", or "migrations pending"."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations pending"
        # What every page asks first.
        SiteState.objects.read()
    except DatabaseError:
        return "unreachable"
    return "ok"


def check_disk():
    """Return "ok", "low", or "unreachable" of the folder that everything is written to."""
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free
    except OSError:
        return "unreachable"
    return "ok" if free >= LEAST_FREE_BYTES else "low"
