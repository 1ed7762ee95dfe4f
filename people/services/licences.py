"""Licences: when they are to be renewed."""

from datetime import date, datetime

from django.db import transaction

from people import audit, signals
from people.exceptions import FactSuperseded
from people.models import Employment, Licence, Membership, User


@transaction.atomic
def record_licence(*, membership: Membership, kind: str, renews_on: date, by: User | None, at: datetime) -> Licence:
    """Record on which day a licence of ``kind`` is to be renewed; the same again returns the fact that is known."""
    Membership.objects.select_for_update().get(pk=membership.pk)
    known = Licence.objects.current_knowledge().filter(membership=membership, kind=kind, renews_on=renews_on).first()
    if known is not None:
        return known
    licence = Licence.objects.create(
        membership=membership, kind=kind, renews_on=renews_on, recorded_at=at, recorded_by=by
    )
    _tell(licence, "licence.recorded", by, at)
    return licence


@transaction.atomic
def correct_licence(*, licence: Licence, renews_on: date, by: User | None, at: datetime) -> Licence:
    """Record what is right about a licence; return the fact that now holds, the old one if nothing differs.

    Raises:
        FactSuperseded: it was corrected meanwhile.
    """
    Membership.objects.select_for_update().get(pk=licence.membership_id)
    if Licence.objects.filter(supersedes=licence).exists():
        raise FactSuperseded
    if licence.renews_on == renews_on:
        return licence
    successor = Licence.objects.create(
        reference=licence.reference,
        membership=licence.membership,
        kind=licence.kind,
        renews_on=renews_on,
        recorded_at=at,
        recorded_by=by,
        supersedes=licence,
    )
    _tell(successor, "licence.corrected", by, at)
    return successor


def _tell(licence: Licence, verb: str, by: User | None, at: datetime) -> None:
    membership = licence.membership
    audit.record(
        organisation=membership.organisation, actor=by, verb=verb, target=membership, at=at, renews_on=licence.renews_on
    )
    # What is due may hang on it, as it hangs on who works where.
    signals.employment_changed.send(sender=Employment, membership=membership, at=at)
