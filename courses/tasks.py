"""Background work of courses."""

from celery import shared_task

from courses import services


@shared_task(ignore_result=True)
def look_for_stale_renditions() -> None:
    """Ask for the renditions that are not true any more."""
    services.look_for_stale_renditions()
