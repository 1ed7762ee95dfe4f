"""Background work of translations."""

from celery import shared_task

from cms import clock


@shared_task(ignore_result=True)
def look_for_digests() -> None:
    """Tell who leads a language what is new, once a day."""
    from translations import services

    services.look_for_digests(at=clock.now())
