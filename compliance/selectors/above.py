"""Who stands above a person, for what a ladder lets them hear."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from certificates.validity import local_date
from compliance.ladder import Recipient
from compliance.selectors.deliveries import takes_mail
from people.models import Employment, Membership, Site, StaffRole
from people.models.employment import EmploymentQuerySet


class Hearer(NamedTuple):
    """A staff user, or a manager by their membership; one of the two."""

    user_id: int | None = None
    manager_id: int | None = None


def above(*, membership_id: int, to: Collection[Recipient], at: datetime) -> list[Hearer]:
    """Return who is to hear, apart from the learner, of a step that names ``to``; each once.

    The manager is reached by the address that the employer gave, if it takes mail; the leads are those of the site where the person works,
    else of the nearest site above it; HR is that of the whole organisation. Where one step has nobody, the next one up
    hears in their place. A person never hears of herself in this way.
    """
    wanted = set(to) - {Recipient.LEARNER}
    if not wanted:
        return []
    member = Membership.objects.select_related("manager", "organisation").get(pk=membership_id)
    day = local_date(at, member.organisation.time_zone)
    found: list[Hearer] = []
    if Recipient.MANAGER in wanted:
        manager = member.manager
        if manager is not None and takes_mail(manager) and _works(manager, day):
            found.append(Hearer(manager_id=manager.pk))
        else:
            wanted.add(Recipient.SITE_LEAD)
    roles = StaffRole.objects.filter(
        organisation=member.organisation_id, user__is_active=True, user__emailaddress__verified=True
    ).exclude(user=member.user_id)
    if Recipient.SITE_LEAD in wanted:
        leads = _leads(member, day, roles.filter(kind=StaffRole.Kind.SITE_LEAD).values_list("site_id", "user_id"))
        if not leads:
            wanted.add(Recipient.HR)
        found += [Hearer(user_id=it) for it in leads]
    if Recipient.HR in wanted:
        hr = roles.filter(Q(kind=StaffRole.Kind.HR), site=None).values_list("user_id", flat=True)
        found += [Hearer(user_id=it) for it in sorted(set(hr))]
    return list(dict.fromkeys(found))


def _jobs(member: Membership, day: date) -> EmploymentQuerySet:
    jobs: EmploymentQuerySet = Employment.objects.covering(day).filter(membership=member)
    return jobs


def _works(member: Membership, day: date) -> bool:
    return _jobs(member, day).exists()


def _leads(member: Membership, day: date, roles: Collection[tuple[int | None, int]]) -> list[int]:
    """Return the users who lead the nearest site at or above where the person works."""
    by_site: dict[int | None, set[int]] = {}
    for site_id, user_id in roles:
        by_site.setdefault(site_id, set()).add(user_id)
    if not by_site:
        return []
    parents = dict(Site.objects.filter(organisation=member.organisation_id).values_list("pk", "parent_id"))
    found: set[int] = set()
    for site in _jobs(member, day).values_list("site_id", flat=True):
        here: int | None = site
        passed: set[int] = set()
        while here is not None and here not in by_site and here not in passed:
            passed.add(here)
            here = parents.get(here)
        found |= by_site.get(here, set())
    return sorted(found)
