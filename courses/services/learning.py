"""Learning: enrolling, recording what was done, and folding it on the way."""

import json
import uuid as uuids
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max

from assessments.models import Attempt
from courses import selectors
from courses.exceptions import (
    ClaimedInFuture,
    EventRefused,
    ForeignAttempt,
    ForeignEnrolment,
    ForeignMembership,
    ForeignText,
    NotEnrollable,
    NotReleased,
    TooManyEvents,
    UnknownLesson,
    UnknownRendition,
    UnknownVerb,
)
from courses.fold import SKEW_ALLOWED, Event, Fold, fold_event, fold_events
from courses.models import Completion, Course, EditionText, Enrolment, LearningEvent, Session
from courses.services.completing import complete, is_done, lock_enrolment
from courses.signals import enrolment_opened
from courses.snapshot import Json, lesson_of
from people.models import Membership, User

RENDITIONS: Final = frozenset({"read", "listen", "watch", "print", "talk"})
SERVER: Final = "server"
# The others are ours to say: whoever could send them could pass without learning.
VERBS_OF_LEARNERS: Final = frozenset(
    {LearningEvent.Verb.STARTED, LearningEvent.Verb.VIEWED, LearningEvent.Verb.LESSON_COMPLETED}
)
VERBS_OF_LESSONS: Final = frozenset({LearningEvent.Verb.VIEWED, LearningEvent.Verb.LESSON_COMPLETED})
# A day and a night of one event per half minute; a fold of more would only slow its owner down.
MOST_INSTANTS: Final = 2880

_KEPT_DATA: Final = ("attempt", "passed", "completion", "session")
_MAX_WORD_CHARS: Final = 20
# The ids of our own events follow from what they tell, so that telling it twice is one event.
_OWN_EVENTS: Final = uuids.UUID("5f0a3f3b-6d2e-5b0e-9d57-3f6f7d1c2a10")


@transaction.atomic
def enrol(
    *,
    learner: User,
    membership: Membership | None,
    course: Course,
    at: datetime,
    language: str,
    session: Session | None = None,
) -> Enrolment:
    """Return the learner's open enrolment in ``course`` for this workplace (None: their own), made if there is none.

    A new one is pinned to the newest edition, or begins in ``session`` and has its edition; after a completion it has
    the next number.

    Raises:
        NotEnrollable: the course keeps no record of learners, or asks for an approval that nobody can give here.
        ForeignMembership: ``membership`` belongs to another learner.
        NotReleased: there is no edition to learn from.
    """
    if course.tier != Course.Tier.RECORDED:
        raise NotEnrollable(course=course.code, tier=course.tier)
    if membership is not None and membership.user_id != learner.pk:
        raise ForeignMembership
    existing = selectors.open_enrolment(learner=learner, membership=membership, course=course)
    if existing is not None:
        return existing
    text = selectors.edition_text(session.edition, language) if session else selectors.current_text(course, language)
    if text is None:
        raise NotReleased(course=course.code)
    own = Enrolment.objects.filter(learner=learner, membership=membership, course=course)
    number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
    enrolment = Enrolment(
        learner=learner, membership=membership, course=course, edition=text.edition, number=number, opened_at=at
    )
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError:
        # Somebody pressed twice: the other request has made it.
        return own.select_related("edition", "course").get(completed_at__isnull=True)
    record_event(
        enrolment=enrolment,
        uuid=uuids.uuid5(_OWN_EVENTS, f"enrolled {enrolment.public_id}"),
        verb=LearningEvent.Verb.ENROLLED,
        edition_text=text,
        language=text.language,
        claimed_at=session.starts_at if session else at,
        received_at=at,
        origin=SERVER,
        data={"session": str(session.public_id)} if session else None,
    )
    enrolment_opened.send(sender=Enrolment, enrolment=enrolment, at=at)
    return enrolment


@transaction.atomic
def record_event(
    *,
    enrolment: Enrolment,
    uuid: uuids.UUID,
    verb: str,
    edition_text: EditionText,
    lesson_code: str = "",
    language: str,
    rendition: str = "read",
    claimed_at: datetime,
    received_at: datetime,
    origin: str = "browser",
    data: Json | None = None,
    learner: User | None = None,
    clock_skew: timedelta | None = None,
    overlays: Sequence[str] = (),
) -> LearningEvent:
    """Record that something was done, once; return the event that is kept.

    An event already there under this id is left alone, unless this receipt is the earlier one: then this one
    takes its place. Of two received at the same instant the content decides, so that their order does not. ``clock_skew`` is the device's clock minus ours when it sent the event. ``learner`` is who
    sends it, where that is somebody to check. ``overlays``: digests of the local parts that we showed them with it. Of ``data`` only what the fold knows is kept, and only from us.
    ``enrolment.fold`` is brought up to date.

    Raises:
        EventRefused: in one of its kinds; nothing was recorded.
    """
    recorded = _record(
        enrolment=enrolment,
        uuid=uuid,
        verb=verb,
        edition_text=edition_text,
        lesson_code=lesson_code,
        language=language,
        rendition=rendition,
        claimed_at=claimed_at,
        received_at=received_at,
        origin=origin,
        data=data,
        learner=learner,
        clock_skew=clock_skew,
        overlays=overlays,
    )
    _keep_fold(enrolment, recorded)
    return recorded.event


class _Recorded(NamedTuple):
    """An event that is kept, its enrolment as it is locked in the database, and what the fold now comes to."""

    event: LearningEvent
    locked: Enrolment
    fold: Fold


def _record(
    *,
    enrolment: Enrolment,
    uuid: uuids.UUID,
    verb: str,
    edition_text: EditionText,
    lesson_code: str = "",
    language: str,
    rendition: str = "read",
    claimed_at: datetime,
    received_at: datetime,
    origin: str = SERVER,
    data: Json | None = None,
    learner: User | None = None,
    clock_skew: timedelta | None = None,
    overlays: Sequence[str] = (),
) -> _Recorded:
    """Do what ``record_event`` says, but leave the fold to be written; part of the caller's transaction."""
    _check_event(enrolment, verb, edition_text, lesson_code, language, rendition, origin, learner)
    if claimed_at > received_at + SKEW_ALLOWED:
        raise ClaimedInFuture(claimed_at=claimed_at, received_at=received_at)
    kept = {name: value for name, value in (data or {}).items() if name in _KEPT_DATA and origin == SERVER}
    if clock_skew is not None:
        kept["clock_skew_seconds"] = int(clock_skew.total_seconds())
    if overlays:
        kept["overlays"] = sorted(overlays)
    event = LearningEvent(
        uuid=uuid,
        learner_id=enrolment.learner_id,
        enrolment=enrolment,
        verb=verb,
        edition_text=edition_text,
        lesson_code=lesson_code,
        language=language,
        rendition=rendition,
        claimed_at=claimed_at,
        received_at=received_at,
        origin=origin,
        data=kept,
    )
    locked = lock_enrolment(enrolment)
    fold = Fold.from_json(locked.fold)
    if len(fold.instants) >= MOST_INSTANTS and origin != SERVER:
        raise TooManyEvents(most=MOST_INSTANTS)
    kept_event = _insert(event)
    if kept_event is event:
        return _Recorded(event, locked, fold_event(fold, _fold_input(event, locked)))
    if kept_event.enrolment_id != enrolment.pk:
        raise ForeignEnrolment
    if _precedence(kept_event) <= _precedence(event):
        return _Recorded(kept_event, locked, fold)
    event.pk = kept_event.pk
    event.save(force_update=True)
    return _Recorded(event, locked, fold_events(selectors.events_to_fold(locked)))


def _check_event(
    enrolment: Enrolment,
    verb: str,
    edition_text: EditionText,
    lesson_code: str,
    language: str,
    rendition: str,
    origin: str,
    learner: User | None,
) -> None:
    if learner is not None and learner.pk != enrolment.learner_id:
        raise ForeignEnrolment
    if edition_text.edition_id != enrolment.edition_id:
        raise ForeignText(digest=edition_text.digest)
    if verb not in LearningEvent.Verb.values or (origin != SERVER and verb not in VERBS_OF_LEARNERS):
        raise UnknownVerb(verb=verb)
    if rendition not in RENDITIONS:
        raise UnknownRendition(rendition=rendition)
    if (verb in VERBS_OF_LESSONS or lesson_code) and lesson_of(edition_text.snapshot, lesson_code) is None:
        raise UnknownLesson(lesson=lesson_code)
    if max(len(language), len(origin)) > _MAX_WORD_CHARS:
        raise EventRefused


def _precedence(event: LearningEvent) -> tuple[object, ...]:
    """Return by what one of two events of the same id goes before: its receipt, then content, never who came first."""
    return (
        event.received_at,
        event.claimed_at,
        event.verb,
        event.lesson_code,
        event.rendition,
        event.language,
        event.edition_text_id,
        event.origin,
        json.dumps(event.data, sort_keys=True),
    )


def _insert(event: LearningEvent) -> LearningEvent:
    """Return ``event``, inserted, or the one that is there under its id."""
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        return LearningEvent.objects.get(learner_id=event.learner_id, uuid=event.uuid)
    return event


def _fold_input(event: LearningEvent, enrolment: Enrolment) -> Event:
    return selectors.fold_input(
        verb=event.verb,
        lesson_code=event.lesson_code,
        claimed_at=event.claimed_at,
        received_at=event.received_at,
        data=event.data,
        opened_at=enrolment.opened_at,
        frozen_at=event.edition_text.frozen_at,
    )


def _keep_fold(enrolment: Enrolment, recorded: _Recorded) -> None:
    after = recorded.fold.to_json()
    if after != recorded.locked.fold:
        Enrolment.objects.filter(pk=recorded.locked.pk).update(fold=after)
    enrolment.fold = after


@transaction.atomic
def complete_lesson(
    *,
    enrolment: Enrolment,
    edition_text: EditionText,
    lesson_code: str,
    language: str,
    at: datetime,
    uuid: uuids.UUID | None = None,
    rendition: str = "read",
    zone: str | None = None,
    overlays: Sequence[str] = (),
) -> Completion | None:
    """Record that a lesson was done; return the course's completion where that was the last thing missing.

    ``overlays``: digests of the local parts that stood in it. Without ``uuid`` the lesson is done once in this enrolment, however often this is called.

    Raises:
        EventRefused: in one of its kinds; nothing was recorded.
    """
    recorded = _record(
        enrolment=enrolment,
        uuid=uuid or uuids.uuid5(_OWN_EVENTS, f"lesson {enrolment.public_id} {lesson_code}"),
        verb=LearningEvent.Verb.LESSON_COMPLETED,
        edition_text=edition_text,
        lesson_code=lesson_code,
        language=language,
        rendition=rendition,
        claimed_at=at,
        received_at=at,
        overlays=overlays,
    )
    return _complete(enrolment, recorded, edition_text, at, zone)


@transaction.atomic
def record_quiz(
    *,
    enrolment: Enrolment,
    attempt: Attempt,
    edition_text: EditionText,
    at: datetime,
    zone: str | None = None,
) -> Completion | None:
    """Record the result of a graded attempt, once; return the course's completion where it is one.

    Call it in the transaction that submits the attempt, so that no graded paper is ever without its event.

    Raises:
        ForeignAttempt: it is another learner's, enrolment's or quiz's, or it is not graded yet.
        EventRefused: in one of its kinds; nothing was recorded.
    """
    quiz = edition_text.snapshot["quiz"]
    belongs = (
        attempt.learner_id == enrolment.learner_id
        and attempt.context == selectors.attempt_context(enrolment)
        and quiz is not None
        and attempt.quiz_code == quiz["code"]
    )
    if not belongs or attempt.submitted_at is None or attempt.passed is None:
        raise ForeignAttempt(attempt=attempt.public_id)
    recorded = _record(
        enrolment=enrolment,
        uuid=uuids.uuid5(_OWN_EVENTS, f"attempt {attempt.public_id}"),
        verb=LearningEvent.Verb.QUIZ_GRADED,
        edition_text=edition_text,
        language=attempt.language,
        claimed_at=attempt.submitted_at,
        received_at=max(at, attempt.submitted_at),
        data={"attempt": str(attempt.public_id), "passed": attempt.passed},
    )
    return _complete(enrolment, recorded, edition_text, at, zone)


def _complete(
    enrolment: Enrolment, recorded: _Recorded, text: EditionText, at: datetime, zone: str | None
) -> Completion | None:
    """Complete the course if nothing is missing any more; write the fold either way."""
    done = is_done(recorded.locked, recorded.fold, text)
    if not done or recorded.locked.completed_at is not None:
        _keep_fold(enrolment, recorded)
        return Completion.objects.filter(enrolment=enrolment).first() if done else None
    completion = complete(recorded.locked, fold=recorded.fold, text=text, at=at, zone=zone)
    enrolment.fold, enrolment.completed_at = recorded.locked.fold, recorded.locked.completed_at
    return completion


def refold(*, enrolment: Enrolment, check: bool = False) -> bool:
    """Rebuild the fold of ``enrolment`` from its events; return whether the kept one was the same.

    With ``check`` nothing is written.
    """
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        after = fold_events(selectors.events_to_fold(locked)).to_json()
        same = bool(after == locked.fold)
        if not same and not check:
            Enrolment.objects.filter(pk=locked.pk).update(fold=after)
            enrolment.fold = after
    return same
