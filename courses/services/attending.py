"""Sessions in person: holding them, their lists, and counting attendance as learning."""

import uuid as uuids
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from courses import selectors
from courses.attendance import moments
from courses.exceptions import (
    AlreadyCounted,
    HeldBeforeRelease,
    NoSuchLanguage,
    NotAFacilitator,
    NotEnrollable,
    SessionNotOver,
)
from courses.fold import fold_events
from courses.models import Attendance, Course, Edition, EditionText, Enrolment, LearningEvent, Session
from courses.services.completing import complete_if_done, lock_enrolment
from courses.services.learning import SERVER, enrol
from courses.signals import session_counted
from courses.snapshot import Json
from people import audit
from people.models import Membership, Organisation, StaffRole, User

# The ids follow from what they tell, so that counting twice is counting once.
_EVENTS: Final = uuids.UUID("2f6f0b53-51c8-5d0e-8e0b-0a3c5c1b7e44")
Result = Attendance.Result


@transaction.atomic
def hold_session(
    *,
    organisation: Organisation,
    edition: Edition,
    language: str,
    starts_at: datetime,
    minutes: int,
    time_zone: str,
    place: str,
    facilitator: User,
    at: datetime,
) -> Session:
    """Plan a session, or write down one that was held; its code is the local date and a number.

    Raises:
        NotAFacilitator: ``facilitator`` has no such role in the organisation.
        NotEnrollable: the course keeps no record of learners, or asks for an approval.
        NoSuchLanguage: the edition has no text in ``language`` for people of this organisation.
        HeldBeforeRelease: it begins before the edition was released.
    """
    roles = StaffRole.objects.filter(user=facilitator, organisation=organisation)
    if not roles.filter(kind=StaffRole.Kind.FACILITATOR).exists():
        raise NotAFacilitator
    if edition.course.tier != Course.Tier.RECORDED:
        raise NotEnrollable(course=edition.course.code, tier=edition.course.tier)
    if starts_at < edition.released_at:
        raise HeldBeforeRelease(released_at=edition.released_at)
    if language not in selectors.languages_of([edition], organisation):
        raise NoSuchLanguage(language=language)
    # Numbers are given one after the other.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    day = starts_at.astimezone(ZoneInfo(time_zone)).date().isoformat()
    codes = Session.objects.filter(organisation=organisation, code__startswith=f"{day}-").values_list("code", flat=True)
    number = max((int(code.rpartition("-")[2]) for code in codes), default=0) + 1
    session = Session.objects.create(
        organisation=organisation,
        code=f"{day}-{number}",
        edition=edition,
        language=language,
        starts_at=starts_at,
        minutes=minutes,
        time_zone=time_zone,
        place=" ".join(place.split()),
        facilitator=facilitator,
        created_at=at,
    )
    audit.record(organisation=organisation, actor=facilitator, verb="session.held", target=session, at=at)
    return session


@transaction.atomic
def expect(*, session: Session, memberships: Iterable[Membership], by: User | None, at: datetime) -> None:
    """Put people on the list of a session; who is on it stays as they are.

    Raises:
        ValueError: one of them is of another organisation.
    """
    members = list(memberships)
    if any(member.organisation_id != session.organisation_id for member in members):
        raise ValueError("a person of another organisation")
    Attendance.objects.bulk_create(
        [Attendance(session=session, membership=member, recorded_at=at, recorded_by=by) for member in members],
        ignore_conflicts=True,
    )


@transaction.atomic
def mark_attendance(*, attendance: Attendance, result: str, by: User | None, at: datetime) -> None:
    """Write down how it went for one person. Nothing counts before ``count_attendance``.

    Raises:
        AlreadyCounted: the person's record says more already.
    """
    now = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if not may_become(now, result):
        raise AlreadyCounted
    if now.result != result:
        Attendance.objects.filter(pk=now.pk).update(result=result, recorded_at=at, recorded_by=by)


@transaction.atomic
def hand_out(*, session: Session, local_parts: Iterable[str]) -> None:
    """Keep the digests of the ``local_parts`` on a sheet that was made for a session: who is counted later saw them."""
    now = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if more := set(local_parts) - set(now.local_parts):
        Session.objects.filter(pk=now.pk).update(local_parts=sorted(more.union(now.local_parts)))


@transaction.atomic
def take_off_list(*, attendance: Attendance) -> None:
    """Take a person off the list of a session.

    Raises:
        AlreadyCounted: the person's record has it already.
    """
    now = Attendance.objects.select_for_update().filter(pk=attendance.pk).first()
    if now is not None and now.counted:
        raise AlreadyCounted
    Attendance.objects.filter(pk=attendance.pk).delete()


def may_become(attendance: Attendance, result: str) -> bool:
    """Return whether the result may still be changed to ``result``: what is counted can only grow."""
    order = Result.values
    return not attendance.counted or order.index(result) >= order.index(attendance.counted)


def count_attendance(*, session: Session, by: User | None, at: datetime) -> int:
    """Write into the record of everybody who was there what they did, and return for how many.

    All lessons of the session's edition, with the local parts that were handed out, and its minutes are done, in the
    session's language; the quiz too for whoever passed it there. Where that was all that was missing, the course is
    completed on the day of the session. Each person is a transaction, so that a stop in the middle loses nobody; again,
    it goes on where it stopped.

    Raises:
        SessionNotOver: it has not ended yet.
    """
    if at < session.ends_at:
        raise SessionNotOver(ends_at=session.ends_at)
    waiting = Attendance.objects.filter(session=session, result__in=Attendance.WAS_THERE).order_by("pk")
    counted = sum(_count(pk, session, at) for pk in waiting.values_list("pk", flat=True))
    if counted:
        audit.record(
            organisation=session.organisation, actor=by, verb="session.counted", target=session, at=at, people=counted
        )
    return counted


@transaction.atomic
def _count(pk: int, session: Session, at: datetime) -> bool:
    attendances = Attendance.objects.select_for_update(of=("self",)).select_related("membership__user")
    attendance = attendances.filter(pk=pk, result__in=Attendance.WAS_THERE).first()
    if attendance is None or attendance.counted == attendance.result:
        return False
    member = attendance.membership
    mine = Enrolment.objects.filter(learner=member.user, membership=member, course=session.edition.course_id)
    # Who has completed it since has all that the session could give.
    if not mine.filter(completed_at__gte=session.starts_at).exists():
        enrolment = enrol(
            learner=member.user,
            membership=member,
            course=session.edition.course,
            at=at,
            language=session.language,
            session=session,
        )
        _record(enrolment, attendance, session, at)
    Attendance.objects.filter(pk=pk).update(counted=attendance.result)
    if not attendance.counted:
        session_counted.send(sender=Attendance, attendance=attendance, at=at)
    return True


def _record(enrolment: Enrolment, attendance: Attendance, session: Session, at: datetime) -> None:
    text = selectors.text_before(enrolment, session.language, session.starts_at)
    held = selectors.edition_text(session.edition, session.language)
    if text is None or held is None:
        raise AssertionError("an edition without a text is never held")
    taught = {lesson["code"] for lesson in held.snapshot["lessons"]}
    lessons = [lesson["code"] for lesson in text.snapshot["lessons"] if lesson["code"] in taught]
    said = {lesson: {"overlays": digests} for lesson, digests in selectors.handed_out(session).items()}
    events = [
        _event(
            enrolment,
            text,
            session,
            at,
            verb=moment.verb,
            lesson_code=moment.lesson,
            claimed_at=moment.at,
            **said.get(moment.lesson, {}),
        )
        for moment in moments(lessons, starts_at=session.starts_at, minutes=session.minutes)
    ]
    if attendance.result == Result.PASSED and text.snapshot["quiz"] is not None:
        passed: Json = {"attempt": f"session {session.public_id}", "passed": True}
        verb = LearningEvent.Verb.QUIZ_GRADED
        events.append(_event(enrolment, text, session, at, verb=verb, claimed_at=session.ends_at, **passed))
    locked = lock_enrolment(enrolment)
    LearningEvent.objects.bulk_create(events, ignore_conflicts=True)
    fold = fold_events(selectors.events_to_fold(locked)).to_json()
    Enrolment.objects.filter(pk=locked.pk).update(fold=fold)
    complete_if_done(enrolment=enrolment, at=at, text=text)


def _event(
    enrolment: Enrolment,
    text: EditionText,
    session: Session,
    at: datetime,
    *,
    verb: str,
    claimed_at: datetime,
    lesson_code: str = "",
    **data: object,
) -> LearningEvent:
    said = f"{session.public_id} {enrolment.public_id} {verb} {lesson_code} {claimed_at.isoformat()}"
    return LearningEvent(
        uuid=uuids.uuid5(_EVENTS, said),
        learner_id=enrolment.learner_id,
        enrolment=enrolment,
        verb=verb,
        edition_text=text,
        lesson_code=lesson_code,
        language=session.language,
        rendition="talk",
        claimed_at=claimed_at,
        received_at=at,
        origin=SERVER,
        data={"session": str(session.public_id), **data},
    )
