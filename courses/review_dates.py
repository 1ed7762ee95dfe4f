"""By when somebody has to look at a course again, and what follows when nobody has. Plain Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

AHEAD: Final = timedelta(days=30)
"""So long before the last good day a course is to be looked at."""


class LookAgain(StrEnum):
    """Where a course stands on a day."""

    LATER = "later"
    SOON = "soon"
    LATE = "late"
    """Past its review, and still assigned anew."""
    REFUSED = "refused"
    """Past its grace: it is not assigned anew."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A course whose review is late: ``review_by`` was the last good day, on ``refused_from`` the grace is over."""

    review_by: date
    refused_from: date


def refused_from(*, review_by: date, grace_days: int) -> date:
    """Return the first day on which a course is not assigned anew: the grace is that many whole days after the last good one."""
    return review_by + timedelta(days=grace_days + 1)


def look_again(*, review_by: date, grace_days: int, on: date) -> LookAgain:
    """Return where a course stands; ``review_by`` is the last day on which nobody has to look again."""
    if on >= refused_from(review_by=review_by, grace_days=grace_days):
        return LookAgain.REFUSED
    if on > review_by:
        return LookAgain.LATE
    return LookAgain.SOON if on >= review_by - AHEAD else LookAgain.LATER
