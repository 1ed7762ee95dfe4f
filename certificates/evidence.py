"""Which completions a certificate rests on, where a certification asks for several courses. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certificates.validity import Duration


@dataclass(frozen=True, slots=True)
class CompletedCourse:
    """One completion: its public id, the course's key, the local date it counts on (renewal, rule R4)."""

    completion_id: str
    course_id: int
    completed_on: date


def sufficient_evidence(
    *,
    required: frozenset[int],
    newest: CompletedCourse,
    others: Iterable[CompletedCourse],
    spent: frozenset[str],
    validity: Duration,
) -> tuple[CompletedCourse, ...] | None:
    """Return one completion for each required course, oldest first; None while a course is missing.

    ``newest`` is the completion that asks and stands for its own course. For each other course the latest of
    ``others`` counts that no earlier certificate rests on (``spent``) and that is not older, on the last of the
    dates, than the ``validity``: a renewal asks for every course again.
    """
    chosen = {newest.course_id: newest}
    for course in sorted(others, key=lambda item: (item.completed_on, item.completion_id)):
        if course.course_id != newest.course_id and course.completion_id not in spent:
            chosen[course.course_id] = course
    if newest.course_id not in required or not required <= chosen.keys():
        return None
    ordered = sorted((chosen[course] for course in required), key=lambda item: (item.completed_on, item.completion_id))
    if any(validity.after(item.completed_on) <= ordered[-1].completed_on for item in ordered):
        return None
    return tuple(ordered)
