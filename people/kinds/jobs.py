"""Employments as rows of workbooks mean them: planned in memory for many people, written in bulk."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from people import signals
from people.bulk import insert_rows, set_of
from people.exceptions import EmploymentOverlaps
from people.models import Employment, Membership, Organisation, Role, Site
from people.workbooks.kinds import Setting
from people.workbooks.undoing import changed, undone
from people.workbooks.values import ChoiceSet


class _Unsaid:
    """A row says nothing of it, so that what is known stays."""


UNSAID: Final = _Unsaid()


@dataclass(frozen=True, slots=True)
class Job:
    """An employment as it is known now, or as it shall be; ``pk`` 0: not written yet."""

    site: str
    """Code of the site."""
    role: str
    """Code of the role; empty: none."""
    starts_on: date
    ends_on: date | None
    pk: int = 0
    reference: uuid.UUID | None = None
    employer_ref: str = ""
    employment_type: str = Employment.Type.DIRECT
    hired_on: date | None = None

    def overlaps(self, starts_on: date, ends_on: date | None) -> bool:
        """Return whether any day is common."""
        return (ends_on is None or self.starts_on <= ends_on) and (self.ends_on is None or self.ends_on >= starts_on)

    @property
    def is_backwards(self) -> bool:
        """Return whether it would end before it begins, or begin before somebody was hired."""
        return (self.ends_on is not None and self.ends_on < self.starts_on) or (
            self.hired_on is not None and self.hired_on > self.starts_on
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A fact to record: ``after`` supersedes ``before``; without it a new employment begins."""

    before: Job | None
    after: Job


@dataclass(slots=True)
class Workplaces:
    """The sites and roles of an organisation, both ways."""

    site_keys: Mapping[str, int]
    role_keys: Mapping[str, int]

    @classmethod
    def of(cls, organisation: Organisation) -> "Workplaces":
        """Read them: two queries."""
        return cls(
            dict(Site.objects.filter(organisation=organisation).values_list("code", "pk")),
            dict(Role.objects.filter(organisation=organisation).values_list("code", "pk")),
        )


def workplace_choices(organisation: Organisation) -> dict[str, ChoiceSet]:
    """Return the sites and the roles to choose from."""
    return {
        "site": ChoiceSet(
            dict(Site.objects.filter(organisation=organisation).order_by("code").values_list("code", "name"))
        ),
        "role": ChoiceSet(
            dict(Role.objects.filter(organisation=organisation).order_by("code").values_list("code", "name"))
        ),
    }


def jobs_of(memberships: Iterable[int]) -> dict[int, list[Job]]:
    """Return what is known now of the employments of many people, in one query, the first ones first."""
    found: dict[int, list[Job]] = defaultdict(list)
    known = Employment.objects.current_knowledge().filter(membership__in=set_of(list(memberships)))
    columns = (
        "membership_id",
        "site__code",
        "role__code",
        "starts_on",
        "ends_on",
        "pk",
        "reference",
        "employer_ref",
        "employment_type",
        "hired_on",
    )
    for membership, site, role, *rest in known.order_by("starts_on", "pk").values_list(*columns):
        found[membership].append(Job(site, role or "", *rest))
    return found


def place(
    jobs: Sequence[Job], *, site: str, role: str | _Unsaid, starts_on: date, ends_on: date | _Unsaid | None
) -> list[Step]:
    """Return what to record so that a person works where a row of a people file says.

    The same site, role and first day is the same employment (its last day may come with the row); the same site and
    role on overlapping days is a correction; another site or role ends what ran until the day before.

    Raises:
        EmploymentOverlaps: the days do not fit with another employment of the person.
    """
    last = None if isinstance(ends_on, _Unsaid) else ends_on
    overlapping = [job for job in jobs if job.overlaps(starts_on, last)]
    # An empty role says nothing of it, so it fits any.
    same = [job for job in jobs if job.site == site and (isinstance(role, _Unsaid) or job.role == role)]
    found = next((job for job in same if job.starts_on == starts_on), None)
    found = found or next((job for job in reversed(same) if job in overlapping), None)
    found = found or next((job for job in overlapping if job.starts_on == starts_on), None)
    if found is not None:
        kept_role = (found.role if found in same else "") if isinstance(role, _Unsaid) else role
        after = replace(
            found,
            site=site,
            role=kept_role,
            starts_on=starts_on,
            # A row without a last day never opens again what has ended.
            ends_on=found.ends_on if isinstance(ends_on, _Unsaid) else ends_on,
        )
        return corrected(jobs, found, after)
    steps = []
    for job in overlapping:
        if job.starts_on >= starts_on:
            raise EmploymentOverlaps(starts_on=job.starts_on, ends_on=job.ends_on)
        steps.append(Step(job, replace(job, ends_on=starts_on - timedelta(days=1))))
    began = Job(site, "" if isinstance(role, _Unsaid) else role, starts_on, last)
    return [*steps, Step(None, began)]


def corrected(jobs: Sequence[Job], before: Job, after: Job) -> list[Step]:
    """Return what to record so that ``before`` is ``after``; nothing if it is.

    Raises:
        EmploymentOverlaps: the person works there in this role on some of these days already.
    """
    if before == after:
        return []
    check_free(jobs, after, apart_from=before)
    return [Step(before, after)]


def check_free(jobs: Sequence[Job], job: Job, *, apart_from: Job | None = None) -> None:
    """Refuse a second employment at the same site in the same role on the same days.

    Raises:
        EmploymentOverlaps: there is one.
    """
    for other in jobs:
        if other == apart_from or (other.site, other.role) != (job.site, job.role):
            continue
        if other.overlaps(job.starts_on, job.ends_on):
            raise EmploymentOverlaps(starts_on=other.starts_on, ends_on=other.ends_on)


_COLUMN_OF_FIELD: Final = {"employer_ref": "employment_ref", "site_id": "site", "role_id": "role"}
_WRITTEN: Final = (
    "reference",
    "employer_ref",
    "employment_type",
    "hired_on",
    "membership_id",
    "site_id",
    "role_id",
    "starts_on",
    "ends_on",
    "recorded_at",
    "recorded_by_id",
    "supersedes_id",
)


def write_steps(steps: Sequence[tuple[int, Step]], setting: Setting) -> list[tuple[int, int, int | None]]:
    """Record many facts at once; return (membership, new fact, superseded fact or None), in order.

    ``steps`` are (key of the membership, step). The rooms above are told once, of all people together.
    """
    if not steps:
        return []
    places = Workplaces.of(setting.organisation)
    by = setting.by.pk if setting.by else None
    facts = insert_rows(
        Employment,
        _WRITTEN,
        [
            (
                step.before.reference if step.before and step.before.reference else uuid.uuid4(),
                step.after.employer_ref,
                step.after.employment_type,
                step.after.hired_on,
                membership,
                places.site_keys[step.after.site],
                places.role_keys[step.after.role] if step.after.role else None,
                step.after.starts_on,
                step.after.ends_on,
                setting.at,
                by,
                step.before.pk if step.before else None,
            )
            for membership, step in steps
        ],
    )
    tell({membership for membership, _ in steps}, setting)
    return [
        (membership, fact, step.before.pk if step.before else None)
        for (membership, step), fact in zip(steps, facts, strict=True)
    ]


def take_back_facts(made: Sequence[tuple[int, int | None]], setting: Setting) -> dict[int, list[str]]:
    """Record what holds without facts that were written by mistake; return the columns that stay, by fact.

    ``made``: pairs of a fact and the one that it superseded, which it gets its fields back from; None: there was nothing,
    and there never was, unless somebody edited it since. Fields that would not fit with what was edited stay, too.
    """
    wanted = {pk for pair in made for pk in pair if pk is not None}
    facts = {fact.pk: fact for fact in Employment.objects.filter(pk__in=wanted)}
    known: dict[int, list[Employment]] = defaultdict(list)
    members = {fact.membership_id for fact in facts.values()}
    for fact in Employment.objects.current_knowledge().filter(membership__in=set_of(list(members))).order_by("pk"):
        known[fact.membership_id].append(fact)
    kept: dict[int, list[str]] = {}
    rows = []
    for pk, before_pk in made:
        fact = facts[pk]
        mine = known[fact.membership_id]
        now = next((it for it in mine if it.reference == fact.reference), None)
        row, kept[pk] = _taken_back(fact, facts[before_pk] if before_pk else None, now, mine)
        if row is not None and now is not None:
            row.recorded_at, row.recorded_by, row.supersedes_id = setting.at, setting.by, now.pk
            rows.append(row)
            mine.remove(now)
            if not row.is_void:
                mine.append(row)
    Employment.objects.bulk_create(rows)
    tell({row.membership_id for row in rows}, setting)
    return kept


def _taken_back(
    fact: Employment, before: Employment | None, now: Employment | None, others: Sequence[Employment]
) -> tuple[Employment | None, list[str]]:
    """Return what is to be recorded in place of ``now``, if anything, and the columns that stay as they are."""
    wrote = fact.said()
    stays = [] if before is None else _columns(changed(before.said(), wrote))
    if now is None:
        return None, stays
    said = now.said()
    if before is None:
        # What was edited is somebody's own by now, and stays as a whole.
        edited = changed(wrote, said)
        return (None if edited else _fact_of(fact, wrote, is_void=True)), _columns(edited)
    values, kept = undone(before.said(), wrote, said)
    if values == said:
        return None, _columns(kept)
    row = _fact_of(fact, values)
    return (row, _columns(kept)) if _fits(row, others) else (None, stays)


def _fact_of(fact: Employment, values: Mapping[str, Any], *, is_void: bool = False) -> Employment:
    return Employment(reference=fact.reference, membership_id=fact.membership_id, is_void=is_void, **values)


def _fits(row: Employment, others: Sequence[Employment]) -> bool:
    """Whether its days are in order, and nobody works twice at one place in one role on the same days."""
    job = _job_of(row)
    rest = [_job_of(it) for it in others if it.reference != row.reference]
    try:
        check_free(rest, job)
    except EmploymentOverlaps:
        return False
    return not job.is_backwards


def _job_of(fact: Employment) -> Job:
    return Job(str(fact.site_id), str(fact.role_id or ""), fact.starts_on, fact.ends_on, hired_on=fact.hired_on)


def _columns(fields: Iterable[str]) -> list[str]:
    """Return what columns are called that say these fields."""
    return [_COLUMN_OF_FIELD.get(field, field) for field in fields]


def tell(memberships: set[int], setting: Setting) -> None:
    """Tell the rooms above that employments of these people changed."""
    if memberships:
        signals.employments_changed.send(sender=Employment, memberships=sorted(memberships), at=setting.at)


def iso(day: date | None) -> str:
    """Return a day as workbooks' values have it."""
    return day.isoformat() if day else ""


def members_by_number(keys: Iterable[str], setting: Setting) -> dict[str, Membership]:
    """Return the people of the organisation by folded number, in one query; held where the setting says so.

    Nobody of another organisation is ever among them.
    """
    members = _with_numbers(sorted(set(keys)), setting)
    if setting.locked:
        members = members.select_for_update(of=("self",), no_key=True).order_by("pk")
    else:
        members = members.select_related("manager")
    return {member.employee_number.lower(): member for member in members}


def _with_numbers(numbers: Sequence[str], setting: Setting) -> QuerySet[Membership]:
    """Return who has one of these folded numbers, found by the index of numbers however many there are."""
    members = Membership.objects.alias(folded=Lower("employee_number")).filter(organisation=setting.organisation)
    if connection.vendor == "postgresql":
        # A long list of values is taken for a reason to read the whole table; a set of rows is not.
        return members.filter(folded__in=RawSQL("SELECT unnest(%s::text[])", [list(numbers)]))
    which = Q(folded__in=numbers)
    foreign = [number for number in numbers if not number.isascii()]
    if foreign:
        # SQLite folds plain letters alone.
        which |= Q(employee_number__in=foreign) | Q(employee_number__in=[number.upper() for number in foreign])
    return members.filter(which)


def numbers_with_zeros(numbers: Sequence[str], setting: Setting) -> dict[str, str]:
    """Return, of numbers that nobody here has, those that somebody has with zeros in front: number to theirs."""
    shorn = {number for number in numbers if number.isdigit() and not number.startswith("0")}
    if not shorn:
        return {}
    longer = {number.zfill(length): number for number in shorn for length in range(len(number) + 1, 11)}
    known = _with_numbers(list(longer), setting)
    return {longer[number]: number for number in known.values_list("employee_number", flat=True)}
