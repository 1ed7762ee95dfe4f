"""Gathering the dated facts of people, a constant number of queries per batch, for the pure rule of standing."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from certificates.models import Certificate, PriorLearning
from certificates.validity import local_date
from compliance.changes import RequirementChange
from compliance.due_dates import Bases, due_date, parse_due_rule
from compliance.ladder import Ladder, ladder_from_json
from compliance.models import Adjustment, CountingPolicy, Requirement
from compliance.models import AnotherWay as AnotherWayFact
from compliance.reach import Job, Reach, jobs_in, joined, needs_sites
from compliance.recurrence import EachRenewal, Recurs, parse_recurs
from compliance.standing import (
    AnotherWay,
    Extension,
    Facts,
    HeldPeriod,
    NewContent,
    PolicyChange,
    Span,
    StandingPolicy,
    Waiver,
)
from compliance.standing import Requirement as RequirementSpan
from courses.models import Completion, Edition, Enrolment
from people.bulk import set_of
from people.models import Employment, Licence, Membership, Organisation

ASKING = (Edition.Severity.DELTA, Edition.Severity.RETRAIN_BY)
"""Severities of a release that ask something of whoever holds a certificate."""
ADDITION_DAYS = 30
"""How many days an addition to a course may wait."""

_Among: TypeAlias = Sequence[int] | RawSQL | QuerySet[Membership]
"""Whose facts a query is to find: memberships by their keys, or any that hold them."""


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
    """By the reference of the requirement, for those in the organisation that have one of their own."""


class Whom(NamedTuple):
    """A membership as gathering needs it: its key, its organisation, and the calendar of who has no site."""

    pk: int
    organisation_id: int
    time_zone: str


def facts_of(
    memberships: Sequence[Membership],
    *,
    known_before: datetime | None = None,
) -> Iterator[FactsOfMembership]:
    """Yield the facts of ``memberships``, whose organisations are loaded.

    With ``known_before``, the facts as they were recorded before that instant (renewal, rule R20): what was entered,
    corrected, issued or revoked later is not known yet. The tree of sites and the courses of a certification carry no
    dates of their own, and are those of now.

    A certification concerns a person when a requirement reaches them at any time, or when they hold a certificate of
    it. The calendar is that of the site of the employment that began last, or will; the organisation's without any.
    """
    people = [Whom(it.pk, it.organisation_id, it.organisation.time_zone) for it in memberships]
    for membership, gathered in zip(memberships, gather(people, known_before=known_before), strict=True):
        yield FactsOfMembership(membership, *gathered)


class Gathered(NamedTuple):
    """What ``FactsOfMembership`` says, of somebody whose key is known."""

    zone: str
    by_certification: Mapping[int, Facts]
    ladders: Mapping[str, Ladder]


def gather(
    people: Sequence[Whom], *, known_before: datetime | None = None, released: Edition | None = None
) -> Iterator[Gathered]:
    """Yield for each of ``people`` what ``facts_of`` says of them; ``released``: as if this unsaved edition were too."""
    among = set_of([it.pk for it in people])
    asked = _requirements(people, among, known_before)
    loaded, asking = _Loaded(people, among, asked, known_before, released=released), _Asking(asked)
    for whom in people:
        required = loaded.required(whom, asking)
        concerning = sorted(required.keys() | loaded.periods.get(whom.pk, {}).keys())
        yield Gathered(
            loaded.zones[whom.pk],
            {key: loaded.facts(whom, key, required.get(key, ())) for key in concerning},
            asking.ladders,
        )


class Asked(NamedTuple):
    """The facts of somebody of whom something is asked at some time, and the ladders by reference of requirement."""

    facts: Facts
    ladders: Mapping[str, Ladder]


class _Stretches(NamedTuple):
    """When people with the same employments and licences are asked: by what stays, by what ends, by what is new.

    ``staying`` is ``kept`` as it would be, where the change moves who fulfils conditions.
    """

    kept: list[RequirementSpan]
    was: list[RequirementSpan]
    will: list[RequirementSpan]
    staying: list[RequirementSpan]


def facts_before_and_after(
    keys: Sequence[int],
    *,
    organisation: Organisation,
    change: RequirementChange,
    certification_id: int,
    batch: int,
) -> Iterator[tuple[int, Asked | None, Asked | None]]:
    """Yield the facts about one certification of the memberships ``keys``, as they are and as they would be with ``change``.

    ``keys`` are sorted, and all of ``organisation``; ``batch`` of them are read at once. None: nothing is ever asked.
    What the change does not touch is read once, and is the same object twice.
    """
    asked = list(
        Requirement.objects.current_knowledge()
        .filter(organisation=organisation, certification=certification_id)
        .order_by("pk")
    )
    staying = _Asking(it for it in asked if it.pk not in change.removed)
    leaving = _Asking(it for it in asked if it.pk in change.removed)
    coming = _Asking(change.added)
    ladders_before, ladders_after = staying.ladders | leaving.ladders, staying.ladders | coming.ladders
    personal = {key for part in (staying, leaving, coming) for key in part.personal}
    organisations = needs_sites([*asked, *change.added])
    reach = Reach(organisations)
    parts = [(staying, reach), (leaving, reach), (coming, reach)]
    if change.moves_people:
        moved = Reach(organisations, jurisdictions=change.jurisdictions, parents=change.parents, tags=change.tags)
        parts[2:] = [(coming, moved), (staying, moved)]
    known: dict[object, _Stretches] = {}
    for start in range(0, len(keys), batch):
        people = [Whom(key, organisation.pk, organisation.time_zone) for key in keys[start : start + batch]]
        # A range says in two values what a list says in one each.
        among = Membership.objects.filter(organisation=organisation, pk__range=(people[0].pk, people[-1].pk))
        loaded = _Loaded(people, among.order_by(), [*asked, *change.added], None, certification_id, reach)
        if len(known) > _SHAPES:
            known.clear()
        for whom in people:
            shape = None if whom.pk in personal else loaded.shape(whom)
            stretches = known.get(shape) if shape is not None else None
            if stretches is None:
                found = [loaded.required(whom, it, by).get(certification_id, []) for it, by in parts]
                kept, was, will = found[:3]
                stretches = _Stretches(kept, was, will, found[3] if len(found) > 3 else kept)
                if shape is not None:
                    known[shape] = stretches
            kept, was, will, still = stretches
            before = _asked_of(loaded, whom, certification_id, kept + was, ladders_before)
            same = was == will and kept == still and ladders_before == ladders_after
            after = before if same else _asked_of(loaded, whom, certification_id, still + will, ladders_after)
            yield whom.pk, before, after


_SHAPES = 10_000
"""So many different combinations of employments are remembered with what is asked in them."""


def _asked_of(
    loaded: "_Loaded",
    whom: "Whom",
    certification_id: int,
    required: Sequence[RequirementSpan],
    ladders: Mapping[str, Ladder],
) -> Asked | None:
    if not required:
        return None
    return Asked(loaded.facts(whom, certification_id, required), ladders)


class _Asking:
    """Requirements by whom they name: ``personal`` by membership, ``grouped`` by organisation."""

    def __init__(self, requirements: Iterable[Requirement]) -> None:
        self.personal: dict[int, list[Requirement]] = {}
        self.grouped: dict[int, list[Requirement]] = {}
        self.ladders: dict[str, Ladder] = {}
        for it in requirements:
            if it.membership_id is not None:
                self.personal.setdefault(it.membership_id, []).append(it)
            else:
                self.grouped.setdefault(it.organisation_id, []).append(it)
            if it.ladder is not None:
                self.ladders[str(it.reference)] = ladder_from_json(it.ladder)

    def of(self, whom: Whom) -> Sequence[Requirement]:
        """Return what may reach a person."""
        grouped = self.grouped.get(whom.organisation_id, [])
        own = self.personal.get(whom.pk)
        return own + grouped if own else grouped


class _Loaded:
    """All about ``people`` but what is asked of them; ``asked`` says what may be. A constant number of queries.

    ``among`` finds them in queries: their keys, or memberships that they are among.
    """

    def __init__(
        self,
        people: Sequence[Whom],
        among: _Among,
        asked: Sequence[Requirement],
        known_before: datetime | None,
        certification_id: int | None = None,
        reach: Reach | None = None,
        released: Edition | None = None,
    ) -> None:
        self.jobs = _jobs(among, known_before)
        self.zones = {it.pk: self.jobs[it.pk][-1].zone if it.pk in self.jobs else it.time_zone for it in people}
        self.reach = reach or Reach(needs_sites(asked))
        self.licences = _licences(among, known_before) if any(it.licence_kind for it in asked) else {}
        rare = _rare(people, self.jobs)
        self.periods = _periods(among, rare.taught_elsewhere, known_before, self.zones, certification_id, released)
        self.begun = _begun(among, known_before, certification_id)
        self.adjusted = _adjustments(rare.adjusted, known_before)
        self.other_ways = _other_ways(rare.asked, known_before)
        counted = set(rare.counted)
        self.policies = _policies({it.organisation_id for it in people if it.pk in counted}, known_before)
        self._at_work: dict[object, tuple[Span, ...]] = {}

    def shape(self, whom: Whom) -> object:
        """Return what people of whom a group's requirements ask the same have in common."""
        jobs = self.jobs.get(whom.pk, ())
        return tuple([job[1:] for job in jobs]), tuple(self.licences.get(whom.pk, ()))

    def required(self, whom: Whom, asking: _Asking, reach: Reach | None = None) -> dict[int, list[RequirementSpan]]:
        """Return the stretches in which something is asked of a person, by certification."""
        found: dict[int, list[RequirementSpan]] = {}
        jobs, licences = self.jobs.get(whom.pk, ()), self.licences.get(whom.pk, ())
        for requirement in asking.of(whom):
            if reached := list(_requirement_spans(requirement, jobs, reach or self.reach, licences)):
                found.setdefault(requirement.certification_id, []).extend(reached)
        return found

    def facts(self, whom: Whom, certification_id: int, required: Sequence[RequirementSpan]) -> Facts:
        """Return the facts of a person about one certification, if this is ``required``."""
        pk, key = whom.pk, certification_id
        zone = self.zones[pk]
        adjusted = self.adjusted.get(pk)
        mine = adjusted[key] if adjusted else _NOT_ADJUSTED
        return Facts(
            employments=self._employments(pk),
            requirements=tuple(_with_due_dates(required, mine.due_dates) if mine.due_dates else required),
            periods=tuple(self.periods[pk].get(key, ())) if pk in self.periods else (),
            cycles=tuple(Span(local_date(at, zone)) for at in self.begun[pk].get(key, ())) if pk in self.begun else (),
            leaves=tuple(adjusted[None].leaves) if adjusted else (),
            waivers=tuple(mine.waivers),
            extensions=tuple(mine.extensions),
            other_ways=tuple(self.other_ways[pk].get(key, ())) if pk in self.other_ways else (),
            policy_changes=self.policies.get(whom.organisation_id, ()),
            zone=zone,
        )

    def _employments(self, pk: int) -> tuple[Span, ...]:
        """Return when somebody is at work; whoever is so on the same days shares one object."""
        stretches = tuple([(job.from_on, job.until) for job in self.jobs.get(pk, ())])
        found = self._at_work.get(stretches)
        if found is None:
            found = self._at_work[stretches] = tuple(Span(start, end) for start, end in joined(stretches))
        return found


def _known(facts: Any, before: datetime | None) -> Any:
    """Limit a queryset of append-only facts to those that hold by what is known now, or was known then."""
    return facts.current_knowledge() if before is None else facts.known_before(before)


def _jobs(keys: _Among, known_before: datetime | None) -> dict[int, list[Job]]:
    found: dict[int, list[Job]] = defaultdict(list)
    known = _known(Employment.objects, known_before).filter(membership__in=keys).order_by("starts_on", "pk")
    for job in jobs_in(known.annotate(**{name: Exists(rows) for name, rows in _RARE.items()})):
        found[job.membership_id].append(job)
    return found


_THEIRS = {"membership": OuterRef("membership")}
_RARE: dict[str, QuerySet[Any]] = {
    "adjusted": Adjustment.objects.filter(**_THEIRS),
    "asked": AnotherWayFact.objects.filter(**_THEIRS),
    "taught_elsewhere": PriorLearning.objects.filter(**_THEIRS),
    "counted": CountingPolicy.objects.filter(organisation=OuterRef("membership__organisation")),
}
"""Facts that most people have none of: whoever is known to have none costs no query for them."""


class _Rare(NamedTuple):
    """The memberships that may have facts of each rare kind."""

    adjusted: list[int]
    asked: list[int]
    taught_elsewhere: list[int]
    counted: list[int]


def _rare(people: Sequence[Whom], jobs: Mapping[int, list[Job]]) -> _Rare:
    """Return who may have rare facts: the employments said so, or there is none that could say."""
    maybe = [(it.pk, jobs[it.pk][0].rare if it.pk in jobs else _RARE) for it in people]
    maybe = [(key, names) for key, names in maybe if names]
    return _Rare(*([key for key, names in maybe if name in names] for name in _RARE))


def _licences(keys: _Among, known_before: datetime | None) -> dict[int, list[tuple[str, date]]]:
    """Return by membership which kinds of licences are to be renewed when, the soonest first."""
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    known = _known(Licence.objects, known_before).filter(membership__in=keys).order_by("renews_on", "pk")
    for membership_id, kind, renews_on in known.values_list("membership_id", "kind", "renews_on"):
        found[membership_id].append((kind, renews_on))
    return found


def _requirements(people: Sequence[Whom], among: _Among, known_before: datetime | None) -> list[Requirement]:
    """Return the requirements of these persons, and those of groups in their organisations."""
    organisations = {it.organisation_id for it in people}
    ours = Q(membership__in=among) | Q(membership__isnull=True, organisation__in=organisations)
    return list(_known(Requirement.objects, known_before).filter(ours).order_by("pk"))


class _Held(NamedTuple):
    """Of a certificate what a period takes, in the order in which it is read.

    ``completions`` are the ids of what it rests on, as JSON that few of them need; ``is_asked``: a release may ask more.
    """

    membership_id: int | None
    certification_id: int
    completions: str
    completed_on: date
    valid_from: date
    valid_until: date
    window_opens_on: date
    grace_until: date
    revoked_at: datetime | None
    revoked_on: date | None
    revocation_reason: str
    is_asked: bool


def _periods(
    keys: _Among,
    taught_elsewhere: Sequence[int],
    known_before: datetime | None,
    zones: Mapping[int, str],
    certification_id: int | None,
    released: Edition | None,
) -> dict[int, dict[int, list[HeldPeriod]]]:
    """Return what people hold, by membership and certification. A replacement stands for what it replaced."""
    found: dict[int, dict[int, list[HeldPeriod]]] = defaultdict(lambda: defaultdict(list))
    only = {} if certification_id is None else {"certification": certification_id}
    held = Certificate.objects.filter(membership__in=keys, **only)
    if known_before is None:
        held = held.filter(replaced_by__isnull=True)
    else:
        held = held.known_before(known_before)
    # What is asked by no release costs no query of its own.
    asking = Edition.objects.filter(course__certifications=OuterRef("certification"), severity__in=ASKING)
    annotated = held.annotate(is_asked=Exists(asking), completions=Cast("completion_ids", TextField()))
    rows = annotated.order_by("pk").values_list(*_Held._fields)
    certificates = [_Held(*row) for row in rows]
    is_asked = released is not None or any(it.is_asked for it in certificates)
    newer = _NewerContent(keys if is_asked else None, known_before, released)
    for certificate in certificates:
        if certificate.membership_id is None or certificate.membership_id not in zones:
            continue
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
    accepted = (
        _known(PriorLearning.objects, known_before).filter(membership__in=taught_elsewhere, **only).order_by("pk")
    )
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

    Two queries, and none where ``keys`` is None.
    """

    def __init__(self, keys: _Among | None, known_before: datetime | None, released: Edition | None) -> None:
        asking = Edition.objects.filter(severity__in=ASKING)
        learnt = Completion.objects.filter(membership__in=() if keys is None else keys)
        if known_before is not None:
            asking = asking.filter(released_at__lt=known_before)
            learnt = learnt.filter(recorded_at__lt=known_before)
        self._asking = list(asking.order_by("released_at", "pk")) if keys is not None else []
        if released is not None and released.severity in ASKING:
            self._asking.append(released)
        self._learnt: dict[int, list[_Learnt]] = defaultdict(list)
        if self._asking:
            rows = learnt.filter(course__in={it.course_id for it in self._asking}).order_by("completed_on", "pk")
            columns = ("membership_id", "public_id", "course_id", "edition_text__edition__number", "completed_on")
            for membership_id, public_id, course_id, number, completed_on in rows.values_list(*columns):
                self._learnt[membership_id].append(_Learnt(str(public_id), course_id, number, completed_on))

    def of(self, certificate: _Held, zone: str) -> tuple[NewContent, ...]:
        """Return what is asked of the holder of ``certificate``, by the completions that it rests on."""
        if not self._asking or certificate.membership_id is None:
            return ()
        learnt = self._learnt[certificate.membership_id]
        ids = json.loads(certificate.completions)
        resting_on = {it.course_id: it.number for it in learnt if it.public_id in ids}
        found = []
        for edition in self._asking:
            held = resting_on.get(edition.course_id)
            if held is None or held >= edition.number:
                continue
            released_on = local_date(edition.released_at, zone)
            addition = edition.severity == Edition.Severity.DELTA
            # Who finishes on the old edition after it has as long as everybody.
            counts_from = max(released_on, certificate.completed_on)
            newer = (it for it in learnt if it.course_id == edition.course_id and it.number >= edition.number)
            found.append(
                NewContent(
                    from_on=released_on,
                    by=edition.retrain_by or counts_from + timedelta(days=ADDITION_DAYS),
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


_NOT_ADJUSTED = _Adjusted()


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


def _policies(organisations: Collection[int], known_before: datetime | None) -> dict[int, tuple[PolicyChange, ...]]:
    """Return what organisations decided about counting, by the day from which it holds; most have decided nothing."""
    if not organisations:
        return {}
    rows = CountingPolicy.objects.filter(organisation__in=organisations)
    if known_before is not None:
        rows = rows.known_before(known_before)
    found: dict[int, dict[date, StandingPolicy]] = defaultdict(dict)
    for row in rows.order_by("from_on", "pk"):
        found[row.organisation_id][row.from_on] = policy_of(row)
    return {key: tuple(PolicyChange(*it) for it in by_day.items()) for key, by_day in found.items()}


def policy_on(organisation: Organisation, on: date) -> StandingPolicy:
    """Return what ``organisation`` has decided about counting for a day."""
    row = CountingPolicy.objects.filter(organisation=organisation, from_on__lte=on).order_by("from_on", "pk").last()
    return StandingPolicy() if row is None else policy_of(row)


def policy_of(row: CountingPolicy) -> StandingPolicy:
    """Return what an organisation decided, as the rule takes it."""
    return StandingPolicy(
        assigned_counts=row.assigned_counts,
        grace_counts=row.grace_counts,
        due_after_leave_days=row.due_after_leave_days,
        grace_after_leave_days=row.grace_after_leave_days,
    )


def _begun(
    keys: _Among, known_before: datetime | None, certification_id: int | None
) -> dict[int, dict[int, list[datetime]]]:
    """Return when people began courses, by membership and certification.

    That a course was completed does not end the cycle: the certificate does, which may ask for further courses.
    """
    found: dict[int, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    enrolments = Enrolment.objects.filter(membership__in=keys, course__certifications__isnull=False).order_by("pk")
    if certification_id is not None:
        enrolments = enrolments.filter(course__certifications=certification_id)
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
            first = next(job for job in reaching if job.from_on == start)
            rule, bases = parse_due_rule(requirement.due_rule), _bases(requirement, first, jobs, from_on, licences)
            due_on = due_date(rule, bases)
            names_places = requirement.site_id is not None or requirement.conditions is not None
            is_past = due_on is not None and due_on < start
            if is_past and names_places and _comes_from_another_place(first, jobs, reach):
                # Its time was over before it ever held for the person, who is as new there as anybody hired that day.
                due_on = due_date(rule, replace(bases, hire=start, role_start=start))
            if due_on is None and requirement.default_due_on is not None:
                due_on, due_by = requirement.default_due_on, "default"
        yield RequirementSpan(
            from_on,
            until,
            id=f"{requirement.reference}:{number}",
            label=requirement.label,
            due_on=due_on,
            recurs=_recurs(requirement, licences),
            due_by=due_by,
        )


def _recurs(requirement: Requirement, licences: Sequence[tuple[str, date]]) -> Recurs | None:
    """Return how often a requirement asks a person again; of licences, by their own renewals."""
    if not requirement.recurs:
        return None
    recurs = parse_recurs(requirement.recurs)
    if isinstance(recurs, EachRenewal):
        return EachRenewal(tuple(day for kind, day in licences if kind == requirement.licence_kind))
    return recurs


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


def _comes_from_another_place(first: Job, jobs: Sequence[Job], reach: Reach) -> bool:
    """Whether, until ``first`` began, the person worked in other states or provinces alone."""
    before = [job for job in jobs if job.from_on < first.from_on and (job.until is None or first.from_on <= job.until)]
    here = reach.jurisdiction_of(first)
    return bool(before) and all(reach.jurisdiction_of(job) != here for job in before)


def _beginning(jobs: Sequence[Job], day: date) -> date:
    """Return the first day of the unbroken stretch of ``jobs`` that covers ``day``."""
    stretches = joined([(job.from_on, job.until) for job in jobs])
    return max(start for start, _end in stretches if start <= day)
