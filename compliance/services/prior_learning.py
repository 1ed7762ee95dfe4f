"""Accepting what was learnt before or elsewhere as evidence."""

from datetime import date, datetime, timedelta

from django.db import transaction

from certificates.models import Certification, PriorLearning
from certificates.validity import ended_by, next_period
from compliance.exceptions import AlreadyEnded, AlreadySuperseded
from compliance.services.obligations import rebuild_obligations
from people import audit
from people.models import Membership, User


@transaction.atomic
def accept_prior_learning(
    *,
    membership: Membership,
    certification: Certification,
    issuer: str,
    title: str,
    completed_on: date,
    by: User | None,
    at: datetime,
    ends_on: date | None = None,
    document_number: str = "",
) -> PriorLearning:
    """Record that a training of another issuer stands for ``certification``, from ``completed_on`` on.

    It is good as long as the policy says, and never longer than ``ends_on``, the last day that its issuer printed.
    The same again returns what is known already.

    Raises:
        AlreadyEnded: ``ends_on`` lies before ``completed_on``.
    """
    policy = certification.validity_policy
    period = next_period(policy, completed_on)
    if ends_on is not None:
        if ends_on < completed_on:
            raise AlreadyEnded(ends_on)
        period = ended_by(policy, period, ends_on + timedelta(days=1))
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    values = {
        "membership": membership,
        "certification": certification,
        "issuer": " ".join(issuer.split()),
        "title": " ".join(title.split()),
        "document_number": document_number.strip(),
        "completed_on": completed_on,
        "ends_on": ends_on,
    }
    same = PriorLearning.objects.current_knowledge().filter(**values).first()
    if same is not None:
        return same
    evidence = PriorLearning.objects.create(
        **values,
        scope=sorted(certification.courses.values_list("code", flat=True)),
        valid_from=period.valid_from,
        valid_until=period.valid_until,
        window_opens_on=period.window_opens_on,
        grace_until=period.grace_until,
        anchor_day=period.anchor_day,
        policy=policy.to_json(),
        recorded_at=at,
        recorded_by=by,
    )
    _tell(evidence, "prior_learning.accepted", by, at)
    return evidence


@transaction.atomic
def take_back_prior_learning(*, evidence: PriorLearning, by: User | None, at: datetime) -> PriorLearning:
    """Record that it stands for nothing and never did; certificates that were renewed from it keep their dates.

    Raises:
        AlreadySuperseded: it was taken back before.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=evidence.membership_id)
    old = PriorLearning.objects.current_knowledge().filter(pk=evidence.pk).first()
    if old is None:
        raise AlreadySuperseded
    values = {field.attname: getattr(old, field.attname) for field in PriorLearning._meta.concrete_fields}
    for name in ("id", "supersedes_id", "taken_back", "recorded_at", "recorded_by_id"):
        del values[name]
    successor = PriorLearning.objects.create(**values, taken_back=True, recorded_at=at, recorded_by=by, supersedes=old)
    _tell(successor, "prior_learning.taken_back", by, at)
    return successor


def _tell(evidence: PriorLearning, verb: str, by: User | None, at: datetime) -> None:
    membership = evidence.membership
    audit.record(
        organisation=membership.organisation,
        actor=by,
        verb=verb,
        target=membership,
        at=at,
        completed_on=evidence.completed_on,
    )
    rebuild_obligations(memberships=[membership.pk], at=at)
