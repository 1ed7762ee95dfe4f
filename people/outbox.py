"""What must still happen because of a committed change: written with the change, done at least once.

An entry is claimed with a lease in one transaction, its handler runs outside any transaction, and what came of it is
written in another. A worker that dies in between costs the rest of the lease, never the effect; so handlers are
idempotent. Several workers share the work: on PostgreSQL a claim skips what others hold, SQLite lets one at a time in.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias

from django.db import connection, transaction
from django.db.models import Q

from people.exceptions import UnknownKind
from people.faults import fault_point
from people.models import OutboxEntry

logger = logging.getLogger(__name__)

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
LEASE: Final = timedelta(minutes=5)
"""How long a claim holds; a handler takes less."""
ATTEMPTS: Final = 12
"""After so many failures an entry has failed for good: some 17 hours after the first one."""
FIRST_WAIT: Final = timedelta(seconds=30)
"""The wait after the first failure; it doubles with each further one."""
KEPT_DAYS: Final = 30
"""How long what is done stays listed."""

Handler: TypeAlias = Callable[[Mapping[str, Any]], None]

_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Let ``handler(payload)`` do what entries of ``kind`` ask. It is called outside any transaction, maybe twice."""
    _handlers[kind] = handler


def enqueue(*, kind: str, key: str, payload: Mapping[str, Any], not_before: datetime | None = None) -> None:
    """Write, in the caller's transaction, that ``kind`` is to happen with ``payload``, at once or from an instant on.

    ``key`` names the effect among all kinds: while an entry with it exists, nothing is written. After the commit a
    worker gets a hint; if that is lost, the sweep finds the entry.
    """
    entry = OutboxEntry(kind=kind, key=key, payload=dict(payload), not_before=not_before or AT_ONCE)
    OutboxEntry.objects.bulk_create([entry], ignore_conflicts=True)
    if not_before is None:
        transaction.on_commit(partial(_hint, key))


def deliver_due(*, at: datetime, limit: int) -> int:
    """Do what is due at ``at``, at most ``limit`` entries, each claimed alone; return how many were done."""
    done = 0
    started = time.monotonic()
    for _ in range(limit):
        # The leases count from now, although the caller's clock stands still while handlers run.
        now = at + timedelta(seconds=time.monotonic() - started)
        entry = _claim(Q(), now=now)
        if entry is None:
            break
        done += _work(entry, now=now)
    return done


def deliver(*, key: str, at: datetime) -> bool:
    """Do one entry if it is due and nobody holds it; return whether it was done."""
    entry = _claim(Q(key=key), now=at)
    return entry is not None and _work(entry, now=at)


def prolong(*, key: str, at: datetime) -> None:
    """Let a handler that takes long hold its entry for another lease from ``at``."""
    OutboxEntry.objects.filter(key=key, done_at__isnull=True).update(claimed_until=at + LEASE)


def retry(*, entry: OutboxEntry) -> None:
    """Let an entry that had failed for good be tried again, from the first attempt."""
    OutboxEntry.objects.filter(pk=entry.pk, done_at__isnull=True).update(
        failed_at=None, attempts=0, not_before=AT_ONCE, claimed_until=None
    )


def waiting(*, kind: str) -> int:
    """Return how many entries of ``kind`` are still to be done; those that failed for good are not."""
    return OutboxEntry.objects.filter(kind=kind, done_at__isnull=True, failed_at__isnull=True).count()


def forget_done(*, before: datetime) -> int:
    """Delete entries that were done before an instant; return how many."""
    return OutboxEntry.objects.filter(done_at__lt=before).delete()[0]


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after the ``attempts``-th failure (1 for the first)."""
    return FIRST_WAIT * 2 ** (attempts - 1)


def _hint(key: str) -> None:
    from people import tasks

    try:
        tasks.deliver.apply_async(args=(key,), retry=False)
    except Exception as error:  # the change is committed; the sweep makes a lost hint good
        logger.warning("outbox hint lost", extra={"event": "outbox.hint_lost", "outcome": type(error).__name__})


def _claim(which: Q, *, now: datetime) -> OutboxEntry | None:
    """Take the first due entry among ``which`` for the time of a lease, committed; None if there is none."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    due = OutboxEntry.objects.filter(which, free, done_at__isnull=True, failed_at__isnull=True, not_before__lte=now)
    with transaction.atomic(durable=True):
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        entry = due.order_by("not_before", "pk").first()
        if entry is None:
            return None
        entry.claimed_until = now + LEASE
        entry.attempts += 1
        entry.save(update_fields=["claimed_until", "attempts"])
    return entry


def _work(entry: OutboxEntry, *, now: datetime) -> bool:
    """Run the handler of a claimed entry and write what came of it; return whether it was done."""
    fault_point("outbox.claimed")
    if entry.attempts > ATTEMPTS:
        # Claimed once too often without ever coming back: it kills its worker.
        _settle(entry, failed_at=now)
        return False
    try:
        _handler_of(entry)(entry.payload)
    except Exception as error:  # one bad entry must not stop the others
        extra = {
            "event": "outbox.failed",
            "kind": entry.kind,
            "attempt": entry.attempts,
            "outcome": type(error).__name__,
        }
        if entry.attempts >= ATTEMPTS:
            logger.error("outbox entry failed for good", extra=extra)
            _settle(entry, failed_at=now)
        else:
            logger.warning("outbox entry failed, will be tried again", extra=extra)
            _settle(entry, not_before=now + wait_after(entry.attempts))
        return False
    fault_point("outbox.handled")
    return _settle(entry, done_at=now, failed_at=None)


def _handler_of(entry: OutboxEntry) -> Handler:
    if entry.kind not in _handlers:
        raise UnknownKind(kind=entry.kind)
    return _handlers[entry.kind]


def _settle(entry: OutboxEntry, **outcome: datetime | None) -> bool:
    """Write the outcome of our claim; a claim that another worker took over meanwhile is theirs to settle.

    A success is written all the same: what has happened need not happen again.
    """
    ours = OutboxEntry.objects.filter(pk=entry.pk, done_at__isnull=True)
    if "done_at" not in outcome:
        ours = ours.filter(attempts=entry.attempts)
    with transaction.atomic(durable=True):
        return bool(ours.update(claimed_until=None, **outcome))
