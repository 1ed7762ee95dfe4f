"""Assigning and withdrawing: append-only facts."""

from datetime import date, datetime

from django.db import transaction

from certificates.models import Certification
from compliance import selectors
from compliance.exceptions import AlreadyWithdrawn, DueBeforeStart, NotOfThisOrganisation
from compliance.models import Requirement
from compliance.services.obligations import rebuild_obligations
from people import audit
from people.models import Membership, Organisation, Role, Site, User


@transaction.atomic
def require(
    *,
    organisation: Organisation,
    certification: Certification,
    starts_on: date,
    due_on: date,
    by: User | None,
    at: datetime,
    membership: Membership | None = None,
    site: Site | None = None,
    role: Role | None = None,
    days_after_start: int = 30,
) -> Requirement:
    """Record that a person, or everybody at a site and below it, or in a role, must hold ``certification``.

    ``due_on`` is the last good day for who is named or already at work on ``starts_on``; of a group, who comes later
    has ``days_after_start`` days. The same assignment again returns the live one unchanged.

    Raises:
        DueBeforeStart: ``due_on`` lies before ``starts_on``.
        NotOfThisOrganisation: the person, site or role belongs to another organisation.
        ValueError: nobody is named, or a person together with a group.
    """
    if due_on < starts_on:
        raise DueBeforeStart(starts_on, due_on)
    if (membership is None) == (site is None and role is None):
        raise ValueError("name a membership, or a site and/or a role")
    for what, thing in (("person", membership), ("site", site), ("role", role)):
        if thing is not None and thing.organisation_id != organisation.pk:
            raise NotOfThisOrganisation(what)
    # Two presses of one button follow each other, so that the second finds what the first has made.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    values = {
        "organisation": organisation,
        "certification": certification,
        "membership": membership,
        "site": site,
        "role": role,
        "starts_on": starts_on,
        "due_on": due_on,
        "days_after_start": days_after_start,
    }
    same = Requirement.objects.live().filter(**values).first()
    if same is not None:
        return same
    requirement = Requirement.objects.create(**values, recorded_at=at, recorded_by=by)
    audit.record(
        organisation=organisation,
        actor=by,
        verb="requirement.added",
        target=requirement,
        at=at,
        certification=certification.code,
    )
    rebuild_obligations(memberships=selectors.concerned(requirement), at=at)
    return requirement


@transaction.atomic
def withdraw(*, requirement: Requirement, on: date, by: User | None, at: datetime) -> Requirement:
    """Record that ``requirement`` holds no longer from ``on``; what was completed stays evidence.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
    """
    return _supersede(requirement, {"ends_on": max(on, requirement.starts_on)}, "requirement.withdrawn", by, at)


@transaction.atomic
def change_due_date(*, requirement: Requirement, due_on: date, by: User | None, at: datetime) -> Requirement:
    """Record another last good day.

    Raises:
        AlreadyWithdrawn: a later fact supersedes it, or it was withdrawn.
        DueBeforeStart: ``due_on`` lies before the requirement starts.
    """
    if due_on < requirement.starts_on:
        raise DueBeforeStart(requirement.starts_on, due_on)
    return _supersede(requirement, {"due_on": due_on}, "requirement.moved", by, at)


_KEPT = (
    "reference",
    "organisation",
    "certification",
    "membership",
    "site",
    "role",
    "starts_on",
    "due_on",
    "days_after_start",
)


def _supersede(
    requirement: Requirement, changes: dict[str, date], verb: str, by: User | None, at: datetime
) -> Requirement:
    locked = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
    if locked.ends_on is not None or Requirement.objects.filter(supersedes=locked).exists():
        raise AlreadyWithdrawn
    values = {name: getattr(locked, name) for name in _KEPT} | changes
    successor = Requirement.objects.create(**values, recorded_at=at, recorded_by=by, supersedes=locked)
    audit.record(organisation=locked.organisation, actor=by, verb=verb, target=successor, at=at)
    rebuild_obligations(memberships=selectors.concerned(locked), at=at)
    return successor
