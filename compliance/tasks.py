"""Thin tasks of compliance."""

from celery import shared_task

from cms import clock


@shared_task(ignore_result=True)
def sweep_reminders() -> None:
    """Claim and send what is due and not yet told."""
    from compliance import services

    services.sweep(at=clock.now())


@shared_task(ignore_result=True)
def sweep_evidence() -> None:
    """Forget evidence packs and previews that were made long ago."""
    from compliance import services

    services.forget_evidence_packs(at=clock.now())
    services.forget_previews(at=clock.now())


@shared_task(ignore_result=True)
def check_obligations() -> None:
    """Recompute a sample of what is kept; it should find nothing to mend."""
    from compliance import services

    if not services.people_waiting():  # what waits to be rebuilt differs, and rightly
        services.check_sample(at=clock.now())
