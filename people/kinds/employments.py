"""Employments: who works where, in which role, from when to when. One row is one employment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.exceptions import EmploymentOverlaps
from people.kinds.jobs import (
    Job,
    Step,
    check_free,
    corrected,
    iso,
    jobs_of,
    members_by_number,
    numbers_with_zeros,
    take_back_facts,
    workplace_choices,
    write_steps,
)
from people.kinds.people import ENDS_ON, NAME, NUMBER, ROLE, SITE, STARTS_ON, PeopleKind
from people.models import Employment, Membership
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Plan, Setting
from people.workbooks.names import labelled
from people.workbooks.problems import Problem
from people.workbooks.values import ChoiceSet

REFERENCE = Column(
    "employment_ref",
    pgettext_lazy("column of an employments file", "Employment reference"),
    Type.KEY,
    longest=40,
    help=_("What your own system calls this job, or what an export wrote here. Empty: found by site and first day."),
    other_names=("job id", "contract", "contract number", "assignment number", "position id", "contrat", "contrato"),
)
TYPE = Column(
    "employment_type",
    pgettext_lazy("column of an employments file", "Type of employment"),
    Type.CHOICE,
    choices="type",
    help=_("May be empty. On whose books the person is."),
)
HIRED_ON = Column(
    "hired_on",
    pgettext_lazy("column of an employments file", "Hired on"),
    Type.DATE,
    clears=True,
    help=_("May be empty. Where you count from an earlier day than the first one here."),
)
_EXPORT_PAGE = 2000


@dataclass(slots=True)
class _Work:
    member: Membership
    steps: list[Step]


class EmploymentsKind(Kind):
    """Employments of people who are there already."""

    code: ClassVar = "employments"
    label: ClassVar = pgettext_lazy("kind of workbook", "Employments")
    sheet: ClassVar = "Employments"
    counted: ClassVar = frozenset({"site", "role", "employment_type"})
    columns: ClassVar = (
        NUMBER,
        replace(NAME, needed=False, read_only=True, help=_("For reading only. Names are changed by a people file.")),
        REFERENCE,
        replace(SITE, needed=False),
        ROLE,
        replace(STARTS_ON, needed=False),
        ENDS_ON,
        TYPE,
        HIRED_ON,
    )
    samples: ClassVar = (
        {"employee_number": "0042", "starts_on": "2026-03-02"},
        {"employee_number": "0043", "employment_ref": "J-17", "starts_on": "2026-03-02", "ends_on": "2026-09-30"},
        {"employee_number": "0043", "employment_ref": "J-18", "starts_on": "2026-10-01"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return sites, roles and types."""
        return {**workplace_choices(setting.organisation), "type": labelled(dict(Employment.Type.choices))}

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return employee numbers."""
        return PeopleKind().known_keys(setting)

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return number and reference; without a reference number, site and first day."""
        number, reference = fold(values.get("employee_number", "")), fold(values.get("employment_ref", ""))
        if not number:
            return ""
        if reference:
            return f"{number}|{reference}"
        return _key_of(number, values.get("site", ""), values.get("starts_on", ""), values.get("role", ""))

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with what is known; rows of one person are taken in their order."""
        members = members_by_number({fold(row.values["employee_number"]) for row in rows}, setting)
        jobs = jobs_of(member.pk for member in members.values())
        unknown = [row.values["employee_number"] for row in rows if fold(row.values["employee_number"]) not in members]
        lost = numbers_with_zeros(unknown, setting)
        plans = []
        for row in rows:
            member = members.get(fold(row.values["employee_number"]))
            known = jobs.setdefault(member.pk, []) if member else []
            plan = _plan(row, member, known, lost, setting)
            plans.append(plan)
            for step in plan.work.steps if plan.work else ():
                if step.before in known:
                    known.remove(step.before)
                known.append(step.after)
        return plans

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Record the facts."""
        steps = [(plan, step) for plan in plans if plan.work is not None for step in plan.work.steps]
        written = write_steps([(plan.work.member.pk, step) for plan, step in steps], setting)
        return [
            {"key": plan.given.values["employee_number"], "jobs": [[fact, before]]}
            for (plan, _), (_, fact, before) in zip(steps, written, strict=True)
        ]

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Record what holds without what was written: each field as it was, except where somebody edited it since."""
        pairs = [(fact, before, entry) for entry in reversed(entries) for fact, before in entry["jobs"]]
        kept = take_back_facts([(fact, before) for fact, before, _ in pairs], setting)
        return [{"key": entry["key"], "column": column} for fact, _, entry in pairs for column in kept[fact]]

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield employments by number and first day: those of a day, or all that are known."""
        known = Employment.objects.current_knowledge() if on is None else Employment.objects.covering(on)
        rows = (
            known.filter(membership__organisation=setting.organisation)
            .order_by("membership__employee_number", "starts_on", "pk")
            .values_list(
                "membership__employee_number",
                "membership__name",
                "employer_ref",
                "reference",
                "site__code",
                "role__code",
                "starts_on",
                "ends_on",
                "employment_type",
                "hired_on",
            )
        )
        found = rows.iterator(chunk_size=_EXPORT_PAGE)
        while page := list(islice(found, _EXPORT_PAGE)):
            for number, name, ref, reference, site, role, starts_on, ends_on, employment_type, hired_on in page:
                yield {
                    "employee_number": number,
                    "name": name,
                    "employment_ref": ref or str(reference),
                    "site": site,
                    "role": role or "",
                    "starts_on": iso(starts_on),
                    "ends_on": iso(ends_on),
                    "employment_type": employment_type,
                    "hired_on": iso(hired_on),
                }


def _plan(row: Given, member: Membership | None, jobs: list[Job], lost: Mapping[str, str], setting: Setting) -> Plan:
    plan = Plan(row)
    values = row.values
    if member is None:
        number = values["employee_number"]
        if number in lost:
            plan.wrong("employee_number", Problem.LOST_ZEROS, lost[number])
        else:
            plan.wrong("employee_number", Problem.UNKNOWN_PERSON)
        return plan.settle(is_new=False)
    before = _known(plan, jobs)
    if before is not None:
        # However two rows say it, they are about one job.
        place = _key_of(fold(member.employee_number), before.site, iso(before.starts_on), before.role)
        name = before.reference or fold(before.employer_ref)
        row.key = f"{fold(member.employee_number)}|{name}" if name else place
    plan.must_fit(setting.mode, "employment_ref", is_new=before is None)
    if before is None:
        for key in ("site", "starts_on"):
            if key not in values:
                plan.wrong(key, Problem.MISSING)
    if plan.problems:
        return plan.settle(is_new=False)
    after = _wanted(values, before)
    if after.ends_on is not None and after.ends_on < after.starts_on:
        plan.wrong("ends_on", Problem.ENDS_BEFORE_START)
        return plan.settle(is_new=False)
    if after.hired_on is not None and after.hired_on > after.starts_on:
        plan.wrong("hired_on", Problem.HIRED_AFTER_START)
        return plan.settle(is_new=False)
    try:
        if before is None:
            check_free(jobs, after)
            plan.work = _Work(member, [Step(None, after)])
        else:
            plan.work = _Work(member, corrected(jobs, before, after))
    except EmploymentOverlaps:
        plan.wrong("starts_on", Problem.OVERLAPS)
        return plan.settle(is_new=False)
    if before is None:
        plan.change("employee_number", "", values["employee_number"])
    plan.change("employment_ref", before.employer_ref if before else "", after.employer_ref)
    plan.change("site", before.site if before else "", after.site)
    plan.change("role", before.role if before else "", after.role)
    plan.change("starts_on", iso(before.starts_on) if before else "", iso(after.starts_on))
    plan.change("ends_on", iso(before.ends_on) if before else "", iso(after.ends_on))
    plan.change("employment_type", before.employment_type if before else "", after.employment_type)
    plan.change("hired_on", iso(before.hired_on) if before else "", iso(after.hired_on))
    return plan.settle(is_new=before is None)


def _key_of(number: str, site: str, starts_on: str, role: str) -> str:
    return f"{number}||{site}|{starts_on}|{role}"


def _known(plan: Plan, jobs: Sequence[Job]) -> Job | None:
    """Return the employment that a row means: by its reference, else by site, role and first day."""
    values = plan.given.values
    text = values.get("employment_ref", "")
    if text:
        ours = _uuid(text)
        named = [job for job in jobs if fold(job.employer_ref) == fold(text) or (ours and job.reference == ours)]
        if named:
            return named[-1]
        if ours:
            plan.wrong("employment_ref", Problem.UNKNOWN_REFERENCE)
            return None
    if "site" not in values or "starts_on" not in values:
        return None
    fitting = [
        job
        for job in jobs
        if job.site == values["site"]
        and iso(job.starts_on) == values["starts_on"]
        and values.get("role", job.role) == job.role
        and not (text and job.employer_ref)
    ]
    return fitting[-1] if fitting else None


def _wanted(values: Mapping[str, str], before: Job | None) -> Job:
    """Return the employment as a row has it; what is blank stays."""
    known = before or Job(values["site"], "", date.fromisoformat(values["starts_on"]), None)
    ends_on = _day(values["ends_on"]) if "ends_on" in values else known.ends_on
    text = values.get("employment_ref", "")
    return replace(
        known,
        site=values.get("site", known.site),
        role=values.get("role", known.role),
        starts_on=date.fromisoformat(values["starts_on"]) if "starts_on" in values else known.starts_on,
        ends_on=ends_on,
        employment_type=values.get("employment_type", known.employment_type),
        hired_on=_day(values["hired_on"]) if "hired_on" in values else known.hired_on,
        employer_ref=text if text and not _uuid(text) else known.employer_ref,
    )


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
