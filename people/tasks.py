"""Background work of people: doors into services."""

from datetime import timedelta

from celery import shared_task

from cms import clock

BATCH = 200
"""Entries that one sweep does at most; the next comes a few seconds later."""


@shared_task(ignore_result=True)
def sweep_outbox() -> None:
    """Deliver what a lost hint or a killed worker left behind."""
    from people import outbox

    outbox.deliver_due(at=clock.now(), limit=BATCH)


@shared_task(ignore_result=True)
def deliver(key: str) -> None:
    """Deliver one entry, as hinted after the commit that wrote it."""
    from people import outbox

    outbox.deliver(key=key, at=clock.now())


@shared_task(ignore_result=True)
def sweep_exports() -> None:
    """Ask for regular exports that are due."""
    from people.services import ask_for_due_exports

    ask_for_due_exports(at=clock.now())


@shared_task(ignore_result=True)
def sweep_forgettable() -> None:
    """Delete failed sign-ins older than a day, ended sessions, what the outbox did long ago, old files in and out."""
    from people import outbox
    from people.services import forget_ended_sessions, forget_exports, forget_failures, forget_files

    now = clock.now()
    forget_failures(at=now)
    forget_ended_sessions()
    forget_files(at=now)
    forget_exports(at=now)
    outbox.forget_done(before=now - timedelta(days=outbox.KEPT_DAYS))
