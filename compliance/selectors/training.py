"""What a learner is asked to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Q

from certificates.selectors import courses_to_take, held_periods
from certificates.validity import ONE_DAY, local_date
from compliance.models import Obligation, ObligationSpan, Requirement
from compliance.standing import ReasonCode
from courses.models import Course
from people.models import Membership


@dataclass(frozen=True, slots=True)
class TrainingDue:
    """Where a learner stands with one certification that is asked of them; ``due_on`` is the last good day.

    ``courses`` lead there: in time a refresher may do. ``requirement`` is what asks it the soonest, of this person since
    ``asked_from``. ``addition_due_on``: by when they should see what was added to the course; None: nothing was.
    """

    obligation: Obligation
    on: date
    """The day in the obligation's own calendar."""
    state: str
    due_on: date | None
    courses: tuple[Course, ...]
    requirement: Requirement | None
    asked_from: date
    addition_due_on: date | None = None


def training_of(*, memberships: Iterable[Membership], at: datetime) -> list[TrainingDue]:
    """Return what is required of ``memberships`` at ``at``, each in its own calendar, what ends first first."""
    spans = _required_spans(memberships, at)
    refreshed = [it.obligation for it in spans if it.obligation.certification.refreshers]
    held = (
        held_periods(
            certifications=[it.certification_id for it in refreshed], memberships=[it.membership_id for it in refreshed]
        )
        if refreshed
        else {}
    )
    asking = _asking(spans)
    found = []
    for span in spans:
        obligation = span.obligation
        on = local_date(at, obligation.time_zone)
        periods = held.get((obligation.membership_id, obligation.certification_id), [])
        reference, asked_from = _asked_by(span)
        found.append(
            TrainingDue(
                obligation,
                on,
                span.state,
                span.due_on,
                tuple(courses_to_take(obligation.certification, periods, on)),
                asking.get(reference),
                asked_from,
                _addition_due_on(span),
            )
        )
    return sorted(found, key=lambda it: (it.due_on or date.max, it.obligation.pk))


def _required_spans(memberships: Iterable[Membership], at: datetime) -> list[ObligationSpan]:
    """Return of each obligation the span of today, if something is asked in it; two queries."""
    # No place is further than a day from UTC.
    day = at.astimezone(UTC).date()
    near = Q(from_on__lte=day + ONE_DAY) & (Q(until__isnull=True) | Q(until__gt=day - ONE_DAY))
    spans = (
        ObligationSpan.objects.filter(near, obligation__membership__in=[it.pk for it in memberships], required=True)
        .select_related("obligation__certification", "obligation__membership__organisation")
        .prefetch_related("obligation__certification__courses")
    )
    days = [(it, local_date(at, it.obligation.time_zone)) for it in spans]
    return [it for it, on in days if it.from_on <= on and (it.until is None or on < it.until)]


def _asking(spans: Sequence[ObligationSpan]) -> dict[UUID, Requirement]:
    """Return what is known now of what asks in ``spans``, by reference; one query."""
    if not spans:
        return {}
    found = Requirement.objects.current_knowledge().filter(reference__in={_asked_by(it)[0] for it in spans})
    return {it.reference: it for it in found.select_related("site", "role")}


def _asked_by(span: ObligationSpan) -> tuple[UUID, date]:
    """Return the reference of what asks the soonest in a span in which something is asked, and since when it does."""
    reason = next(it for it in span.reasons if it["code"] == ReasonCode.REQUIREMENT)
    return UUID(reason["requirement_id"].rsplit(":", 1)[0]), date.fromisoformat(reason["from_on"])


def _addition_due_on(span: ObligationSpan) -> date | None:
    days = [date.fromisoformat(it["due_on"]) for it in span.reasons if it["code"] == ReasonCode.ADDITION]
    return min(days, default=None)
