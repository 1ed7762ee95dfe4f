"""Which completions a certificate rests on, where a certification asks for several courses. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from certificates.expressions import Expression, chosen
from certificates.validity import Duration


@dataclass(frozen=True, slots=True)
class CompletedCourse:
    """One completion: its public id, the course's key, the local date it counts on (renewal, rule R4)."""

    completion_id: str
    course_id: int
    completed_on: date


def sufficient_evidence(
    *,
    expression: Expression,
    newest: CompletedCourse,
    others: Iterable[CompletedCourse],
    spent: frozenset[str],
    validity: Duration,
) -> tuple[CompletedCourse, ...] | None:
    """Return one completion for each course that fulfils ``expression``, oldest first; None while it is not fulfilled.

    ``newest`` is the completion that asks: it stands for its own course and is always among them. For each other
    course the latest of ``others`` counts that no earlier certificate rests on (``spent``) and that is not older, on
    the last of the dates, than the ``validity``: a renewal asks for everything again.
    """
    latest = {newest.course_id: newest}
    for course in sorted(others, key=lambda item: (item.completed_on, item.completion_id)):
        if course.course_id != newest.course_id and course.completion_id not in spent:
            latest[course.course_id] = course
    # What is too old beside the last of the others is left out; where a choice remains, the rest may still do.
    while latest:
        courses = chosen(expression, frozenset(latest), newest.course_id)
        if courses is None or newest.course_id not in courses:
            return None
        ordered = sorted((latest[it] for it in courses), key=lambda item: (item.completed_on, item.completion_id))
        last_on = ordered[-1].completed_on
        stale = [item for item in ordered if validity.after(item.completed_on) <= last_on]
        if not stale:
            return tuple(ordered)
        for item in stale:
            del latest[item.course_id]
    return None
