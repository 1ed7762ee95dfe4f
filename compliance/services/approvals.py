"""What HR records about a rule: that a course is approved, that a condition is met. Append-only facts."""

from datetime import date, datetime

from django.db import transaction

from compliance.exceptions import AlreadyWithdrawn
from compliance.models import ConditionStatement, CourseApproval
from courses.models import Edition
from people import audit
from people.models import Organisation, User


@transaction.atomic
def record_approval(
    *,
    organisation: Organisation,
    rule_code: str,
    edition: Edition,
    body: str,
    reference: str,
    approved_on: date,
    by: User | None,
    at: datetime,
) -> CourseApproval:
    """Record that ``body`` approved ``edition`` for the rule, under ``reference``. The same again changes nothing."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    values = {
        "organisation": organisation,
        "rule_code": rule_code,
        "edition": edition,
        "body": body,
        "approval_reference": reference,
        "approved_on": approved_on,
    }
    same = CourseApproval.objects.live().filter(**values).first()
    if same is not None:
        return same
    approval = CourseApproval.objects.create(**values, recorded_at=at, recorded_by=by)
    _audit(approval, "approval.recorded", by=by, at=at)
    return approval


@transaction.atomic
def end_approval(*, approval: CourseApproval, on: date, by: User | None, at: datetime) -> CourseApproval:
    """Record that an approval holds no longer from ``on``.

    Raises:
        AlreadyWithdrawn: it ended before.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=approval.organisation_id)
    held = CourseApproval.objects.get(pk=approval.pk)
    if held.ends_on is not None or CourseApproval.objects.filter(supersedes=held).exists():
        raise AlreadyWithdrawn
    ended = CourseApproval.objects.create(
        organisation=held.organisation,
        rule_code=held.rule_code,
        edition=held.edition,
        body=held.body,
        approval_reference=held.approval_reference,
        approved_on=held.approved_on,
        ends_on=on,
        recorded_at=at,
        recorded_by=by,
        supersedes=held,
    )
    _audit(ended, "approval.ended", by=by, at=at)
    return ended


@transaction.atomic
def state_condition(
    *, organisation: Organisation, rule_code: str, condition: str, is_met: bool | None, by: User | None, at: datetime
) -> ConditionStatement:
    """Record what HR says of a condition; None: it is not known any more. The same again changes nothing."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    said = ConditionStatement.objects.filter(organisation=organisation, rule_code=rule_code, condition=condition)
    last = said.order_by("recorded_at", "pk").last()
    if last is not None and last.is_met is is_met:
        return last
    statement = ConditionStatement.objects.create(
        organisation=organisation,
        rule_code=rule_code,
        condition=condition,
        is_met=is_met,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record(
        organisation=organisation,
        actor=by,
        verb="condition.stated",
        target=statement,
        at=at,
        rule=rule_code,
        condition=condition,
        is_met=is_met,
    )
    return statement


def _audit(approval: CourseApproval, verb: str, *, by: User | None, at: datetime) -> None:
    audit.record(
        organisation=approval.organisation,
        actor=by,
        verb=verb,
        target=approval,
        at=at,
        rule=approval.rule_code,
        course=approval.edition.course.code,
        edition=approval.edition.number,
    )
