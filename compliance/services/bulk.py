"""One act for many people who were chosen one by one, or by a filter."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from certificates.models import Certification
from compliance.changes import RequirementChange
from compliance.exceptions import NeedsAnotherPerson, TooManyPeople
from compliance.models import Requirement
from compliance.preview import Preview, preview
from compliance.services.proposals import needs_second_person
from compliance.services.requirements import planned, require
from people.models import Membership, Organisation, User

MOST_PEOPLE: Final = 200
"""So that one press of a button is answered soon. More people are a site or a role."""


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

    Raises:
        TooManyPeople: more than ``MOST_PEOPLE`` are named.
        DueBeforeStart, NotOfThisOrganisation: as ``planned`` raises them.
    """
    if len(memberships) > MOST_PEOPLE:
        raise TooManyPeople(MOST_PEOPLE)
    return preview(
        RequirementChange(added=_planned(organisation, memberships, certification, due_on, starts_on)),
        organisation=organisation,
        certification_id=certification.pk,
        memberships=[it.pk for it in memberships],
        at=at,
    )


def _planned(
    organisation: Organisation,
    memberships: Sequence[Membership],
    certification: Certification,
    due_on: date,
    starts_on: date,
) -> tuple[Requirement, ...]:
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
def require_of_each(
    *,
    organisation: Organisation,
    memberships: Sequence[Membership],
    certification: Certification,
    due_on: date,
    starts_on: date,
    by: User,
    at: datetime,
) -> int:
    """Ask each of ``memberships`` for ``certification`` by ``due_on``; return how many people that touches.

    All or none. The same once more changes nothing.

    Raises:
        NeedsAnotherPerson: it touches so many that somebody else has to agree; an assignment to a site or a role asks.
        TooManyPeople: more than ``MOST_PEOPLE`` are named.
        DueBeforeStart, NotOfThisOrganisation: as ``planned`` raises them.
    """
    found = preview_for_each(
        organisation=organisation,
        memberships=memberships,
        certification=certification,
        due_on=due_on,
        starts_on=starts_on,
        at=at,
    )
    if needs_second_person(
        touched=found.touched, share_percent=found.share_percent, limit_percent=organisation.second_person_percent
    ):
        raise NeedsAnotherPerson
    for member in memberships:
        require(
            organisation=organisation,
            certification=certification,
            membership=member,
            starts_on=starts_on,
            due_on=due_on,
            by=by,
            at=at,
        )
    return found.touched
