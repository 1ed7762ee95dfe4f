"""Asking to learn another way: the person asks without a reason, a trainer agrees, HR sees only what was agreed."""

from datetime import date, datetime, timedelta

from django.db import transaction

from certificates.models import Certification
from compliance import selectors
from compliance.exceptions import AlreadySuperseded, DatesOutOfOrder, NotATrainer
from compliance.models import AnotherWay
from compliance.services.obligations import rebuild_obligations
from people.models import Membership, User
from people.permissions import is_trainer

Step = AnotherWay.Step


@transaction.atomic
def ask_for_another_way(*, membership: Membership, certification: Certification, on: date, at: datetime) -> AnotherWay:
    """Record that a person asks to learn ``certification`` another way; asking again returns the open question.

    Nothing is written to the organisation's log: HR reads that.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    known = AnotherWay.objects.current_knowledge().filter(membership=membership, certification=certification)
    open_one = known.filter(step=Step.ASKED).first()
    if open_one is not None:
        return open_one
    question = AnotherWay.objects.create(
        membership=membership, certification=certification, step=Step.ASKED, asked_on=on, recorded_at=at
    )
    rebuild_obligations(memberships=[membership.pk], at=at)
    return question


@transaction.atomic
def agree_another_way(*, question: AnotherWay, trainer: User, on: date, last_on: date, at: datetime) -> AnotherWay:
    """Record that ``trainer`` has agreed another way with the person, to be gone by ``last_on``.

    Raises:
        NotATrainer: the user is no trainer of the organisation, is HR or lead of a site there, or the person's manager.
        AlreadySuperseded: it was answered or taken back meanwhile.
        DatesOutOfOrder: the last day lies before today.
    """
    member = question.membership
    own = selectors.entries_of_trainer(member.organisation, trainer)
    if not is_trainer(trainer, member.organisation) or own.filter(pk__in=[member.pk, member.manager_id]).exists():
        raise NotATrainer
    if last_on < on:
        raise DatesOutOfOrder(on, last_on)
    return _answer(question, at, step=Step.AGREED, answered_on=on, until=last_on + timedelta(days=1), trainer=trainer)


@transaction.atomic
def take_back_question(*, question: AnotherWay, on: date, at: datetime) -> AnotherWay:
    """Record that the person goes the ordinary way after all.

    Raises:
        AlreadySuperseded: it was answered or taken back meanwhile.
    """
    return _answer(question, at, step=Step.TAKEN_BACK, answered_on=on)


def _answer(question: AnotherWay, at: datetime, **changes: object) -> AnotherWay:
    Membership.objects.select_for_update(no_key=True).get(pk=question.membership_id)
    old = AnotherWay.objects.current_knowledge().filter(pk=question.pk, step=Step.ASKED).first()
    if old is None:
        raise AlreadySuperseded
    answer = AnotherWay.objects.create(
        reference=old.reference,
        membership_id=old.membership_id,
        certification_id=old.certification_id,
        asked_on=old.asked_on,
        recorded_at=at,
        supersedes=old,
        **changes,
    )
    rebuild_obligations(memberships=[old.membership_id], at=at)
    return answer
