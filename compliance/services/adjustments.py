"""Leave, more time, exemptions and due dates of one person: append-only facts; undoing is one more."""

import re
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from certificates.models import Certification
from certificates.validity import local_date
from compliance.exceptions import (
    AdjustmentOverlaps,
    AlreadySuperseded,
    DatesOutOfOrder,
    DocumentNotAllowed,
    NoticeTooShort,
    ReasonNotAllowed,
)
from compliance.models import Adjustment
from compliance.models.adjustment import NUMBER_PATTERN
from compliance.services.obligations import rebuild_obligations
from people import audit
from people.models import Membership, User

ONE_DAY = timedelta(days=1)
Kind = Adjustment.Kind


@transaction.atomic
def record_leave(
    *, membership: Membership, from_on: date, last_on: date | None, by: User | None, at: datetime
) -> Adjustment:
    """Record that a person is away from ``from_on`` through ``last_on`` (None: the return is not known).

    Nobody is reminded meanwhile, and due dates move to some days after the return; no certificate is longer for it.

    Raises:
        DatesOutOfOrder: the last day lies before the first.
        AdjustmentOverlaps: leave on some of these days is recorded already.
    """
    return _record(membership, None, Kind.LEAVE, from_on, last_on, by=by, at=at)


@transaction.atomic
def grant_extension(
    *,
    membership: Membership,
    certification: Certification,
    from_on: date,
    last_on: date,
    reason: str,
    by: User | None,
    at: datetime,
) -> Adjustment:
    """Give a person until ``last_on``, the new last good day; no state, end or later cycle moves (rule R9).

    Raises:
        DatesOutOfOrder, AdjustmentOverlaps: as for leave.
        ReasonNotAllowed: the reason is not on the list of extensions.
    """
    return _record(membership, certification, Kind.EXTENSION, from_on, last_on, reason=reason, by=by, at=at)


@transaction.atomic
def grant_waiver(
    *,
    membership: Membership,
    certification: Certification,
    from_on: date,
    last_on: date,
    reason: str,
    by: User | None,
    at: datetime,
    document: str = "",
    document_number: str = "",
) -> Adjustment:
    """Exempt a person through ``last_on``; counted apart, and no certificate (rule R10).

    Raises:
        DatesOutOfOrder, AdjustmentOverlaps: as for leave.
        ReasonNotAllowed: the reason is not on the list of waivers.
        DocumentNotAllowed: the paper is of no listed kind, or its number is a sentence.
    """
    return _record(
        membership,
        certification,
        Kind.WAIVER,
        from_on,
        last_on,
        reason=reason,
        document=document,
        document_number=document_number,
        by=by,
        at=at,
    )


@transaction.atomic
def set_due_date(
    *,
    membership: Membership,
    certification: Certification,
    due_on: date,
    from_on: date,
    reason: str,
    by: User | None,
    at: datetime,
    document: str = "",
    document_number: str = "",
) -> Adjustment:
    """Set the last good day that counts from ``from_on`` on, whatever the requirements say; mends a missing one (R14).

    Raises:
        DatesOutOfOrder: ``due_on`` lies before ``from_on``.
        AdjustmentOverlaps: a due date is set already; undo it first.
        ReasonNotAllowed, DocumentNotAllowed: as for waivers.
    """
    if due_on < from_on:
        raise DatesOutOfOrder(from_on, due_on)
    return _record(
        membership,
        certification,
        Kind.OVERRIDE,
        from_on,
        None,
        due_on=due_on,
        reason=reason,
        document=document,
        document_number=document_number,
        by=by,
        at=at,
    )


@transaction.atomic
def bring_forward(
    *,
    membership: Membership,
    certification: Certification,
    due_on: date,
    notice_days: int,
    reason: str,
    by: User | None,
    at: datetime,
    document: str = "",
    document_number: str = "",
) -> Adjustment:
    """Ask for it sooner: of several due dates the earliest counts (R13), from the day of recording on.

    Raises:
        NoticeTooShort: fewer than ``notice_days`` lie between today, where the organisation is, and ``due_on``.
        AdjustmentOverlaps, ReasonNotAllowed, DocumentNotAllowed: as for ``set_due_date``.
    """
    today = local_date(at, membership.organisation.time_zone)
    earliest_on = today + timedelta(days=notice_days)
    if due_on < earliest_on:
        raise NoticeTooShort(earliest_on)
    return _record(
        membership,
        certification,
        Kind.EARLIER,
        today,
        None,
        due_on=due_on,
        notice_days=notice_days,
        reason=reason,
        document=document,
        document_number=document_number,
        by=by,
        at=at,
    )


@transaction.atomic
def change_end(*, adjustment: Adjustment, last_on: date, by: User | None, at: datetime) -> Adjustment:
    """Record another last day of leave, of an extension or of a waiver.

    Raises:
        AlreadySuperseded: it was changed or undone meanwhile.
        DatesOutOfOrder: the last day lies before the first.
        AdjustmentOverlaps: another one covers some of these days.
        ValueError: a due date has no end.
    """
    if adjustment.due_on is not None:
        raise ValueError("a due date has no end; undo it")
    old = _lock(adjustment)
    until = _until(old.from_on, last_on)
    if until == old.until:
        return old
    _check_overlap(old.membership, old.certification, Kind(old.kind), old.from_on, until, apart_from=old)
    return _supersede(old, "adjustment.changed", by, at, until=until)


@transaction.atomic
def undo_adjustment(*, adjustment: Adjustment, by: User | None, at: datetime) -> Adjustment:
    """Record that an adjustment does not hold and never did; what it said stays on record.

    Raises:
        AlreadySuperseded: it was changed or undone meanwhile.
    """
    return _supersede(_lock(adjustment), "adjustment.undone", by, at, undone=True)


def _record(
    membership: Membership,
    certification: Certification | None,
    kind: Adjustment.Kind,
    from_on: date,
    last_on: date | None,
    *,
    by: User | None,
    at: datetime,
    **more: object,
) -> Adjustment:
    reason, document = str(more.get("reason", "")), str(more.get("document", ""))
    number = str(more.get("document_number", ""))
    if (reason or kind != Kind.LEAVE) and reason not in Adjustment.REASONS[kind]:
        raise ReasonNotAllowed(kind, reason)
    if (document or number) and (
        kind not in Adjustment.WITH_DOCUMENT
        or document not in Adjustment.Document.values
        or (number and not is_document_number(number))
    ):
        raise DocumentNotAllowed(kind)
    until = _until(from_on, last_on)
    # Two at once for one person wait for each other, or both would see no overlap.
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    values = {
        "membership": membership,
        "certification": certification,
        "kind": kind,
        "from_on": from_on,
        "until": until,
        **more,
    }
    same = Adjustment.objects.current_knowledge().filter(**values).first()
    if same is not None:
        return same
    _check_overlap(membership, certification, kind, from_on, until)
    adjustment = Adjustment.objects.create(**values, recorded_at=at, recorded_by=by)
    _tell(adjustment, "adjustment.recorded", by, at)
    return adjustment


def is_document_number(text: str) -> bool:
    """Return whether ``text`` may be the number of a paper, and is no sentence."""
    return bool(re.fullmatch(NUMBER_PATTERN, text))


def _until(from_on: date, last_on: date | None) -> date | None:
    if last_on is None:
        return None
    if last_on < from_on:
        raise DatesOutOfOrder(from_on, last_on)
    return last_on + ONE_DAY


def _check_overlap(
    membership: Membership,
    certification: Certification | None,
    kind: Adjustment.Kind,
    from_on: date,
    until: date | None,
    *,
    apart_from: Adjustment | None = None,
) -> None:
    same = Adjustment.objects.current_knowledge().filter(
        Q(until__isnull=True) | Q(until__gt=from_on), membership=membership, certification=certification, kind=kind
    )
    if until is not None:
        same = same.filter(from_on__lt=until)
    if apart_from is not None:
        same = same.exclude(pk=apart_from.pk)
    other = same.first()
    if other is not None:
        raise AdjustmentOverlaps(other.from_on, other.last_on)


def _lock(adjustment: Adjustment) -> Adjustment:
    """Return the row, its person locked, if it still holds."""
    Membership.objects.select_for_update(no_key=True).get(pk=adjustment.membership_id)
    known = Adjustment.objects.current_knowledge().select_related("membership__organisation", "certification")
    locked = known.filter(pk=adjustment.pk).first()
    if locked is None:
        raise AlreadySuperseded
    return locked


_KEPT = (
    "reference",
    "membership",
    "certification",
    "kind",
    "from_on",
    "until",
    "due_on",
    "notice_days",
    "reason",
    "document",
    "document_number",
)


def _supersede(old: Adjustment, verb: str, by: User | None, at: datetime, **changes: object) -> Adjustment:
    values = {name: getattr(old, name) for name in _KEPT} | changes
    successor = Adjustment.objects.create(**values, recorded_at=at, recorded_by=by, supersedes=old)
    _tell(successor, verb, by, at)
    return successor


def _tell(adjustment: Adjustment, verb: str, by: User | None, at: datetime) -> None:
    membership = adjustment.membership
    audit.record(
        organisation=membership.organisation,
        actor=by,
        verb=verb,
        target=membership,
        at=at,
        kind=str(adjustment.kind),
        from_on=adjustment.from_on,
        until=adjustment.until,
        due_on=adjustment.due_on,
    )
    rebuild_obligations(memberships=[membership.pk], at=at)
