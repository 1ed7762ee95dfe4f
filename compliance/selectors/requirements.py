"""Whom requirements concern."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.conditions import named, parse
from compliance.models import Requirement
from compliance.reach import Reach, jobs_in, needs_sites
from people.models import Employment, Membership, Organisation, Role, Site
from people.selectors import path_up, sites_below


def sites_from(site: Site) -> set[int]:
    """Return the keys of ``site`` and of all sites below it."""
    return sites_below(organisation=site.organisation, roots=[site.pk])


def _reached(requirement: Requirement, jobs: QuerySet[Employment]) -> set[int]:
    """Return the memberships that a requirement of a group reaches through ``jobs``; two queries, a pass for conditions."""
    jobs = jobs.filter(membership__organisation=requirement.organisation_id)
    if requirement.role_id is not None:
        jobs = jobs.filter(role=requirement.role_id)
    if requirement.conditions is None:
        if requirement.site is not None:
            jobs = jobs.filter(site__in=sites_from(requirement.site))
        return set(jobs.order_by().values_list("membership_id", flat=True))
    reach = Reach(needs_sites([requirement]))
    return {job.membership_id for job in jobs_in(jobs) if reach.reaches(requirement, job)}


def concerned(requirement: Requirement) -> list[int]:
    """Return the keys of the memberships that ``requirement`` reaches at any time, by what is known now."""
    if requirement.membership_id is not None:
        return [requirement.membership_id]
    return sorted(_reached(requirement, Employment.objects.current_knowledge()))


def reached(requirement: Requirement, *, on: date) -> int:
    """Return how many people ``requirement`` reaches on ``on`` or later, by what is known now."""
    return len(people_reached(requirement, on=on))


def people_reached(requirement: Requirement, *, on: date) -> set[int]:
    """Return the keys of the memberships that ``requirement`` reaches on ``on`` or later, by what is known now."""
    ahead = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    jobs = Employment.objects.current_knowledge().filter(ahead)
    if requirement.membership_id is not None:
        at_work = jobs.filter(membership=requirement.membership_id).exists()
        return {requirement.membership_id} if at_work else set()
    return _reached(requirement, jobs)


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


def requirements_naming(organisation: Organisation, subject: str) -> list[Requirement]:
    """Return what is asked of groups by conditions that name ``subject`` (of ``compliance.conditions.WORDS``)."""
    by_condition = Requirement.objects.current_knowledge().filter(organisation=organisation, conditions__isnull=False)
    return [it for it in by_condition if any(said == subject for said, _ in named(parse(it.conditions)))]


def requirements_hanging_on(site: Site, parent: Site | None) -> list[Requirement]:
    """Return what is asked of groups that may reach others when ``site`` belongs to ``parent``; two queries.

    That is what names a site to which it belongs either now or then, and what names a sector, where that comes from above.
    """
    sites = {it.pk: it for it in Site.objects.filter(organisation=site.organisation_id)}
    parents = {key: it.parent_id for key, it in sites.items()}
    now = path_up(site.pk, parents)
    then = path_up(site.pk, parents | {site.pk: parent.pk if parent else None})
    differing = set(now) ^ set(then)
    words = {("site", sites[key].code) for key in differing}
    sectors = [next((sites[key].sector for key in path if sites[key].sector), "") for path in (now, then)]
    if sectors[0] != sectors[1]:
        words |= {("sector", sector) for sector in sectors}
    groups = Requirement.objects.current_knowledge().filter(organisation=site.organisation_id, membership__isnull=True)
    return [
        it
        for it in groups
        if it.site_id in differing or (it.conditions is not None and not words.isdisjoint(named(parse(it.conditions))))
    ]


def licence_kinds(organisation: Organisation) -> list[tuple[str, str]]:
    """Return the kinds of licences on whose renewal something here hangs, each with what it is called."""
    asking = Requirement.objects.live().filter(organisation=organisation).exclude(licence_kind="")
    rows = asking.order_by("licence_kind", "-pk").values_list("licence_kind", "label", "certification__title")
    return sorted({kind: label or title for kind, label, title in rows}.items(), key=lambda it: it[1])


def names_in(*, organisation: Organisation) -> dict[tuple[str, str], str]:
    """Return what readers call the codes that conditions name: (subject, code) to name; two queries."""
    names = {("organisation", organisation.code): organisation.name}
    for code, name in Site.objects.filter(organisation=organisation).values_list("code", "name"):
        names["site", code] = name
    for code, name in Role.objects.filter(organisation=organisation).values_list("code", "name"):
        names["role", code] = name
    return names
