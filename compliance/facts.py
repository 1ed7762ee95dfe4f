"""Gathering the dated facts of people, a constant number of queries per batch, for the pure rule of standing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from django.db.models import Exists, Model, OuterRef, Q

from certificates.models import Certificate, PriorLearning
from certificates.validity import Duration, local_date
from compliance.changes import RequirementChange
from compliance.due_dates import Bases, due_date, parse_due_rule
from compliance.ladder import Ladder, ladder_from_json
from compliance.models import Adjustment, Requirement
from compliance.models import AnotherWay as AnotherWayFact
from compliance.reach import Job, Reach, jobs_in, joined, needs_sites
from compliance.standing import AnotherWay, Extension, Facts, HeldPeriod, NewContent, Span, Waiver
from compliance.standing import Requirement as RequirementSpan
from courses.models import Completion, Edition, Enrolment
from people.models import Employment, Licence, Membership

ASKING = (Edition.Severity.DELTA, Edition.Severity.RETRAIN_BY)
"""Severities of a release that ask something of whoever holds a certificate."""
ADDITION_DAYS = 30
"""How many days an addition to a course may wait."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """One completion: which edition of which course, and when."""

    public_id: str
    course_id: int
    number: int
    completed_on: date


@dataclass(frozen=True, slots=True)
class FactsOfMembership:
    """The facts of one person in one organisation, by the key of the certification; ``zone`` is their calendar."""

    membership: Membership
    zone: str
    by_certification: Mapping[int, Facts]
    ladders: Mapping[str, Ladder]
    """By the reference of the requirement, for those that have one of their own."""


def facts_of(
    memberships: Sequence[Membership],
    *,
    known_before: datetime | None = None,
    change: RequirementChange | None = None,
) -> Iterator[FactsOfMembership]:
    """Yield the facts of ``memberships``, whose organisations are loaded.

    With ``known_before``, the facts as they were recorded before that instant (renewal, rule R20): what was entered,
    corrected, issued or revoked later is not known yet. The tree of sites and the courses of a certification carry no
    dates of their own, and are those of now.

    With ``change``, the facts as they would be with it.

    A certification concerns a person when a requirement reaches them at any time, or when they hold a certificate of
    it. The calendar is that of the site of the employment that began last, or will; the organisation's without any.
    """
    keys = [it.pk for it in memberships]
    jobs = _jobs(keys, known_before)
    zones = {it.pk: jobs[it.pk][-1].zone if jobs[it.pk] else it.organisation.time_zone for it in memberships}
    personal, grouped = _requirements(keys, {it.organisation_id for it in memberships}, known_before, change)
    everything = [it for asked in (personal, grouped) for group in asked.values() for it in group]
    reach = Reach(needs_sites(everything))
    licences = _licences(keys, known_before) if any(it.licence_kind for it in everything) else {}
    rare = _rare(keys, jobs)
    periods = _periods(keys, rare.taught_elsewhere, known_before, zones)
    begun = _begun(keys, known_before)
    adjusted = _adjustments(rare.adjusted, known_before)
    other_ways = _other_ways(rare.asked, known_before)
    for membership in memberships:
        own = jobs[membership.pk]
        zone = zones[membership.pk]
        required: dict[int, list[RequirementSpan]] = defaultdict(list)
        for requirement in [*personal[membership.pk], *grouped[membership.organisation_id]]:
            required[requirement.certification_id] += _requirement_spans(
                requirement, own, reach, licences.get(membership.pk, ())
            )
        concerning = {key for key, spans in required.items() if spans} | periods[membership.pk].keys()
        employments = tuple(Span(start, end) for start, end in joined([(job.from_on, job.until) for job in own]))
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
            {
                str(it.reference): ladder_from_json(it.ladder)
                for it in [*personal[membership.pk], *grouped[membership.organisation_id]]
                if it.ladder is not None
            },
        )


def _known(facts: Any, before: datetime | None) -> Any:
    """Limit a queryset of append-only facts to those that hold by what is known now, or was known then."""
    return facts.current_knowledge() if before is None else facts.known_before(before)


def _jobs(keys: Sequence[int], known_before: datetime | None) -> dict[int, list[Job]]:
    found: dict[int, list[Job]] = defaultdict(list)
    known = _known(Employment.objects, known_before).filter(membership__in=keys).order_by("starts_on", "pk")
    for job in jobs_in(known.annotate(**{name: _has(model) for name, model in _RARE.items()})):
        found[job.membership_id].append(job)
    return found


_RARE: dict[str, type[Model]] = {
    "adjusted": Adjustment,
    "asked": AnotherWayFact,
    "taught_elsewhere": PriorLearning,
}
"""Facts that most people have none of: whoever is known to have none costs no query for them."""


def _has(model: type[Model]) -> Exists:
    return Exists(model._default_manager.filter(membership=OuterRef("membership")))


class _Rare(NamedTuple):
    """The memberships that may have facts of each rare kind."""

    adjusted: list[int]
    asked: list[int]
    taught_elsewhere: list[int]


def _rare(keys: Sequence[int], jobs: Mapping[int, list[Job]]) -> _Rare:
    """Return who may have rare facts: the employments said so, or there is none that could say."""
    return _Rare(*([key for key in keys if not jobs[key] or name in jobs[key][0].rare] for name in _RARE))


def _licences(keys: Sequence[int], known_before: datetime | None) -> dict[int, list[tuple[str, date]]]:
    """Return by membership which kinds of licences are to be renewed when, the soonest first."""
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    known = _known(Licence.objects, known_before).filter(membership__in=keys).order_by("renews_on", "pk")
    for membership_id, kind, renews_on in known.values_list("membership_id", "kind", "renews_on"):
        found[membership_id].append((kind, renews_on))
    return found


def _requirements(
    keys: Sequence[int], organisations: set[int], known_before: datetime | None, change: RequirementChange | None
) -> tuple[dict[int, list[Requirement]], dict[int, list[Requirement]]]:
    """Return the requirements of persons by membership, and those of groups by organisation."""
    personal: dict[int, list[Requirement]] = defaultdict(list)
    grouped: dict[int, list[Requirement]] = defaultdict(list)
    ours = Q(membership__in=keys) | Q(membership__isnull=True, organisation__in=organisations)
    asked = list(_known(Requirement.objects, known_before).filter(ours).order_by("pk"))
    if change is not None:
        asked = [it for it in asked if it.pk not in change.removed] + list(change.added)
    for requirement in asked:
        if requirement.membership_id is not None:
            personal[requirement.membership_id].append(requirement)
        else:
            grouped[requirement.organisation_id].append(requirement)
    return personal, grouped


def _periods(
    keys: Sequence[int], taught_elsewhere: Sequence[int], known_before: datetime | None, zones: Mapping[int, str]
) -> dict[int, dict[int, list[HeldPeriod]]]:
    """Return what people hold, by membership and certification. A replacement stands for what it replaced."""
    found: dict[int, dict[int, list[HeldPeriod]]] = defaultdict(lambda: defaultdict(list))
    held = Certificate.objects.filter(membership__in=keys)
    if known_before is None:
        held = held.filter(replaced_by__isnull=True)
    else:
        held = held.known_before(known_before)
    # What is asked by no release costs no query of its own.
    asking = Edition.objects.filter(course__certifications=OuterRef("certification"), severity__in=ASKING)
    certificates = list(held.annotate(is_asked=Exists(asking)).order_by("pk"))
    newer = _NewerContent(keys if any(it.is_asked for it in certificates) else [], known_before)
    for certificate in certificates:
        assert certificate.membership_id is not None
        revoked_at, revoked_on = certificate.revoked_at, certificate.revoked_on
        if revoked_at is None or (known_before is not None and revoked_at >= known_before):
            revoked_on = None
        completed_on = min(certificate.completed_on, certificate.valid_from)
        found[certificate.membership_id][certificate.certification_id].append(
            HeldPeriod(
                completed_on=completed_on,
                valid_from=certificate.valid_from,
                valid_until=certificate.valid_until,
                window_opens_on=certificate.window_opens_on,
                grace_until=certificate.grace_until,
                # A device whose clock was ahead may have dated the completion after the revocation.
                revoked_on=max(revoked_on, completed_on) if revoked_on else None,
                revoked_reason=certificate.revocation_reason if revoked_on else "",
                newer=newer.of(certificate, zones[certificate.membership_id]),
            )
        )
    if not taught_elsewhere:
        return found
    accepted = _known(PriorLearning.objects, known_before).filter(membership__in=taught_elsewhere).order_by("pk")
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


class _NewerContent:
    """What released editions ask of those who hold certificates of earlier ones (renewal, rule R15).

    Two queries, and none without ``keys``.
    """

    def __init__(self, keys: Sequence[int], known_before: datetime | None) -> None:
        asking = Edition.objects.filter(severity__in=ASKING)
        learnt = Completion.objects.filter(membership__in=keys)
        if known_before is not None:
            asking = asking.filter(released_at__lt=known_before)
            learnt = learnt.filter(recorded_at__lt=known_before)
        self._asking = list(asking.order_by("released_at", "pk")) if keys else []
        self._learnt: dict[int, list[_Learnt]] = defaultdict(list)
        if self._asking:
            rows = learnt.filter(course__in={it.course_id for it in self._asking}).order_by("completed_on", "pk")
            columns = ("membership_id", "public_id", "course_id", "edition_text__edition__number", "completed_on")
            for membership_id, public_id, course_id, number, completed_on in rows.values_list(*columns):
                self._learnt[membership_id].append(_Learnt(str(public_id), course_id, number, completed_on))

    def of(self, certificate: Certificate, zone: str) -> tuple[NewContent, ...]:
        """Return what is asked of the holder of ``certificate``, by the completions that it rests on."""
        if not self._asking or certificate.membership_id is None:
            return ()
        learnt = self._learnt[certificate.membership_id]
        resting_on = {it.course_id: it.number for it in learnt if it.public_id in certificate.completion_ids}
        found = []
        for edition in self._asking:
            held = resting_on.get(edition.course_id)
            if held is None or held >= edition.number:
                continue
            released_on = local_date(edition.released_at, zone)
            addition = edition.severity == Edition.Severity.DELTA
            newer = (it for it in learnt if it.course_id == edition.course_id and it.number >= edition.number)
            found.append(
                NewContent(
                    from_on=released_on,
                    by=edition.retrain_by or released_on + timedelta(days=ADDITION_DAYS),
                    done_on=min((it.completed_on for it in newer), default=None),
                    addition=addition,
                )
            )
        return tuple(found)


@dataclass(slots=True)
class _Adjusted:
    """What moves one obligation; leave is kept under the certification None."""

    leaves: list[Span] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    due_dates: list[Adjustment] = field(default_factory=list)


def _adjustments(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int | None, _Adjusted]]:
    found: dict[int, dict[int | None, _Adjusted]] = defaultdict(lambda: defaultdict(_Adjusted))
    if not keys:
        return found
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
    yield replace(part, from_on=max(part.from_on, day), due_on=due_on, due_by="set")


def _other_ways(keys: Sequence[int], known_before: datetime | None) -> dict[int, dict[int, list[AnotherWay]]]:
    """Return the days on which another way was asked for or agreed, by membership and certification."""
    found: dict[int, dict[int, list[AnotherWay]]] = defaultdict(lambda: defaultdict(list))
    if not keys:
        return found
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
    requirement: Requirement, jobs: Sequence[Job], reach: Reach, licences: Sequence[tuple[str, date]]
) -> Iterator[RequirementSpan]:
    """Yield the stretches in which a requirement reaches a person; moving between sites that it covers is one."""
    reaching = [job for job in jobs if reach.reaches(requirement, job)]
    for number, (start, end) in enumerate(joined([(job.from_on, job.until) for job in reaching])):
        from_on = max(start, requirement.starts_on)
        until = min((it for it in (end, requirement.ends_on) if it is not None), default=None)
        if until is not None and until <= from_on:
            continue
        due_on = _due_on(requirement, start)
        due_by: Literal["rule", "default"] = "rule"
        if requirement.due_rule is not None:
            bases = _bases(requirement, next(job for job in reaching if job.from_on == start), jobs, from_on, licences)
            due_on = due_date(parse_due_rule(requirement.due_rule), bases)
            if due_on is None and requirement.default_due_on is not None:
                due_on, due_by = requirement.default_due_on, "default"
        yield RequirementSpan(
            from_on,
            until,
            id=f"{requirement.reference}:{number}",
            label=requirement.label,
            due_on=due_on,
            recurs=Duration.parse(requirement.recurs) if requirement.recurs else None,
            due_by=due_by,
        )


def _due_on(requirement: Requirement, start: date) -> date | None:
    """Return the last good day, without a rule, of somebody whom the requirement reaches from ``start`` on.

    A newcomer's time runs from the first day, also where the general due date has passed. Whoever is named has the
    date that was set for them, unless it lies before they come.
    """
    due_on = requirement.due_on
    came_later = start > requirement.starts_on
    if due_on is not None and came_later and (requirement.membership_id is None or due_on < start):
        return start + timedelta(days=requirement.days_after_start)
    return due_on


def _bases(
    requirement: Requirement,
    first: Job,
    jobs: Sequence[Job],
    from_on: date,
    licences: Sequence[tuple[str, date]],
) -> Bases:
    """Return the dates from which the rule counts, for the stretch that ``first`` begins."""
    same_role = [job for job in jobs if job.role_id == first.role_id]
    renewals = [day for kind, day in licences if kind == requirement.licence_kind and day >= from_on]
    return Bases(
        hire=first.hired_on or _beginning(jobs, first.from_on),
        role_start=_beginning(same_role, first.from_on),
        requirement_start=from_on,
        licence_renewal=renewals[0] if renewals else None,
    )


def _beginning(jobs: Sequence[Job], day: date) -> date:
    """Return the first day of the unbroken stretch of ``jobs`` that covers ``day``."""
    stretches = joined([(job.from_on, job.until) for job in jobs])
    return max(start for start, _end in stretches if start <= day)
