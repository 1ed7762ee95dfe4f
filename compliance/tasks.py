"""Thin tasks of compliance."""

from celery import shared_task

from cms import clock


@shared_task(ignore_result=True)
def sweep_reminders() -> None:
    """Claim and send what is due and not yet told."""
    from compliance import services

    services.sweep(at=clock.now())
