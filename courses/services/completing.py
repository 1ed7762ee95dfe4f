"""Completing a course: the fact is recorded in the transaction of the last thing that was missing."""

import logging
import uuid as uuids
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, Subquery

from courses import selectors
from courses.exceptions import NotReleased
from courses.fold import Fold, completed_at, minutes
from courses.models import Completion, EditionText, Enrolment, LearningEvent, Withdrawal
from courses.signals import completion_untold, course_completed
from courses.snapshot import requirements_of
from people.faults import fault_point

logger = logging.getLogger(__name__)

_COMPLETION_EVENTS: Final = uuids.UUID("b0c6c1a4-32b2-5f7b-8a0e-4c7a25a1f6de")


@transaction.atomic
def complete_if_done(
    *, enrolment: Enrolment, at: datetime, zone: str | None = None, text: EditionText | None = None
) -> Completion | None:
    """Record the completion of ``enrolment`` if all lessons, the minutes and the quiz are done; None otherwise.

    It is dated by the learner's last required event in ``zone``, by default that of the membership's site
    (renewal, rule R4). ``text`` is any text of the enrolment's edition, to save reading one. Asked again, it
    returns the completion that there is. The signal is sent inside the transaction; receivers that fail lose
    their own work and not the completion, and hear of that by ``completion_untold``.

    Raises:
        NotReleased: the edition has no text at all.
    """
    locked = lock_enrolment(enrolment)
    if locked.completed_at is not None:
        return Completion.objects.filter(enrolment=locked).first()
    text = text or selectors.text_for(locked, "")
    if text is None:
        raise NotReleased(course=locked.course.code)
    fold = Fold.from_json(locked.fold)
    if not is_done(locked, fold, text):
        return None
    completion = complete(locked, fold=fold, text=text, at=at, zone=zone)
    enrolment.completed_at = locked.completed_at
    return completion


def is_done(locked: Enrolment, fold: Fold, text: EditionText) -> bool:
    """Whether everything is done that ``text`` asks; of an edition that was withdrawn whole, done before that."""
    done_at = completed_at(fold, requirements_of(text.snapshot))
    gone_at: datetime | None = locked.gone_at  # type: ignore[attr-defined]  # an annotation of ``lock_enrolment``
    return done_at is not None and (gone_at is None or done_at < gone_at)


def lock_enrolment(enrolment: Enrolment) -> Enrolment:
    """Return the enrolment as it is in the database, locked, with what a completion of it asks for."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("membership__organisation", "edition")
    whole = Withdrawal.objects.in_force().filter(
        kind=Withdrawal.Kind.COURSE, course=OuterRef("course"), through_edition__gte=OuterRef("edition__number")
    )
    return rows.annotate(gone_at=Subquery(whole.values("withdrawn_at")[:1])).get(pk=enrolment.pk)


def complete(locked: Enrolment, *, fold: Fold, text: EditionText, at: datetime, zone: str | None) -> Completion:
    """Record the completion of a locked enrolment whose ``fold`` has everything, and write that fold.

    Part of the caller's transaction; for the rest see ``complete_if_done``.
    """
    done_at = completed_at(fold, requirements_of(text.snapshot))
    assert done_at is not None  # the caller has seen to it
    fault_point("courses.before_completion")
    zone = zone or selectors.zone_of(locked, done_at)
    completion = Completion.objects.create(
        enrolment=locked,
        learner_id=locked.learner_id,
        membership=locked.membership,
        course_id=locked.course_id,
        edition_text=text,
        completed_on=done_at.astimezone(ZoneInfo(zone)).date(),
        completed_at=done_at,
        time_zone=zone,
        minutes=minutes(fold),
        recorded_at=at,
    )
    _record_completed(completion, text, done_at, at)
    locked.fold, locked.completed_at = fold.to_json(), done_at
    Enrolment.objects.filter(pk=locked.pk).update(fold=locked.fold, completed_at=done_at)
    _tell(completion)
    fault_point("courses.after_completion")
    return completion


def _record_completed(completion: Completion, text: EditionText, done_at: datetime, at: datetime) -> None:
    """Add our own line to the log; the fold takes nothing from it."""
    LearningEvent.objects.create(
        uuid=uuids.uuid5(_COMPLETION_EVENTS, str(completion.public_id)),
        learner_id=completion.learner_id,
        enrolment=completion.enrolment,
        verb=LearningEvent.Verb.COURSE_COMPLETED,
        edition_text=text,
        language=text.language,
        claimed_at=done_at,
        received_at=at,
        origin="server",
        data={"completion": str(completion.public_id)},
    )


def _tell(completion: Completion) -> None:
    try:
        with transaction.atomic():
            course_completed.send(sender=Completion, completion=completion, at=completion.recorded_at)
    except Exception:
        # Learning is never lost because something above it failed; what it owes, the room above writes down.
        logger.exception("a receiver of course_completed failed", extra={"completion": str(completion.public_id)})
        completion_untold.send(sender=Completion, completion=completion)
