"""One act for many people who were chosen one by one, or by a filter."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from certificates.models import Certification
from compliance.models import Proposal
from compliance.preview import Preview
from compliance.services.each import planned_for_each, require_each
from compliance.services.planned_changes import each_of
from compliance.services.proposals import propose_each, touches_many
from people.models import Membership, Organisation, User


def preview_for_each(
    *,
    organisation: Organisation,
    memberships: Sequence[Membership],
    certification: Certification,
    due_on: date,
    starts_on: date,
    at: datetime,
) -> Preview:
    """Return what asking each of ``memberships`` for ``certification`` would do; nothing is written.

    Raises: as ``planned_for_each``.
    """
    asked = planned_for_each(
        organisation=organisation,
        memberships=memberships,
        certification=certification,
        due_on=due_on,
        starts_on=starts_on,
    )
    return each_of(organisation, certification, asked).preview(at=at)


@transaction.atomic
def ask_to_require_each(
    *,
    organisation: Organisation,
    memberships: Sequence[Membership],
    certification: Certification,
    due_on: date,
    starts_on: date,
    by: User,
    at: datetime,
) -> int | Proposal:
    """Ask each of ``memberships`` for ``certification`` by ``due_on``, or propose that where it touches many.

    Return how many people it touches. All or none. The same once more changes nothing.

    Raises: as ``planned_for_each``.
    """
    asked = planned_for_each(
        organisation=organisation,
        memberships=memberships,
        certification=certification,
        due_on=due_on,
        starts_on=starts_on,
    )
    found = each_of(organisation, certification, asked).preview(at=at)
    if touches_many(found, organisation):
        return propose_each(organisation, certification, asked, found, by=by, at=at)
    require_each(asked, by=by, at=at)
    return found.touched
