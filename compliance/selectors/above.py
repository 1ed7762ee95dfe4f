"""Who stands above a person, for what a ladder lets them hear."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from certificates.validity import local_date
from compliance.ladder import Recipient
from compliance.selectors.deliveries import taking_mail
from people.models import Employment, Membership, Site, StaffRole


class Hearer(NamedTuple):
    """A staff user, or a manager by their membership; one of the two."""

    user_id: int | None = None
    manager_id: int | None = None


class Chain:
    """Who stands above people. Staff roles and sites of an organisation are read once: make one for a batch, not for longer."""

    def __init__(self) -> None:
        self._roles: dict[int, list[_Role]] = {}
        self._parents: dict[int, dict[int, int | None]] = {}

    def above(self, asked: Sequence[tuple[Membership, Collection[Recipient]]], *, at: datetime) -> list[list[Hearer]]:
        """Return for each person who is to hear, apart from the learner, of a step that names these; each once.

        The manager is reached by the address that the employer gave, if it takes mail; the leads are those of the site where
        the person works, else of the nearest site above it; HR is that of the whole organisation. Where one step has nobody,
        the next one up hears in their place. A person never hears of herself in this way. The memberships have their
        organisation loaded; how many they are changes no number of queries.
        """
        told = [(member, set(to) - {Recipient.LEARNER}) for member, to in asked]
        around = _around([member for member, wanted in told if wanted], at)
        return [self._above(member, wanted, around) if wanted else [] for member, wanted in told]

    def _above(self, member: Membership, wanted: set[Recipient], around: "_Around") -> list[Hearer]:
        found: list[Hearer] = []
        if Recipient.MANAGER in wanted:
            if member.manager_id in around.reached and around.sites(member.manager_id, of=member):
                found.append(Hearer(manager_id=member.manager_id))
            else:
                wanted.add(Recipient.SITE_LEAD)
        if Recipient.SITE_LEAD in wanted:
            leads = self._leads(member, around.sites(member.pk, of=member))
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

    def _leads(self, member: Membership, sites: Collection[int]) -> list[int]:
        """Return the users who lead the nearest site at or above ``sites``, where the person works."""
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
        for site in sites:
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


class _Around(NamedTuple):
    """Of people and their managers what it takes to say who hears: the keys of managers who take mail, and who works where."""

    days: dict[int, date]
    reached: set[int]
    jobs: dict[int, list[Employment]]

    def sites(self, key: int, *, of: Membership) -> set[int]:
        """Return the sites at which ``key`` works on the day that it is for ``of``."""
        day = self.days[of.pk]
        return {
            job.site_id
            for job in self.jobs.get(key, ())
            if job.starts_on <= day and (job.ends_on is None or day <= job.ends_on)
        }


def _around(members: Sequence[Membership], at: datetime) -> _Around:
    days = {it.pk: local_date(at, it.organisation.time_zone) for it in members}
    jobs: dict[int, list[Employment]] = {}
    if not members:
        return _Around(days, set(), jobs)
    managers = Membership.objects.filter(pk__in={it.manager_id for it in members if it.manager_id is not None})
    reached = taking_mail(managers)
    known = Employment.objects.current_knowledge().filter(membership__in=days.keys() | reached)
    known = known.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=min(days.values())), starts_on__lte=max(days.values())
    )
    for job in known.only("membership_id", "site_id", "starts_on", "ends_on"):
        jobs.setdefault(job.membership_id, []).append(job)
    return _Around(days, reached, jobs)
