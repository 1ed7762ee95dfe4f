"""Gathering the dated facts of people, a constant number of queries per batch, for the pure rule of standing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from certificates.models import Certificate, PriorLearning
from certificates.validity import local_date
from compliance.models import Adjustment, Requirement
from compliance.models import AnotherWay as AnotherWayFact
from compliance.standing import AnotherWay, Extension, Facts, HeldPeriod, Span, Waiver
from compliance.standing import Requirement as RequirementSpan
from courses.models import Enrolment
from people.models import Employment, Membership, Site

ONE_DAY = timedelta(days=1)

Stretch = tuple[date, date | None]
"""First day, and the day after the last one; None: no end known."""


@dataclass(frozen=True, slots=True)
class FactsOfMembership:
    """The facts of one person in one organisation, by the key of the certification; ``zone`` is their calendar."""

    membership: Membership
    zone: str
    by_certification: Mapping[int, Facts]


@dataclass(frozen=True, slots=True)
class _Job:
    """An employment as matching needs it; ``until`` is exclusive."""

    from_on: date
    until: date | None
    site_id: int
    role_id: int | None
    zone: str


def facts_of(memberships: Sequence[Membership], *, known_before: datetime | None = None) -> Iterator[FactsOfMembership]:
    """Yield the facts of ``memberships``, whose organisations are loaded.

    With ``known_before``, the facts as they were recorded before that instant (renewal, rule R20): what was entered,
    corrected, issued or revoked later is not known yet. The tree of sites and the courses of a certification carry no
    dates of their own, and are those of now.

    A certification concerns a person when a requirement reaches them at any time, or when they hold a certificate of
    it. The calendar is that of the site of the employment that began last, or will; the organisation's without any.
    """
    keys = [it.pk for it in memberships]
    jobs = _jobs(keys, known_before)
    personal, grouped = _requirements(keys, {it.organisation_id for it in memberships}, known_before)
    treed = {it.organisation_id for group in grouped.values() for it in group if it.site_id is not None}
    parents = dict(Site.objects.filter(organisation__in=treed).values_list("pk", "parent_id")) if treed else {}
    periods = _periods(keys, known_before)
    begun = _begun(keys, known_before)
    adjusted = _adjustments(keys, known_before)
    other_ways = _other_ways(keys, known_before)
    for membership in memberships:
        own = jobs[membership.pk]
        zone = own[-1].zone if own else membership.organisation.time_zone
        required: dict[int, list[RequirementSpan]] = defaultdict(list)
        for requirement in [*personal[membership.pk], *grouped[membership.organisation_id]]:
            required[requirement.certification_id] += _requirement_spans(requirement, own, parents)
        concerning = {key for key, spans in required.items() if spans} | periods[membership.pk].keys()
        employments = tuple(Span(start, end) for start, end in _joined([(job.from_on, job.until) for job in own]))
        mine = adjusted[membership.pk]
        yield FactsOfMembership(
            membership,
            zone,
            {
                key: Facts(
                    employments=employments,
                    requirements=tuple(_with_due_dates(required[key], mine[key].due_dates)),
                    periods=tuple(periods[membership.pk][key]),
                    cycles=tuple(Span(local_date(at, zone)) for at in begun[membership.pk][key]),
                    leaves=tuple(mine[None].leaves),
                    waivers=tuple(mine[key].waivers),
                    extensions=tuple(mine[key].extensions),
                    other_ways=tuple(other_ways[membership.pk][key]),
                    zone=zone,
                )
                for key in sorted(concerning)
            },
        )


def _known(facts: Any, before: datetime | None) -> Any:
    """Limit a queryset of append-only facts to those that hold by what is known now, or was known then."""
    return facts.current_knowledge() if before is None else facts.known_before(before)


def _jobs(keys: Sequence[int], known_before: datetime | None) -> dict[int, list[_Job]]:
    found: dict[int, list[_Job]] = defaultdict(list)
    known = _known(Employment.objects, known_before).filter(membership__in=keys).order_by("starts_on", "pk")
    columns = ("membership_id", "starts_on", "ends_on", "site_id", "role_id", "site__time_zone")
    for membership_id, starts_on, ends_on, site_id, role_id, zone in known.values_list(*columns):
        until = ends_on + ONE_DAY if ends_on else None
        found[membership_id].append(_Job(starts_on, until, site_id, role_id, zone))
    return found


def _requirements(
    keys: Sequence[int], organisations: set[int], known_before: datetime | None
) -> tuple[dict[int, list[Requirement]], dict[int, list[Requirement]]]:
    """Return the requirements of persons by membership, and those of groups by organisation."""
    personal: dict[int, list[Requirement]] = defaultdict(list)
    grouped: dict[int, list[Requirement]] = defaultdict(list)
    ours = Q(membership__in=keys) | Q(membership__isnull=True, organisation__in=organisations)
    for requirement in _known(Requirement.objects, known_before).filter(ours).order_by("pk"):
        if requirement.membership_id is not None:
            personal[requirement.membership_id].append(requirement)
        else:
            grouped[requirement.organisation_id].append(requirement)
    return personal, grouped


def _periods(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int, list[HeldPeriod]]]:
    """Return what people hold, by membership and certification. A replacement stands for what it replaced."""
    found: dict[int, dict[int, list[HeldPeriod]]] = defaultdict(lambda: defaultdict(list))
    held = Certificate.objects.filter(membership__in=keys)
    if known_before is None:
        held = held.filter(replaced_by__isnull=True)
    else:
        held = held.known_before(known_before)
    for certificate in held.order_by("pk"):
        assert certificate.membership_id is not None
        revoked = certificate.revoked_at is not None and (known_before is None or certificate.revoked_at < known_before)
        found[certificate.membership_id][certificate.certification_id].append(
            HeldPeriod(
                completed_on=min(certificate.completed_on, certificate.valid_from),
                valid_from=certificate.valid_from,
                valid_until=certificate.valid_until,
                window_opens_on=certificate.window_opens_on,
                grace_until=certificate.grace_until,
                revoked_on=certificate.revoked_on if revoked else None,
                revoked_reason=certificate.revocation_reason if revoked else "",
            )
        )
    accepted = _known(PriorLearning.objects, known_before).filter(membership__in=keys).order_by("pk")
    for evidence in accepted:
        found[evidence.membership_id][evidence.certification_id].append(
            HeldPeriod(
                completed_on=evidence.completed_on,
                valid_from=evidence.valid_from,
                valid_until=evidence.valid_until,
                window_opens_on=evidence.window_opens_on,
                grace_until=evidence.grace_until,
            )
        )
    return found


@dataclass(slots=True)
class _Adjusted:
    """What moves one obligation; leave is kept under the certification None."""

    leaves: list[Span] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    due_dates: list[Adjustment] = field(default_factory=list)


def _adjustments(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int | None, _Adjusted]]:
    found: dict[int, dict[int | None, _Adjusted]] = defaultdict(lambda: defaultdict(_Adjusted))
    for it in _known(Adjustment.objects, known_before).filter(membership__in=keys).order_by("from_on", "pk"):
        into = found[it.membership_id][it.certification_id]
        match it.kind:
            case Adjustment.Kind.LEAVE:
                into.leaves.append(Span(it.from_on, it.until))
            case Adjustment.Kind.WAIVER:
                into.waivers.append(Waiver(it.from_on, it.until, it.reason))
            case Adjustment.Kind.EXTENSION:
                into.extensions.append(Extension(it.from_on, it.until))
            case _:
                into.due_dates.append(it)
    return found


def _with_due_dates(
    requirements: Sequence[RequirementSpan], due_dates: Sequence[Adjustment]
) -> Iterator[RequirementSpan]:
    """Yield requirements with the due dates that somebody set, each from its own day on; before it, nothing moves."""
    parts = list(requirements)
    # An earlier due date is the earlier one of whatever is set, so what is set comes first.
    for it in sorted(due_dates, key=lambda each: each.kind == Adjustment.Kind.EARLIER):
        parts = [piece for part in parts for piece in _from_its_day(part, it)]
    yield from parts


def _from_its_day(part: RequirementSpan, set_date: Adjustment) -> Iterator[RequirementSpan]:
    day, due_on = set_date.from_on, set_date.due_on
    is_later = part.due_on is not None and due_on is not None and part.due_on <= due_on
    if (part.until is not None and part.until <= day) or (set_date.kind == Adjustment.Kind.EARLIER and is_later):
        yield part
        return
    if part.from_on < day:
        yield replace(part, until=day)
    yield replace(part, from_on=max(part.from_on, day), due_on=due_on, due_is_set=True)


def _other_ways(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int, list[AnotherWay]]]:
    """Return the days on which another way was asked for or agreed, by membership and certification."""
    found: dict[int, dict[int, list[AnotherWay]]] = defaultdict(lambda: defaultdict(list))
    for it in _known(AnotherWayFact.objects, known_before).filter(membership__in=keys).order_by("pk"):
        into = found[it.membership_id][it.certification_id]
        if it.answered_on is None or it.answered_on > it.asked_on:
            into.append(AnotherWay(it.asked_on, it.answered_on))
        if it.step == AnotherWayFact.Step.AGREED:
            into.append(AnotherWay(it.answered_on, it.until, agreed=True))
    return found


def _begun(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int, list[datetime]]]:
    """Return when people began courses, by membership and certification.

    That a course was completed does not end the cycle: the certificate does, which may ask for further courses.
    """
    found: dict[int, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    enrolments = Enrolment.objects.filter(membership__in=keys, course__certifications__isnull=False).order_by("pk")
    if known_before is not None:
        enrolments = enrolments.filter(opened_at__lt=known_before)
    columns = ("membership_id", "course__certifications", "opened_at")
    for membership_id, certification_id, opened_at in enrolments.values_list(*columns):
        found[membership_id][certification_id].append(opened_at)
    return found


def _requirement_spans(
    requirement: Requirement, jobs: Sequence[_Job], parents: Mapping[int, int | None]
) -> Iterator[RequirementSpan]:
    """Yield the stretches in which a requirement reaches a person; moving between sites that it covers is one."""
    stretches = _joined([(job.from_on, job.until) for job in jobs if _reaches(requirement, job, parents)])
    for number, (start, end) in enumerate(stretches):
        from_on = max(start, requirement.starts_on)
        until = min((it for it in (end, requirement.ends_on) if it is not None), default=None)
        if until is None or from_on < until:
            due_on = _due_on(requirement, start)
            yield RequirementSpan(from_on, until, id=f"{requirement.reference}:{number}", due_on=due_on)


def _due_on(requirement: Requirement, start: date) -> date:
    """Return the last good day of somebody whom the requirement reaches from ``start`` on.

    A newcomer's time runs from the first day, also where the general due date has passed. Whoever is named has the
    date that was set for them, unless it lies before they come.
    """
    came_later = start > requirement.starts_on
    if came_later and (requirement.membership_id is None or requirement.due_on < start):
        return start + timedelta(days=requirement.days_after_start)
    return requirement.due_on


def _reaches(requirement: Requirement, job: _Job, parents: Mapping[int, int | None]) -> bool:
    if requirement.membership_id is not None:
        return True
    if requirement.role_id is not None and requirement.role_id != job.role_id:
        return False
    return requirement.site_id is None or _lies_below(job.site_id, requirement.site_id, parents)


def _lies_below(site: int, top: int, parents: Mapping[int, int | None]) -> bool:
    """Whether ``site`` is ``top`` or below it; a ring of parents ends the search."""
    here: int | None = site
    passed: set[int] = set()
    while here is not None and here not in passed:
        if here == top:
            return True
        passed.add(here)
        here = parents.get(here)
    return False


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return half-open stretches in order, with touching and overlapping ones joined."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches, key=lambda it: it[0]):
        if joined and (joined[-1][1] is None or start <= joined[-1][1]):
            first, last_end = joined[-1]
            joined[-1] = (first, None if last_end is None or end is None else max(last_end, end))
        else:
            joined.append((start, end))
    return joined
