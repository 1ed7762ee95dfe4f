"""Background work of certificates."""

from celery import shared_task

from certificates import services
from cms import clock


@shared_task
def sweep_unissued() -> None:
    """Issue certificates whose completion was recorded and whose issue failed."""
    services.issue_unissued(at=clock.now())
