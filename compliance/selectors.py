"""Reads of compliance: whom a requirement concerns, who stands where, what is due to be told."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When

from certificates.models import Certificate
from compliance.models import Message, Obligation, ObligationSpan, Requirement
from compliance.standing import ReasonCode, State
from compliance.visibility import DUE_DAYS, EXPIRING_DAYS, Status, employer_status
from people.models import Employment, Membership, Organisation, Site

ONE_DAY = timedelta(days=1)


def site_and_below(site: Site) -> set[int]:
    """Return the keys of ``site`` and of all sites below it."""
    children: dict[int | None, list[int]] = {}
    for pk, parent_id in Site.objects.filter(organisation=site.organisation_id).values_list("pk", "parent_id"):
        children.setdefault(parent_id, []).append(pk)
    found, todo = {site.pk}, [site.pk]
    while todo:
        for pk in children.get(todo.pop(), []):
            if pk not in found:
                found.add(pk)
                todo.append(pk)
    return found


def concerned(requirement: Requirement) -> list[int]:
    """Return the keys of the memberships that ``requirement`` reaches at any time, by what is known now."""
    if requirement.membership_id is not None:
        return [requirement.membership_id]
    jobs = Employment.objects.current_knowledge().filter(membership__organisation=requirement.organisation_id)
    if requirement.role_id is not None:
        jobs = jobs.filter(role=requirement.role_id)
    if requirement.site is not None:
        jobs = jobs.filter(site__in=site_and_below(requirement.site))
    return sorted(set(jobs.values_list("membership_id", flat=True)))


@dataclass(frozen=True, slots=True)
class Row:
    """What an employer sees of one person and one training: exactly the fields of compliance.visibility."""

    membership: Membership
    obligation_id: int
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
    def badge(self) -> str:
        """Return the code of the state's look."""
        return {Status.DUE: "due_soon", Status.NONE: "not_required"}.get(self.status, self.status.value)


SEVERITY = (Status.OVERDUE, Status.EXPIRED, Status.NEEDS_DATE, Status.DUE, Status.EXPIRING, Status.ASSIGNED, Status.DONE, Status.EXEMPT, Status.NONE)


def _status_filter(status: Status, on: date) -> Q:
    """Return the condition on spans that reads as ``status`` on ``on``; the twin of visibility.employer_status."""
    open_states = Q(state__in=[State.ASSIGNED, State.IN_PROGRESS])
    held = Q(state__in=[State.VALID, State.RENEWABLE])
    near_due = Q(due_on__isnull=False, due_on__lte=on + timedelta(days=DUE_DAYS))
    near_end = Q(due_on__isnull=False, due_on__lt=on + timedelta(days=EXPIRING_DAYS))
    return {
        Status.OVERDUE: Q(state=State.OVERDUE),
        Status.EXPIRED: Q(state__in=[State.GRACE, State.EXPIRED, State.REVOKED]),
        Status.NEEDS_DATE: Q(state=State.NEEDS_DATE),
        Status.DUE: open_states & near_due,
        Status.ASSIGNED: open_states & ~near_due,
        Status.EXPIRING: held & near_end,
        Status.DONE: held & ~near_end,
        Status.EXEMPT: Q(state=State.EXEMPT),
        Status.NONE: Q(state__in=[State.NOT_REQUIRED, State.LAPSED]),
    }[status]


def current_spans(
    *,
    memberships: QuerySet[Membership],
    on: date,
    status: Status | None = None,
    certification_id: int | None = None,
    words: str = "",
    site: Site | None = None,
) -> QuerySet[ObligationSpan]:
    """Return the spans that cover ``on`` of people within ``memberships``, the most urgent first.

    What is neither required nor held any more is left out unless asked for.
    """
    spans = ObligationSpan.objects.covering(on).filter(obligation__membership__in=memberships)
    if certification_id is not None:
        spans = spans.filter(obligation__certification=certification_id)
    if words.strip():
        spans = spans.filter(
            Q(obligation__membership__name__icontains=words.strip())
            | Q(obligation__membership__employee_number__icontains=words.strip())
        )
    if site is not None:
        at_site = Employment.objects.covering(on).filter(
            membership=OuterRef("obligation__membership"), site__in=site_and_below(site)
        )
        spans = spans.filter(Exists(at_site))
    if status is not None:
        spans = spans.filter(_status_filter(status, on))
    else:
        spans = spans.exclude(_status_filter(Status.NONE, on))
    severity = Case(
        *(When(_status_filter(it, on), then=Value(rank)) for rank, it in enumerate(SEVERITY)),
        default=Value(len(SEVERITY)),
        output_field=IntegerField(),
    )
    return spans.annotate(severity=severity).order_by(
        "severity", "due_on", "obligation__membership__name", "obligation__membership__employee_number", "obligation"
    )


def rows(spans: Iterable[ObligationSpan] | QuerySet[ObligationSpan], on: date) -> list[Row]:
    """Return what an employer sees of these spans; a constant number of queries."""
    if isinstance(spans, QuerySet):
        spans = spans.select_related("obligation__membership", "obligation__certification")
    found = list(spans)
    keys = [it.obligation.membership_id for it in found]
    jobs: dict[int, Employment] = {}
    for job in Employment.objects.covering(on).filter(membership__in=keys).select_related("site", "role").order_by("starts_on"):
        jobs[job.membership_id] = job
    latest: dict[tuple[int, int], Certificate] = {}
    certificates = Certificate.objects.unrevoked().filter(membership__in=keys).order_by("valid_until", "pk")
    for certificate in certificates.only("membership_id", "certification_id", "completed_on", "valid_until"):
        latest[(certificate.membership_id, certificate.certification_id)] = certificate  # type: ignore[index]
    made = []
    for span in found:
        obligation = span.obligation
        job = jobs.get(obligation.membership_id)
        certificate = latest.get((obligation.membership_id, obligation.certification_id))
        made.append(
            Row(
                membership=obligation.membership,
                obligation_id=obligation.pk,
                employee_number=obligation.membership.employee_number,
                name=obligation.membership.name,
                site=job.site.name if job else "",
                role=job.role.name if job and job.role else "",
                course=obligation.certification.title,
                status=employer_status(span.state, span.due_on, on),
                due_on=span.due_on,
                completed_on=certificate.completed_on if certificate else None,
                valid_through=certificate.valid_until - ONE_DAY if certificate else None,
            )
        )
    return made


def all_rows(spans: QuerySet[ObligationSpan], on: date, chunk: int = 1000) -> Iterator[Row]:
    """Yield what an employer sees of all ``spans`` in their order, a few queries per ``chunk``."""
    part: list[ObligationSpan] = []
    for span in spans.iterator(chunk_size=chunk):
        part.append(span)
        if len(part) == chunk:
            yield from rows(part, on)
            part = []
    yield from rows(part, on)


def counts(*, memberships: QuerySet[Membership], on: date) -> Counter[Status]:
    """Return how many (person, training) pairs read as each status on ``on``."""
    found: Counter[Status] = Counter()
    spans = ObligationSpan.objects.covering(on).filter(obligation__membership__in=memberships)
    for state, due_on in spans.values_list("state", "due_on").iterator(chunk_size=2000):
        found[employer_status(state, due_on, on)] += 1
    return found


def live_requirements(*, organisation: Organisation) -> QuerySet[Requirement]:
    """Return the assignments that hold, with all that a list of them names."""
    return (
        Requirement.objects.live()
        .filter(organisation=organisation)
        .select_related("certification", "membership", "site", "role")
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class TrainingDue:
    """Something a learner is asked to do, for My training."""

    obligation: Obligation
    state: str
    due_on: date | None
    required: bool


def training_of(*, memberships: Iterable[Membership], on_by_zone: dict[str, date]) -> list[TrainingDue]:
    """Return where these memberships stand today, each in its own calendar, what ends first first.

    ``on_by_zone`` gives today for each time zone that occurs; zones missing in it are left out.
    """
    obligations = (
        Obligation.objects.filter(membership__in=[it.pk for it in memberships], time_zone__in=list(on_by_zone))
        .select_related("certification", "membership__organisation")
        .prefetch_related(Prefetch("spans"), "certification__courses")
    )
    found = []
    for obligation in obligations:
        on = on_by_zone[obligation.time_zone]
        span = next(it for it in obligation.spans.all() if it.from_on <= on and (it.until is None or on < it.until))
        required = any(reason.get("code") == ReasonCode.REQUIREMENT for reason in span.reasons)
        found.append(TrainingDue(obligation, span.state, span.due_on, required))
    return sorted(found, key=lambda it: (it.due_on or date.max, it.obligation.pk))


def letters(*, organisation: Organisation, memberships: QuerySet[Membership]) -> QuerySet[Message]:
    """Return the messages that wait on the letter list, of people within ``memberships``."""
    return (
        Message.objects.filter(membership__organisation=organisation, membership__in=memberships, state=Message.State.LETTER)
        .select_related("membership__organisation", "membership__user")
        .order_by("day", "membership__name")
    )
