"""Where a learner stands in a course, and whose calendar counts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from courses import fold as rules
from courses.fold import Fold, NextStep
from courses.models import Attendance, Completion, Course, Enrolment, LearningEvent
from courses.snapshot import Json, requirements_of
from people.models import Membership, User
from people.selectors import known_employments


def open_enrolment(*, learner: User, membership: Membership | None, course: Course) -> Enrolment | None:
    """Return the learner's enrolment that is not completed, for this workplace (None: their own)."""
    return (
        Enrolment.objects.select_related("edition", "course")
        .filter(learner=learner, membership=membership, course=course, completed_at__isnull=True)
        .first()
    )


def in_progress(course: Course) -> int:
    """Return how many people have started ``course`` and not finished it, in any edition."""
    return Enrolment.objects.filter(course=course, completed_at__isnull=True).values("learner").distinct().count()


def fold_of(enrolment: Enrolment) -> Fold:
    """Return what the events of ``enrolment`` come to, from the kept read model."""
    return Fold.from_json(enrolment.fold)


def next_step(enrolment: Enrolment, snapshot: Json) -> NextStep:
    """Return what the learner does next in this enrolment: a lesson, the minutes, the quiz, or nothing."""
    return rules.next_step(fold_of(enrolment), requirements_of(snapshot))


def attempt_context(enrolment: Enrolment) -> str:
    """Return what an attempt at the course's quiz names as its context."""
    return str(enrolment.public_id)


def events_to_fold(enrolment: Enrolment) -> list[rules.Event]:
    """Return every event of ``enrolment`` as the fold takes it; a single query that reads no snapshot."""
    rows = LearningEvent.objects.filter(enrolment=enrolment).order_by("pk")
    return [
        fold_input(
            verb=verb,
            lesson_code=lesson_code,
            claimed_at=claimed_at,
            received_at=received_at,
            data=data,
            opened_at=enrolment.opened_at,
            frozen_at=frozen_at,
        )
        for verb, lesson_code, claimed_at, received_at, data, frozen_at in rows.values_list(
            "verb", "lesson_code", "claimed_at", "received_at", "data", "edition_text__frozen_at"
        )
    ]


def fold_input(
    *,
    verb: str,
    lesson_code: str,
    claimed_at: datetime,
    received_at: datetime,
    data: Json,
    opened_at: datetime,
    frozen_at: datetime,
) -> rules.Event:
    """Return an event as the fold takes it: nobody was enrolled before ``opened_at``, nor text there to be read.

    Whoever sat in a session was seen there by its facilitator, also where the enrolment was made afterwards.
    """
    skew_seconds = data.get("clock_skew_seconds")
    return rules.Event(
        verb=verb,
        claimed_at=claimed_at,
        received_at=received_at,
        not_before=frozen_at if "session" in data else max(opened_at, frozen_at),
        lesson=lesson_code,
        attempt=str(data.get("attempt", "")),
        passed=data.get("passed") is True,
        clock_skew=None if skew_seconds is None else timedelta(seconds=skew_seconds),
    )


def zone_of(enrolment: Enrolment, at: datetime) -> str:
    """Return the time zone whose calendar dates a completion at this instant (renewal, rules R1 and R4).

    It is the zone of the site where the membership is employed on that day, else of the site that it was last
    employed at, else of the organisation; for a learner's own enrolment the site's own.
    """
    membership = enrolment.membership
    if membership is None:
        return settings.TIME_ZONE
    last = None
    for employment in known_employments(membership):
        day = at.astimezone(ZoneInfo(employment.site.time_zone)).date()
        if employment.starts_on <= day:
            if employment.ends_on is None or day <= employment.ends_on:
                return str(employment.site.time_zone)
            last = employment
    return str(last.site.time_zone if last else membership.organisation.time_zone)


def has_learnt(membership: Membership) -> bool:
    """Whether anything was learnt for a workplace under this entry, on a page or at a session in person."""
    return any(
        kind._default_manager.filter(membership=membership).exists() for kind in (Enrolment, Completion, Attendance)
    )
