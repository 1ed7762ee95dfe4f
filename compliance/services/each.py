"""Asking people who were named one by one for the same training."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from certificates.models import Certification
from compliance.exceptions import TooManyPeople
from compliance.models import Requirement
from compliance.services.requirements import planned, require
from people.models import Membership, Organisation, User

MOST_PEOPLE: Final = 200
"""So that one press of a button is answered soon. More people are a site or a role."""


def planned_for_each(
    *,
    organisation: Organisation,
    memberships: Sequence[Membership],
    certification: Certification,
    due_on: date,
    starts_on: date,
) -> tuple[Requirement, ...]:
    """Return, unsaved, what asks each of ``memberships`` for ``certification``.

    Raises:
        TooManyPeople: more than ``MOST_PEOPLE`` are named.
        DueBeforeStart, NotOfThisOrganisation: as ``planned`` raises them.
    """
    if len(memberships) > MOST_PEOPLE:
        raise TooManyPeople(MOST_PEOPLE)
    return tuple(
        planned(
            organisation=organisation,
            certification=certification,
            membership=member,
            starts_on=starts_on,
            due_on=due_on,
        )
        for member in memberships
    )


@transaction.atomic
def require_each(asked: Sequence[Requirement], *, by: User | None, at: datetime) -> list[Requirement]:
    """Record what ``planned_for_each`` returned, all or none. The same once more changes nothing."""
    return [
        require(
            organisation=it.organisation,
            certification=it.certification,
            membership=it.membership,
            starts_on=it.starts_on,
            due_on=it.due_on,
            by=by,
            at=at,
        )
        for it in asked
    ]
