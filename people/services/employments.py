"""Employments: append-only facts. What was wrong or has ended is superseded, never changed."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from people import audit, signals
from people.exceptions import EmploymentOverlaps, EndsBeforeStart, FactSuperseded, HiredAfterStart
from people.models import Employment, Membership, Role, Site, User


@transaction.atomic
def start_employment(
    *,
    membership: Membership,
    site: Site,
    role: Role | None,
    starts_on: date,
    by: User | None,
    at: datetime,
    ends_on: date | None = None,
    employment_type: str = Employment.Type.DIRECT,
    hired_on: date | None = None,
) -> Employment:
    """Record that a person works at ``site`` as ``role`` from ``starts_on`` through ``ends_on`` (no end known: None).

    ``hired_on`` is the day from which the employer counts, where that is not the first day of this stretch.

    Raises:
        EndsBeforeStart: ``ends_on`` lies before ``starts_on``.
        HiredAfterStart: ``hired_on`` lies after ``starts_on``.
        EmploymentOverlaps: the person already works there in this role on some of these days.
    """
    _check_hired(hired_on, starts_on)
    # Two at once for one person wait for each other, or both would see no overlap.
    Membership.objects.select_for_update().get(pk=membership.pk)
    _check(membership, site, role, starts_on, ends_on)
    employment = Employment.objects.create(
        membership=membership,
        site=site,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        employment_type=employment_type,
        hired_on=hired_on,
        recorded_at=at,
        recorded_by=by,
    )
    _tell(employment, "employment.started", by=by, at=at)
    return employment


@transaction.atomic
def move_to(
    *,
    membership: Membership,
    site: Site,
    role: Role | None,
    starts_on: date,
    by: User | None,
    at: datetime,
    **terms: Any,
) -> Employment:
    """Record that a person works somewhere else, or as something else, from ``starts_on``; what ran ends the day before.

    ``terms`` as in ``start_employment``. What begins on ``starts_on`` or later stays.

    Raises: as ``start_employment``.
    """
    Membership.objects.select_for_update().get(pk=membership.pk)
    _check(membership, site, role, starts_on, terms.get("ends_on"))
    running = Employment.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), membership=membership, starts_on__lt=starts_on
    )
    for job in running.select_related("site", "role", "membership").order_by("pk"):
        end_employment(employment=job, ends_on=starts_on - timedelta(days=1), by=by, at=at)
    return start_employment(membership=membership, site=site, role=role, starts_on=starts_on, by=by, at=at, **terms)


@transaction.atomic
def end_employment(*, employment: Employment, ends_on: date, by: User | None, at: datetime) -> Employment:
    """Record that ``ends_on`` is the last day of an employment; return the fact that now holds.

    Raises:
        EndsBeforeStart: ``ends_on`` lies before the first day.
        FactSuperseded: the employment was corrected meanwhile.
    """
    return _supersede(
        employment,
        employment.site,
        employment.role,
        employment.starts_on,
        ends_on,
        verb="employment.ended",
        by=by,
        at=at,
    )


@transaction.atomic
def correct_employment(
    *,
    employment: Employment,
    site: Site,
    role: Role | None,
    starts_on: date,
    ends_on: date | None,
    by: User | None,
    at: datetime,
    employment_type: str | None = None,
    hired_on: date | None = None,
) -> Employment:
    """Record what is right about an employment; return the fact that now holds, the old one if nothing differs.

    ``employment_type`` and ``hired_on`` stay as they are where they are None.

    Raises:
        EndsBeforeStart: ``ends_on`` lies before ``starts_on``.
        HiredAfterStart: ``hired_on`` lies after ``starts_on``.
        EmploymentOverlaps: the person already works there in this role on some of these days.
        FactSuperseded: the employment was corrected meanwhile.
    """
    return _supersede(
        employment,
        site,
        role,
        starts_on,
        ends_on,
        employment_type=employment_type,
        hired_on=hired_on,
        verb="employment.corrected",
        by=by,
        at=at,
    )


def _supersede(
    employment: Employment,
    site: Site,
    role: Role | None,
    starts_on: date,
    ends_on: date | None,
    *,
    verb: str,
    by: User | None,
    at: datetime,
    employment_type: str | None = None,
    hired_on: date | None = None,
) -> Employment:
    Membership.objects.select_for_update().get(pk=employment.membership_id)
    if Employment.objects.filter(supersedes=employment).exists():
        raise FactSuperseded
    employment_type = employment_type or employment.employment_type
    hired_on = hired_on or employment.hired_on
    before = (employment.site, employment.role, employment.starts_on, employment.ends_on)
    terms = (employment.employment_type, employment.hired_on)
    if (site, role, starts_on, ends_on) == before and (employment_type, hired_on) == terms:
        return employment
    _check_hired(hired_on, starts_on)
    _check(employment.membership, site, role, starts_on, ends_on, apart_from=employment)
    successor = Employment.objects.create(
        reference=employment.reference,
        employer_ref=employment.employer_ref,
        membership=employment.membership,
        site=site,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        employment_type=employment_type,
        hired_on=hired_on,
        recorded_at=at,
        recorded_by=by,
        supersedes=employment,
    )
    _tell(successor, verb, by=by, at=at)
    return successor


def _check_hired(hired_on: date | None, starts_on: date) -> None:
    if hired_on is not None and hired_on > starts_on:
        raise HiredAfterStart(hired_on=hired_on, starts_on=starts_on)


def _check(
    membership: Membership,
    site: Site,
    role: Role | None,
    starts_on: date,
    ends_on: date | None,
    *,
    apart_from: Employment | None = None,
) -> None:
    home = membership.organisation_id
    if site.organisation_id != home or (role is not None and role.organisation_id != home):
        raise ValueError("site and role are of another organisation")
    if ends_on is not None and ends_on < starts_on:
        raise EndsBeforeStart(starts_on=starts_on, ends_on=ends_on)
    same = Employment.objects.current_knowledge().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), membership=membership, site=site, role=role
    )
    if ends_on is not None:
        same = same.filter(starts_on__lte=ends_on)
    if apart_from is not None:
        same = same.exclude(pk=apart_from.pk)
    other = same.first()
    if other is not None:
        raise EmploymentOverlaps(starts_on=other.starts_on, ends_on=other.ends_on)


def _tell(employment: Employment, verb: str, *, by: User | None, at: datetime) -> None:
    membership = employment.membership
    audit.record(
        organisation=membership.organisation,
        actor=by,
        verb=verb,
        target=membership,
        at=at,
        starts_on=employment.starts_on,
        ends_on=employment.ends_on,
    )
    signals.employment_changed.send(sender=Employment, membership=membership, at=at)
