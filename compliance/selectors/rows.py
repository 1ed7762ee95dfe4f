"""Who stands where, as an employer may see it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise

from certificates.models import Certificate, PriorLearning
from compliance.models import ObligationSpan
from compliance.selectors.days import Days, covers, jobs_on, spans_on, zone_of
from compliance.selectors.endings import ends_in
from compliance.selectors.requirements import sites_from
from compliance.standing import State
from compliance.visibility import DUE_DAYS, EXPIRING_DAYS, STATUS_LABELS, Status, employer_status
from people.models import Employment, Membership, Site

ONE_DAY = timedelta(days=1)
PAST = (Status.OVERDUE, Status.EXPIRED)
URGENT = (*PAST, Status.DUE, Status.EXPIRING)

# The shapes and colours of cms.states that employers' words share with others.
_LOOKS = {Status.DUE: "due_soon", Status.NONE: "not_required"}


@dataclass(frozen=True, slots=True)
class Row:
    """What an employer sees of one person and one training: exactly the listed fields of compliance.visibility.

    ``public_id`` names the person in addresses of the portal.
    """

    public_id: UUID
    employee_number: str
    name: str
    site: str
    role: str
    course: str
    status: Status
    due_on: date | None
    completed_on: date | None
    valid_through: date | None

    @property
    def look(self) -> str:
        """Return the code of the status's look."""
        return look_of_status(self.status)

    @property
    def word(self) -> Promise:
        """Return the employer's word for the status."""
        return STATUS_LABELS[self.status]


def look_of_status(status: Status) -> str:
    """Return the code of the look that ``cms.states`` gives a status."""
    return _LOOKS.get(status, status.value)


def status_filter(status: Status, on: Days, *, of: str = "") -> Q:
    """Return the condition on spans that reads as ``status``, each on its own day; the twin of visibility.employer_status.

    ``of`` is the path to the spans where the query is about something else, such as ``obligations__spans``.
    """

    def span(**lookups: object) -> Q:
        return Q(**{f"{of}__{name}" if of else name: value for name, value in lookups.items()})

    open_states = span(state__in=[State.ASSIGNED, State.IN_PROGRESS])
    held = span(state__in=[State.VALID, State.RENEWABLE])
    ended = span(state__in=[State.GRACE, State.EXPIRED, State.REVOKED])
    zone = zone_of(of)
    near_due = span(due_on__isnull=False, due_on__lte=on.here(zone, plus=timedelta(days=DUE_DAYS)))
    ends_before = on.here(zone, plus=timedelta(days=EXPIRING_DAYS))
    near_end = span(required=True, due_on__isnull=False, due_on__lt=ends_before)
    return {
        Status.OVERDUE: span(state=State.OVERDUE),
        Status.EXPIRED: ended & span(required=True),
        Status.NEEDS_DATE: span(state=State.NEEDS_DATE),
        Status.DUE: open_states & near_due,
        Status.ASSIGNED: open_states & ~near_due,
        Status.EXPIRING: held & near_end,
        Status.DONE: held & ~near_end,
        Status.EXEMPT: span(state=State.EXEMPT),
        Status.NONE: span(state__in=[State.NOT_REQUIRED, State.LAPSED]) | (ended & span(required=False)),
    }[status]


def current_spans(
    *,
    memberships: QuerySet[Membership],
    on: Days,
    status: Status | None = None,
    certification_id: int | None = None,
    words: str = "",
    site: Site | None = None,
    ends_on: date | None = None,
    asked_before: bool = False,
) -> QuerySet[ObligationSpan]:
    """Return the spans of people within ``memberships`` today, where they work, the most urgent first, ready for ``rows``.

    Only what is required on that day; with ``asked_before`` also what was required once. What a person did without
    being asked is not the employer's to see. ``words`` are looked for in name and number; ``site`` includes what
    lies below it; ``ends_on`` is a day of the month in which a certificate ends.
    """
    spans = spans_on(on).filter(obligation__membership__in=memberships)
    if asked_before:
        by_then = ObligationSpan.objects.filter(from_on__lte=on.here("obligation__time_zone"))
        spans = spans.filter(Exists(by_then.filter(obligation=OuterRef("obligation"), required=True)))
    else:
        spans = spans.filter(required=True)
    if certification_id is not None:
        spans = spans.filter(obligation__certification=certification_id)
    if words.strip():
        spans = spans.filter(
            Q(obligation__membership__name__icontains=words.strip())
            | Q(obligation__membership__employee_number__icontains=words.strip())
        )
    if site is not None:
        # A list that is made once: correlated, SQLite walks the site's employments for every span.
        at_site = jobs_on(on).filter(site__in=sites_from(site))
        spans = spans.filter(obligation__membership__in=at_site.values("membership"))
    if ends_on is not None:
        spans = spans.filter(ends_in(ends_on))
    if status is not None:
        spans = spans.filter(status_filter(status, on))
    severity = Case(
        *(When(status_filter(it, on), then=Value(rank)) for rank, it in enumerate(Status)),
        default=Value(len(Status)),
        output_field=IntegerField(),
    )
    member = "obligation__membership"
    return (
        spans.select_related(member, "obligation__certification")
        # What rows read and no more: with reasons and policies beside them thousands of spans are too wide to sort in memory.
        .only(
            "state",
            "due_on",
            "required",
            "obligation__time_zone",
            "obligation__membership__public_id",
            "obligation__membership__employee_number",
            "obligation__membership__name",
            "obligation__certification__title",
        )
        .annotate(severity=severity)
        .order_by("severity", "due_on", f"{member}__name", f"{member}__employee_number", "obligation")
    )


def rows(spans: Iterable[ObligationSpan], on: Days) -> list[Row]:
    """Return what an employer sees of the spans that ``current_spans`` returned; a constant number of queries.

    Where what was learnt elsewhere is why, its days are shown.
    """
    found = list(spans)
    keys = {it.obligation.membership_id for it in found}
    jobs: dict[int, Employment] = {}
    covering = jobs_on(on).filter(membership__in=keys).select_related("site", "role")
    for each in covering.order_by("starts_on", "pk"):
        jobs[each.membership_id] = each
    latest: dict[tuple[int | None, int], Certificate] = {}
    held = Certificate.objects.unrevoked().filter(membership__in=keys).order_by("valid_until", "pk")
    for own in held.only("membership_id", "certification_id", "completed_on", "valid_until"):
        latest[own.membership_id, own.certification_id] = own
    elsewhere = _elsewhere(found, latest, on)
    made = []
    for span in found:
        member, certification = span.obligation.membership, span.obligation.certification
        job = jobs.get(member.pk)
        key = member.pk, certification.pk
        evidence = elsewhere.get(key) or latest.get(key)
        made.append(
            Row(
                public_id=member.public_id,
                employee_number=member.employee_number,
                name=member.name,
                site=job.site.name if job else "",
                role=job.role.name if job and job.role else "",
                course=certification.title,
                status=employer_status(
                    span.state, span.due_on, on.at(span.obligation.time_zone), required=span.required
                ),
                due_on=span.due_on,
                completed_on=evidence.completed_on if evidence else None,
                valid_through=evidence.valid_until - ONE_DAY if evidence else None,
            )
        )
    return made


def _elsewhere(
    spans: Iterable[ObligationSpan], latest: Mapping[tuple[int | None, int], Certificate], on: Days
) -> dict[tuple[int, int], PriorLearning]:
    """Return what was accepted from elsewhere where no certificate is why; no query where there is none."""
    unexplained = set()
    for span in spans:
        key = span.obligation.membership_id, span.obligation.certification_id
        certificate, state = latest.get(key), State(span.state)
        runs = certificate is not None and on.at(span.obligation.time_zone) < certificate.valid_until
        if (state in _HELD and not runs) or (state in _ENDED and certificate is None):
            unexplained.add(key)
    if not unexplained:
        return {}
    known = PriorLearning.objects.current_knowledge().filter(membership__in={key for key, _ in unexplained})
    found = {(it.membership_id, it.certification_id): it for it in known.order_by("valid_until", "pk")}
    return {key: it for key, it in found.items() if key in unexplained}


_HELD: Final = frozenset({State.VALID, State.RENEWABLE})
_ENDED: Final = frozenset({State.GRACE, State.EXPIRED})


def all_rows(spans: QuerySet[ObligationSpan], on: Days, chunk: int = 1000) -> Iterator[Row]:
    """Yield what an employer sees of all ``spans`` in their order, with a few queries per ``chunk``."""
    part: list[ObligationSpan] = []
    for span in spans.iterator(chunk_size=chunk):
        part.append(span)
        if len(part) == chunk:
            yield from rows(part, on)
            part = []
    yield from rows(part, on)


@dataclass(frozen=True, slots=True)
class Summary:
    """How many lines of the list read as each status, and of how many people; ``past`` is past due or expired."""

    counts: dict[Status, int]
    people_past: int
    people_ending: int

    @property
    def total(self) -> int:
        """Return how many lines the list has."""
        return sum(self.counts.values())


def _any(statuses: Iterable[Status], on: Days, *, of: str = "") -> Q:
    condition = Q()
    for status in statuses:
        condition |= status_filter(status, on, of=of)
    return condition


def summary(*, memberships: QuerySet[Membership], on: Days) -> Summary:
    """Return the numbers of the list without filters; one query."""
    people = "obligation__membership"
    found = (
        spans_on(on)
        .filter(obligation__membership__in=memberships, required=True)
        .aggregate(
            **{status.value: Count("pk", filter=status_filter(status, on)) for status in Status},
            people_past=Count(people, filter=_any(PAST, on), distinct=True),
            people_ending=Count(people, filter=status_filter(Status.EXPIRING, on), distinct=True),
        )
    )
    return Summary({status: found[status.value] for status in Status}, found["people_past"], found["people_ending"])


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """How many urgent lines the people of one site have; a person with two sites counts at both."""

    name: str
    code: str
    counts: dict[Status, int]


def counts_by_site(*, memberships: QuerySet[Membership], on: Days) -> list[SiteCounts]:
    """Return the sites at which something is urgent, by name; one query."""
    span = "membership__obligations__spans"
    found = (
        jobs_on(on)
        .filter(
            covers(on, of=span),
            _any(URGENT, on, of=span),
            **{f"{span}__required": True},
            membership__in=memberships,
        )
        .order_by("site__name")
        .values_list("site__name", "site__code")
        .annotate(**{it.value: Count(span, filter=status_filter(it, on, of=span), distinct=True) for it in URGENT})
    )
    return [SiteCounts(name, code, dict(zip(URGENT, counts, strict=True))) for name, code, *counts in found]
