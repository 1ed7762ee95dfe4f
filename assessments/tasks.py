"""Background work of assessments."""

from datetime import timedelta

from celery import shared_task

from cms import clock

ATTEMPTS_AT_ONCE = 200


@shared_task(ignore_result=True)
def sweep_answers() -> None:
    """Take the person out of answers graded 30 days ago, and delete those left 30 days ago; batches commit one by one."""
    from assessments import services

    at = clock.now()
    before = at - timedelta(days=services.ANSWERS_KEPT_DAYS)
    while services.detach_answers(before=before, limit=ATTEMPTS_AT_ONCE, at=at):
        pass
    while services.delete_left_answers(before=before, limit=ATTEMPTS_AT_ONCE):
        pass


@shared_task(ignore_result=True)
def ask_about_languages() -> None:
    """Open translation tasks for questions that one language fails far more often."""
    from assessments import services

    services.ask_about_languages(at=clock.now())
