"""Noting that a course was looked at, and by when and by whom it is next."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from wagtail.log_actions import log

from cms.site_day import site_day
from courses.editor_rights import check_change
from courses.exceptions import NotYetLooked, PastReview
from courses.models import Course, ReviewDate
from people.models import User

LOOK_AGAIN_LOG_ACTION: Final = "courses.look_again"


@transaction.atomic
def set_review_date(
    *,
    course: Course,
    reviewed_on: date,
    review_by: date,
    grace_days: int,
    role: str,
    owner: User | None,
    by: User | None,
    at: datetime,
) -> ReviewDate:
    """Note that ``course`` was looked at, and the last day on which nobody has to again; owners are told anew then.

    Raises:
        NotYetLooked: ``reviewed_on`` lies ahead.
        PastReview: the day to look again is not after it, or is past.
    """
    today = site_day(at)
    if reviewed_on > today:
        raise NotYetLooked(reviewed_on=reviewed_on)
    if review_by <= reviewed_on or review_by < today:
        raise PastReview(review_by=review_by)
    if by is not None:
        check_change(by, [course], act="review_date")
    values = {
        "reviewed_on": reviewed_on,
        "review_by": review_by,
        "grace_days": grace_days,
        "role": role,
        "owner": owner,
        "told_on": None,
    }
    row, _ = ReviewDate.objects.update_or_create(course=course, defaults=values)
    log(course, LOOK_AGAIN_LOG_ACTION, user=by, data={"review_by": review_by.isoformat(), "grace_days": grace_days})
    return row
