"""Whether this process can do its work: database, cache and, where there is one, the queue."""

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from cms.celery import app

logger = logging.getLogger(__name__)

_KEY: Final = "readyz"
# The embedded profile keeps its queue inside the process: there is nothing to reach.
_IN_PROCESS: Final = "memory://"
QUEUE_TIMEOUT_SECONDS: Final = 2


def unready_parts() -> list[str]:
    """Return the names of the parts that do not answer: ``database``, ``cache``, ``queue``; empty when all is well."""
    return [name for name, check in _CHECKS.items() if not _passes(name, check)]


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # whatever a driver raises means the same here
        logger.exception("not ready", extra={"kind": name})
        return False
    return True


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _check_cache() -> None:
    cache.set(_KEY, "1", timeout=10)
    if cache.get(_KEY) != "1":
        raise RuntimeError("the cache forgets")


def _check_queue() -> None:
    if settings.CELERY_BROKER_URL.startswith(_IN_PROCESS):
        return
    with app.connection_for_write(connect_timeout=QUEUE_TIMEOUT_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=QUEUE_TIMEOUT_SECONDS)


_CHECKS: Final = {"database": _check_database, "cache": _check_cache, "queue": _check_queue}
