"""Organisations of many people, made by bulk writes: no service and no read model is touched."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from people.models import Credential, Employment, Membership, Organisation, Role, Site, User

SITES = 40
CHUNK = 2_000
"""People written at once."""


class Workplaces(NamedTuple):
    """An organisation with its sites and the one role that everybody has."""

    organisation: Organisation
    sites: Sequence[Site]
    role: Role


def workplaces(code: str, name: str) -> Workplaces:
    """Make an organisation that has nobody yet."""
    organisation = Organisation.objects.create(code=code, name=name, time_zone="UTC")
    sites = Site.objects.bulk_create(
        [
            Site(organisation=organisation, code=f"s{n}", name=f"Site {n}", time_zone="UTC", languages=["en"])
            for n in range(SITES)
        ]
    )
    return Workplaces(organisation, sites, Role.objects.create(organisation=organisation, code="all", name="All"))


def employ(
    at_work: Workplaces, numbers: range, people: int, *, starts_on: Callable[[int], date], at: datetime
) -> list[Membership]:
    """Employ the persons ``numbers`` of ``people``, each from the day that ``starts_on`` gives for its number."""
    organisation = at_work.organisation
    users = User.objects.bulk_create([User() for _ in numbers])
    members = Membership.objects.bulk_create(
        [
            Membership(
                organisation=organisation,
                user=user,
                employee_number=f"{n:06}",
                name=f"Person {n * 7919 % people:06}",
                email=f"p{n}@{organisation.code}.example",
            )
            for n, user in zip(numbers, users, strict=True)
        ]
    )
    Credential.objects.bulk_create([Credential(membership=member) for member in members])
    Employment.objects.bulk_create(
        [
            Employment(
                membership=member,
                site=at_work.sites[n % SITES],
                role=at_work.role,
                starts_on=starts_on(n),
                recorded_at=at,
            )
            for n, member in zip(numbers, members, strict=True)
        ]
    )
    return members
