"""What a certification comes to ask: the rooms above may object before it does."""

from collections.abc import Mapping, Sequence
from typing import Any

from certificates import selectors
from certificates.expressions import ExpressionError, named_courses, without_a_way_around
from certificates.models import Certification
from certificates.models.certification import Asked
from certificates.signals import courses_to_be_asked


def check_courses(
    *,
    certification: Certification,
    courses: Mapping[str, int],
    expression: Mapping[str, Any] | None,
    refreshers: Sequence[Mapping[str, Any]],
) -> None:
    """Ask above whether ``certification``, as it is stored, may come to ask this; ``courses`` are keys by code.

    Anew it asks for what is ticked or named for the first time, and for what there was a way around before.

    Raises:
        ValidationError: one of the courses cannot be asked of anybody anew; says which and why.
        ExpressionError: it is no expression.
    """
    others = selectors.expressions_of_others(certification)
    now = Certification(code=certification.code, expression=expression, refreshers=refreshers).asks(courses, others)
    before = {course.code: course.pk for course in certification.courses.all()}
    added = set(courses.values()).difference(before.values())
    try:
        was = certification.asks(before, others)
    except ExpressionError:
        # It said nothing that anybody could follow.
        added |= _named(now)
    else:
        added |= _named(now) - _named(was)
        added |= without_a_way_around(now.whole) - without_a_way_around(was.whole)
    announce_courses(certification=certification, course_ids=added)


def announce_courses(*, certification: Certification, course_ids: set[int]) -> None:
    """Let the rooms above hear which courses ``certification`` is about to ask for that it did not.

    Raises:
        ValidationError: one of them cannot be asked of anybody anew; says which and why.
    """
    if course_ids:
        courses_to_be_asked.send(sender=Certification, certification=certification, course_ids=course_ids)


def _named(asked: Asked) -> set[int]:
    return {key for expression in (asked.whole, *asked.refreshers) for key in named_courses(expression)}
