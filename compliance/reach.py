"""Whom requirements reach: employments and sites as conditions see them, loaded a constant number of queries a batch."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from compliance.conditions import Condition, JobFacts, matches, parse
from compliance.models import Requirement
from people.models import Employment, Site

ONE_DAY = timedelta(days=1)

Stretch = tuple[date, date | None]
"""First day, and the day after the last one; None: no end known."""


class Job(NamedTuple):
    """An employment as matching needs it; ``until`` is exclusive. All but the person can be the same for many."""

    membership_id: int
    organisation: str
    from_on: date
    until: date | None
    site_id: int
    zone: str
    role_id: int | None
    role: str
    role_tags: frozenset[str]
    employment_type: str
    hired_on: date | None
    rare: frozenset[str] = frozenset()
    """Which annotations of the query held: what kinds of rare facts there are about the person."""


def jobs_in(employments: QuerySet[Employment]) -> Iterator[Job]:
    """Yield employments in their order; one query."""
    columns = employments.values_list(
        "membership_id",
        "membership__organisation__code",
        "starts_on",
        "ends_on",
        "site_id",
        "site__time_zone",
        "role_id",
        "role__code",
        # As text: few roles are read for many people.
        Cast("role__tags", TextField()),
        "employment_type",
        "hired_on",
        *employments.query.annotations,
    )
    names = list(employments.query.annotations)
    for member, organisation, starts_on, ends_on, site, zone, role, code, tags, kind, hired_on, *rare in columns:
        until = ends_on + ONE_DAY if ends_on else None
        yield Job(
            member,
            organisation,
            starts_on,
            until,
            site,
            zone,
            role,
            code or "",
            _tags(tags),
            kind,
            hired_on,
            frozenset(name for name, holds in zip(names, rare, strict=True) if holds) if any(rare) else _NONE,
        )


_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def _tags(text: str | None) -> frozenset[str]:
    """Return the tags of a role from their JSON."""
    return frozenset(json.loads(text)) if text else _NONE


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    parent_id: int | None
    sector: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class _Above:
    """What a site is by itself and by the sites above it."""

    sites: frozenset[str]
    sector: str
    jurisdiction: str


class Reach:
    """Answers whether a requirement reaches an employment. Knows the sites of the organisations it was made for.

    ``jurisdictions`` and ``parents`` (by key of a site) and ``tags`` (by key of a role) stand in place of what is known.
    """

    def __init__(
        self,
        organisations: Iterable[int],
        *,
        jurisdictions: Mapping[int, str] | None = None,
        parents: Mapping[int, int | None] | None = None,
        tags: Mapping[int, frozenset[str]] | None = None,
    ) -> None:
        keys = list(organisations)
        self._tags = tags or {}
        columns = ("pk", "code", "parent_id", "sector", "jurisdiction")
        rows = Site.objects.filter(organisation__in=keys).values_list(*columns) if keys else ()
        self._places = {pk: _Place(*rest) for pk, *rest in rows}
        for pk, jurisdiction in (jurisdictions or {}).items():
            if pk in self._places:
                self._places[pk] = replace(self._places[pk], jurisdiction=jurisdiction)
        for pk, parent in (parents or {}).items():
            if pk in self._places:
                self._places[pk] = replace(self._places[pk], parent_id=parent)
        self._conditions: dict[int, Condition] = {}
        self._above: dict[int, _Above] = {}

    def reaches(self, requirement: Requirement, job: Job) -> bool:
        """Whether ``requirement`` concerns the person through this employment, on the days of both."""
        if requirement.membership_id is not None:
            return requirement.membership_id == job.membership_id
        if requirement.role_id is not None and requirement.role_id != job.role_id:
            return False
        if requirement.site_id is not None and requirement.site_id not in self._upwards(job.site_id):
            return False
        return requirement.conditions is None or matches(self._condition(requirement), self._job_facts(job))

    def jurisdiction_of(self, job: Job) -> str:
        """Return the state or province of the site; nothing where sites are not known."""
        return self._above_of(job.site_id).jurisdiction

    def _condition(self, requirement: Requirement) -> Condition:
        # One that is not saved has no key yet, and several of them may be asked about.
        key = requirement.pk or -id(requirement)
        if key not in self._conditions:
            self._conditions[key] = parse(requirement.conditions)
        return self._conditions[key]

    def _job_facts(self, job: Job) -> JobFacts:
        above = self._above_of(job.site_id)
        return JobFacts(
            organisation=job.organisation,
            sites=above.sites,
            role=job.role,
            role_tags=job.role_tags if job.role_id is None else self._tags.get(job.role_id, job.role_tags),
            sector=above.sector,
            jurisdiction=above.jurisdiction,
            employment_type=job.employment_type,
            hired_on=job.hired_on or job.from_on,
        )

    def _above_of(self, site: int) -> _Above:
        if site not in self._above:
            upwards = [self._places[key] for key in self._upwards(site) if key in self._places]
            self._above[site] = _Above(
                sites=frozenset(it.code for it in upwards),
                sector=next((it.sector for it in upwards if it.sector), ""),
                jurisdiction=upwards[0].jurisdiction if upwards else "",
            )
        return self._above[site]

    def _upwards(self, site: int) -> list[int]:
        """Return ``site`` and all above it; a ring of parents ends the search."""
        passed: list[int] = []
        here: int | None = site
        while here is not None and here not in passed:
            passed.append(here)
            place = self._places.get(here)
            here = place.parent_id if place else None
        return passed


def needs_sites(requirements: Iterable[Requirement]) -> set[int]:
    """Return the organisations whose sites ``Reach`` has to know to judge these requirements."""
    return {it.organisation_id for it in requirements if it.site_id is not None or it.conditions is not None}


def joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return half-open stretches in order, with touching and overlapping ones joined."""
    if len(stretches) < 2:
        return list(stretches)
    found: list[Stretch] = []
    for start, end in sorted(stretches, key=lambda it: it[0]):
        if found and (found[-1][1] is None or start <= found[-1][1]):
            first, last_end = found[-1]
            found[-1] = (first, None if last_end is None or end is None else max(last_end, end))
        else:
            found.append((start, end))
    return found
