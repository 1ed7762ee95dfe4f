"""Two logins become one, or two entries of one person: what was learnt under either is the kept one's."""

import uuid as uuids
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from courses.models import Attendance, Completion, Enrolment, LearningEvent
from courses.services.completing import complete_if_done
from courses.services.learning import refold
from people.models import Membership, User

_MOVED_EVENTS: Final = uuids.UUID("0a6be1c7-9d43-5c9f-8f35-7b1c51f0c2ab")


@transaction.atomic
def merge_learners(*, kept: User, merged: User, at: datetime) -> None:
    """Give every enrolment, event and completion of ``merged`` to ``kept``; folds are rebuilt (renewal, rule R18).

    Nothing is lost where both have the same: an event keeps its content under a new id, an enrolment takes the
    next number, and of two open own enrolments in a course the older takes in the events of the other, which may
    complete it.
    """
    taken = set(LearningEvent.objects.filter(learner=kept).values_list("uuid", flat=True))
    for event in LearningEvent.objects.filter(learner=merged, uuid__in=taken):
        new_uuid = uuids.uuid5(_MOVED_EVENTS, f"{event.uuid} {merged.pk}")
        LearningEvent.objects.filter(pk=event.pk).update(uuid=new_uuid)
    LearningEvent.objects.filter(learner=merged).update(learner=kept)
    Completion.objects.filter(learner=merged).update(learner=kept)
    for enrolment in Enrolment.objects.filter(learner=merged).order_by("opened_at", "pk"):
        _move(enrolment, kept, at)


@transaction.atomic
def move_learning(*, kept: Membership, other: Membership, at: datetime) -> None:
    """Give what was learnt for ``other`` to ``kept``, two entries of one user in one organisation; folds are rebuilt.

    Who was at one session under both stays there under both: it counts once.
    """
    LearningEvent.objects.filter(enrolment__membership=other).exclude(learner=kept.user).update(learner=kept.user)
    Completion.objects.filter(membership=other).update(membership=kept, learner=kept.user)
    for enrolment in Enrolment.objects.filter(membership=other).order_by("opened_at", "pk"):
        _move(enrolment, kept.user, at, to=kept)
    there = Attendance.objects.filter(membership=kept).values("session")
    Attendance.objects.filter(membership=other).exclude(session__in=there).update(membership=kept)


def _move(enrolment: Enrolment, kept: User, at: datetime, *, to: Membership | None = None) -> None:
    membership = to or enrolment.membership
    there = Enrolment.objects.filter(learner=kept, membership=membership, course=enrolment.course)
    other = there.filter(completed_at__isnull=True).first() if enrolment.completed_at is None else None
    if other is not None:
        older, younger = sorted((other, enrolment), key=lambda each: (each.opened_at, each.pk))
        LearningEvent.objects.filter(enrolment=younger).update(enrolment=older)
        younger.delete()
        enrolment = older
    if (enrolment.learner_id, enrolment.membership_id) != (kept.pk, membership and membership.pk):
        last = there.aggregate(last=Max("number"))["last"] or 0
        number = enrolment.number if not there.filter(number=enrolment.number).exists() else last + 1
        Enrolment.objects.filter(pk=enrolment.pk).update(learner=kept, membership=membership, number=number)
        enrolment.learner, enrolment.membership = kept, membership
    refold(enrolment=enrolment)
    complete_if_done(enrolment=enrolment, at=at)
