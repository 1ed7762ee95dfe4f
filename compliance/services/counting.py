"""How an organisation counts people, and what it grants after leave: append-only facts."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from certificates.validity import local_date
from compliance.models import CountingPolicy, Obligation
from compliance.services.rebuilding import rebuild_many
from compliance.standing import StandingPolicy
from people import audit
from people.models import Organisation, User


@transaction.atomic
def count_by(*, organisation: Organisation, policy: StandingPolicy, by: User | None, at: datetime) -> CountingPolicy:
    """Record that people of ``organisation`` are counted by ``policy`` from today on; the past stays as it was."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    today = local_date(at, organisation.time_zone)
    row = CountingPolicy.objects.create(
        organisation=organisation, from_on=today, **asdict(policy), recorded_at=at, recorded_by=by
    )
    audit.record(organisation=organisation, actor=by, verb="counting.changed", target=row, at=at, **asdict(policy))
    obliged = Obligation.objects.filter(organisation=organisation).values_list("membership", flat=True)
    rebuild_many(memberships=obliged, cause=f"counting:{row.pk}", at=at)
    return row
