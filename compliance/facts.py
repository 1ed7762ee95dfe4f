"""Gathering the dated facts of people, a constant number of queries per batch, for the pure rule of standing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from certificates.models import Certificate
from compliance.models import Requirement
from compliance.standing import Facts, HeldPeriod, Span
from compliance.standing import Requirement as RequirementSpan
from courses.models import Enrolment
from people.models import Employment, Membership, Site

ONE_DAY = timedelta(days=1)
FALLBACK_ZONE = "UTC"


@dataclass(slots=True)
class FactsOfMembership:
    """The facts of one person in one organisation, by certification; ``zone`` is their site's calendar."""

    membership_id: int
    organisation_id: int
    zone: str
    by_certification: dict[int, Facts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Job:
    """An employment as matching needs it; ``until`` is exclusive."""

    from_on: date
    until: date | None
    site_id: int
    role_id: int | None


def facts_of(keys: Sequence[int]) -> Iterator[FactsOfMembership]:
    """Yield the facts of the memberships with these keys.

    A certification concerns a person when a requirement reaches them at any time, or when they hold a certificate of it.
    """
    memberships = Membership.objects.filter(pk__in=keys).select_related("organisation").order_by("pk")
    organisations = {it.organisation_id for it in memberships}
    parents, zones = {}, {}
    for pk, parent_id, zone in Site.objects.filter(organisation__in=organisations).values_list("pk", "parent_id", "time_zone"):
        parents[pk], zones[pk] = parent_id, zone
    jobs: dict[int, list[_Job]] = defaultdict(list)
    for job in Employment.objects.current_knowledge().filter(membership__in=keys).order_by("starts_on", "pk"):
        until = job.ends_on + ONE_DAY if job.ends_on else None
        jobs[job.membership_id].append(_Job(job.starts_on, until, job.site_id, job.role_id))
    personal: dict[int, list[Requirement]] = defaultdict(list)
    grouped: dict[int, list[Requirement]] = defaultdict(list)
    known = Requirement.objects.current_knowledge().filter(organisation__in=organisations)
    for requirement in known.filter(membership__in=keys).order_by("pk"):
        personal[requirement.membership_id].append(requirement)  # type: ignore[index]  # filtered to be set
    for requirement in known.filter(membership__isnull=True).order_by("pk"):
        grouped[requirement.organisation_id].append(requirement)
    held: dict[int, list[Certificate]] = defaultdict(list)
    for certificate in Certificate.objects.filter(membership__in=keys, replaced_by__isnull=True).order_by("pk"):
        held[certificate.membership_id].append(certificate)  # type: ignore[index]  # filtered to be set
    cycles: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    opened = Enrolment.objects.filter(membership__in=keys, completed_at__isnull=True).values_list(
        "membership_id", "opened_at", "course__certifications"
    )
    for membership_id, opened_at, certification_id in opened:
        if certification_id is not None:
            cycles[membership_id].append((certification_id, Span(opened_at.date())))

    for membership in memberships:
        own = jobs[membership.pk]
        zone = zones.get(own[-1].site_id, FALLBACK_ZONE) if own else membership.organisation.time_zone
        gathered = FactsOfMembership(membership.pk, membership.organisation_id, zone)
        required: dict[int, list[RequirementSpan]] = defaultdict(list)
        for requirement in [*personal[membership.pk], *grouped[membership.organisation_id]]:
            for span in _requirement_spans(requirement, own, parents):
                required[requirement.certification_id].append(span)
        periods: dict[int, list[HeldPeriod]] = defaultdict(list)
        for certificate in held[membership.pk]:
            periods[certificate.certification_id].append(_period(certificate))
        employments = tuple(Span(start, end) for start, end in _merged([(job.from_on, job.until) for job in own]))
        for certification_id in sorted(required.keys() | periods.keys()):
            gathered.by_certification[certification_id] = Facts(
                employments=employments,
                requirements=tuple(required[certification_id]),
                periods=tuple(periods[certification_id]),
                cycles=tuple(span for key, span in cycles[membership.pk] if key == certification_id),
                zone=zone,
            )
        yield gathered


def _period(certificate: Certificate) -> HeldPeriod:
    return HeldPeriod(
        completed_on=min(certificate.completed_on, certificate.valid_from),
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        window_opens_on=certificate.window_opens_on,
        grace_until=certificate.grace_until,
        revoked_on=certificate.revoked_on,
        revoked_reason=certificate.revocation_reason,
    )


def _reaches(requirement: Requirement, job: _Job, parents: dict[int, int | None]) -> bool:
    if requirement.membership_id is not None:
        return True
    if requirement.role_id is not None and requirement.role_id != job.role_id:
        return False
    if requirement.site_id is None:
        return True
    site: int | None = job.site_id
    seen: set[int] = set()
    while site is not None and site not in seen:
        if site == requirement.site_id:
            return True
        seen.add(site)
        site = parents.get(site)
    return False


def _requirement_spans(requirement: Requirement, jobs: list[_Job], parents: dict[int, int | None]) -> Iterator[RequirementSpan]:
    """Yield the stretches in which the requirement reaches the person; moving between sites it covers is one stretch."""
    stretches = _merged([(job.from_on, job.until) for job in jobs if _reaches(requirement, job, parents)])
    for number, (start, end) in enumerate(stretches):
        from_on = max(start, requirement.starts_on)
        ends = [it for it in (end, requirement.ends_on) if it is not None]
        until = min(ends) if ends else None
        if until is not None and until <= from_on:
            continue
        due_on = requirement.due_on
        if start > requirement.starts_on:
            # A newcomer's time runs from the first day, also when the general due date has passed.
            due_on = start + timedelta(days=requirement.days_after_start)
        yield RequirementSpan(from_on, until, id=f"{requirement.reference}:{number}", due_on=due_on)


def _merged(stretches: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Return half-open stretches sorted, with touching and overlapping ones joined."""
    joined: list[tuple[date, date | None]] = []
    for start, end in sorted(stretches, key=lambda it: it[0]):
        if joined and (joined[-1][1] is None or start <= joined[-1][1]):
            last_end = joined[-1][1]
            joined[-1] = (joined[-1][0], None if last_end is None or end is None else max(last_end, end))
        else:
            joined.append((start, end))
    return joined
