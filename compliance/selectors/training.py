"""What a learner is asked to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from certificates.selectors import courses_to_take, held_periods
from certificates.validity import local_date
from compliance.models import Obligation, ObligationSpan
from compliance.standing import ReasonCode
from courses.models import Course
from people.models import Membership


@dataclass(frozen=True, slots=True)
class TrainingDue:
    """Where a learner stands with one certification that is asked of them; ``due_on`` is the last good day.

    ``courses`` lead there: in time a refresher may do. ``addition_due_on``: by when they should see what was added to the course; None: nothing was.
    """

    obligation: Obligation
    on: date
    """The day in the obligation's own calendar."""
    state: str
    due_on: date | None
    courses: tuple[Course, ...]
    addition_due_on: date | None = None


def training_of(*, memberships: Iterable[Membership], at: datetime) -> list[TrainingDue]:
    """Return what is required of ``memberships`` at ``at``, each in its own calendar, what ends first first."""
    obligations = (
        Obligation.objects.filter(membership__in=[it.pk for it in memberships])
        .select_related("certification", "membership__organisation")
        .prefetch_related("spans", "certification__courses")
    )
    refreshed = [it for it in obligations if it.certification.refreshers]
    held = (
        held_periods(
            certifications=[it.certification_id for it in refreshed], memberships=[it.membership_id for it in refreshed]
        )
        if refreshed
        else {}
    )
    found = []
    for obligation in obligations:
        on = local_date(at, obligation.time_zone)
        span = next(it for it in obligation.spans.all() if it.from_on <= on and (it.until is None or on < it.until))
        if span.required:
            periods = held.get((obligation.membership_id, obligation.certification_id), [])
            courses = tuple(courses_to_take(obligation.certification, periods, on))
            found.append(TrainingDue(obligation, on, span.state, span.due_on, courses, _addition_due_on(span)))
    return sorted(found, key=lambda it: (it.due_on or date.max, it.obligation.pk))


def _addition_due_on(span: ObligationSpan) -> date | None:
    days = [date.fromisoformat(it["due_on"]) for it in span.reasons if it["code"] == ReasonCode.ADDITION]
    return min(days, default=None)
