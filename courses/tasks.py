"""Background work of courses."""

from celery import shared_task
from django.conf import settings

from cms import clock
from courses import services


@shared_task(ignore_result=True)
def look_for_stale_renditions() -> None:
    """Ask for the renditions that are not true any more."""
    services.look_for_stale_renditions()


@shared_task(ignore_result=True)
def end_expired_consents() -> None:
    """Take out the stories whose consent has passed its last day."""
    services.end_expired_consents(at=clock.now())


@shared_task(ignore_result=True)
def remind_owners_of_claims() -> None:
    """Remind those who look again of what is due."""
    now = clock.now()
    services.remind_owners(on=clock.today(settings.TIME_ZONE), at=now)
