"""Whom requirements concern."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.models import Requirement
from people.models import Employment, Membership, Organisation, Site
from people.selectors import sites_below


def sites_from(site: Site) -> set[int]:
    """Return the keys of ``site`` and of all sites below it."""
    return sites_below(organisation=site.organisation, roots=[site.pk])


def _jobs(requirement: Requirement) -> QuerySet[Employment]:
    """Return the employments, known now, through which a requirement of a group reaches people."""
    jobs = Employment.objects.current_knowledge().filter(membership__organisation=requirement.organisation_id)
    if requirement.role_id is not None:
        jobs = jobs.filter(role=requirement.role_id)
    if requirement.site is not None:
        jobs = jobs.filter(site__in=sites_from(requirement.site))
    return jobs


def concerned(requirement: Requirement) -> list[int]:
    """Return the keys of the memberships that ``requirement`` reaches at any time, by what is known now."""
    if requirement.membership_id is not None:
        return [requirement.membership_id]
    return sorted(set(_jobs(requirement).values_list("membership_id", flat=True)))


def reached(requirement: Requirement, *, on: date) -> int:
    """Return how many people ``requirement`` reaches on ``on`` or later, by what is known now."""
    ahead = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    if requirement.membership_id is not None:
        known = Employment.objects.current_knowledge().filter(ahead, membership=requirement.membership_id)
        return int(known.exists())
    return _jobs(requirement).filter(ahead).values("membership").distinct().count()


def live_requirements(
    *, organisation: Organisation, memberships: QuerySet[Membership], sites: QuerySet[Site]
) -> QuerySet[Requirement]:
    """Return the assignments that hold, those of persons and sites within what is given, with all that a list names."""
    seen = Q(membership__in=memberships) | Q(membership__isnull=True, site__isnull=True) | Q(site__in=sites)
    return (
        Requirement.objects.live()
        .filter(seen, organisation=organisation)
        .select_related("certification", "membership", "site", "role")
        .order_by("due_on", "pk")
    )


def current_requirement(*, organisation: Organisation, reference: UUID) -> Requirement | None:
    """Return what is known now of the assignment ``reference``, withdrawn or not; None where there is none."""
    return Requirement.objects.current_knowledge().filter(organisation=organisation, reference=reference).first()
