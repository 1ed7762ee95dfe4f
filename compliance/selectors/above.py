"""Who stands above a person, for what a ladder lets them hear."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from certificates.validity import local_date
from compliance.ladder import Recipient
from compliance.selectors.deliveries import takes_mail
from people.models import Employment, Membership, Site, StaffRole
from people.models.employment import EmploymentQuerySet


class Hearer(NamedTuple):
    """A staff user, or a manager by their membership; one of the two."""

    user_id: int | None = None
    manager_id: int | None = None


class Chain:
    """Who stands above people. Staff roles and sites of an organisation are read once: make one for a batch, not for longer."""

    def __init__(self) -> None:
        self._roles: dict[int, list[_Role]] = {}
        self._parents: dict[int, dict[int, int | None]] = {}

    def above(self, *, member: Membership, to: Collection[Recipient], at: datetime) -> list[Hearer]:
        """Return who is to hear, apart from the learner, of a step that names ``to``; each once.

        The manager is reached by the address that the employer gave, if it takes mail; the leads are those of the site where
        the person works, else of the nearest site above it; HR is that of the whole organisation. Where one step has nobody,
        the next one up hears in their place. A person never hears of herself in this way. ``member`` has the organisation
        loaded.
        """
        wanted = set(to) - {Recipient.LEARNER}
        if not wanted:
            return []
        day = local_date(at, member.organisation.time_zone)
        found: list[Hearer] = []
        if Recipient.MANAGER in wanted:
            manager = member.manager
            if manager is not None and takes_mail(manager) and _works(manager, day):
                found.append(Hearer(manager_id=manager.pk))
            else:
                wanted.add(Recipient.SITE_LEAD)
        if Recipient.SITE_LEAD in wanted:
            leads = self._leads(member, day)
            if not leads:
                wanted.add(Recipient.HR)
            found += [Hearer(user_id=it) for it in leads]
        if Recipient.HR in wanted:
            held = self._roles_for(member)
            hr = {it.user_id for it in held if it.kind == StaffRole.Kind.HR and it.site_id is None}
            found += [Hearer(user_id=it) for it in sorted(hr)]
        return list(dict.fromkeys(found))

    def _roles_for(self, member: Membership) -> list["_Role"]:
        """Return the roles of leads and HR who can be reached, but for the person's own."""
        key = member.organisation_id
        if key not in self._roles:
            roles = StaffRole.objects.filter(
                organisation=key,
                kind__in=(StaffRole.Kind.SITE_LEAD, StaffRole.Kind.HR),
                user__is_active=True,
                user__emailaddress__verified=True,
            )
            self._roles[key] = [_Role(*row) for row in roles.values_list("kind", "site_id", "user_id")]
        return [it for it in self._roles[key] if it.user_id != member.user_id]

    def _leads(self, member: Membership, day: date) -> list[int]:
        """Return the users who lead the nearest site at or above where the person works."""
        by_site: dict[int | None, set[int]] = {}
        for it in self._roles_for(member):
            if it.kind == StaffRole.Kind.SITE_LEAD:
                by_site.setdefault(it.site_id, set()).add(it.user_id)
        if not by_site:
            return []
        key = member.organisation_id
        if key not in self._parents:
            self._parents[key] = dict(Site.objects.filter(organisation=key).values_list("pk", "parent_id"))
        parents = self._parents[key]
        found: set[int] = set()
        for site in _jobs(member, day).values_list("site_id", flat=True):
            here: int | None = site
            passed: set[int] = set()
            while here is not None and here not in by_site and here not in passed:
                passed.add(here)
                here = parents.get(here)
            found |= by_site.get(here, set())
        return sorted(found)


class _Role(NamedTuple):
    kind: str
    site_id: int | None
    user_id: int


def _jobs(member: Membership, day: date) -> EmploymentQuerySet:
    jobs: EmploymentQuerySet = Employment.objects.covering(day).filter(membership=member)
    return jobs


def _works(member: Membership, day: date) -> bool:
    return _jobs(member, day).exists()
