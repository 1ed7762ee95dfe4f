"""Assignments: who must hold which certification by when. One row is one assignment, to a person or to a group."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import Certification
from compliance import selectors, services
from compliance.kinds.columns import CERTIFICATION, NAME_TO_READ, PERSON, certification_choices, day, successor
from compliance.models import Requirement
from people.kinds.jobs import Workplaces, iso, members_by_number, numbers_with_zeros, workplace_choices
from people.kinds.people import ROLE, SITE, PeopleKind
from people.models import Membership, Role, Site
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Mode, Plan, Setting
from people.workbooks.problems import Problem
from people.workbooks.undoing import changed, undone
from people.workbooks.values import ChoiceSet

REFERENCE = Column(
    "assignment_ref",
    pgettext_lazy("column of a workbook", "Assignment reference"),
    Type.KEY,
    longest=40,
    help=_("Leave empty for a new one. What an export wrote here finds the assignment again."),
)
_FIXED = ("employee_number", "site", "role")
_FIELD_OF_COLUMN = {"due_on": "due_on", "days_after_start": "days_after_start", "withdrawn_on": "ends_on"}
"""Of the columns by which a known assignment can be changed."""
_EXPORT_PAGE = 1000


@dataclass(slots=True)
class _Work:
    before: Requirement | None
    member: Membership | None
    values: dict[str, str]


class AssignmentsKind(Kind):
    """Requirements as HR makes them by hand."""

    code: ClassVar = "assignments"
    label: ClassVar = pgettext_lazy("kind of workbook", "Assignments")
    sheet: ClassVar = "Assignments"
    counted: ClassVar = frozenset({"certification", "site", "role"})
    columns: ClassVar = (
        REFERENCE,
        CERTIFICATION,
        replace(PERSON, identifies=False, help=_("For one person. Leave it empty where a site or a role is meant.")),
        NAME_TO_READ,
        replace(SITE, needed=False, help=_("For everybody at a site and below it.")),
        replace(ROLE, clears=False, help=_("For everybody in a role; with a site, in that role there.")),
        Column(
            "starts_on",
            pgettext_lazy("column of a workbook", "Asked from"),
            Type.DATE,
            help=_("May be empty: from today on."),
        ),
        Column(
            "due_on",
            pgettext_lazy("column of a workbook", "Last good day"),
            Type.DATE,
            needed=True,
            help=_("By when it is to be done."),
            other_names=("due date", "deadline", "due", "échéance", "fecha límite", "截止日期", "الموعد النهائي"),
        ),
        Column(
            "days_after_start",
            pgettext_lazy("column of a workbook", "Days for newcomers"),
            Type.WHOLE,
            help=_("May be empty: 30. Of a site or a role, who comes later has so many days."),
        ),
        Column(
            "withdrawn_on",
            pgettext_lazy("column of a workbook", "Withdrawn on"),
            Type.DATE,
            help=_("May be empty. From this day on it is not asked any more."),
        ),
    )
    samples: ClassVar = (
        {"employee_number": "0042", "due_on": "2026-06-30"},
        {"due_on": "2026-06-30", "days_after_start": "30"},
        {"employee_number": "0043", "due_on": "2026-06-30", "withdrawn_on": "2026-05-01"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return trainings, sites and roles."""
        return {"certification": certification_choices(), **workplace_choices(setting.organisation)}

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return the reference; without one the training and whom it is for."""
        if values.get("assignment_ref"):
            return fold(values["assignment_ref"])
        if not values.get("certification"):
            return ""
        return "|".join([values["certification"], *(fold(values.get(key, "")) for key in _FIXED)])

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with the assignments that are known now."""
        numbers = {fold(row.values["employee_number"]) for row in rows if row.values.get("employee_number")}
        members = members_by_number(numbers, setting)
        lost = numbers_with_zeros(
            [
                number
                for number in (row.values.get("employee_number", "") for row in rows)
                if fold(number) not in members
            ],
            setting,
        )
        references = [found for row in rows if (found := _uuid(row.values.get("assignment_ref", "")))]
        ours = Requirement.objects.current_knowledge().filter(organisation=setting.organisation)
        known = ours.filter(
            Q(reference__in=references)
            | Q(membership__in=[member.pk for member in members.values()])
            | Q(membership__isnull=True)
        ).select_related("certification", "membership", "site", "role")
        by_reference = {it.reference: it for it in known}
        by_whom = {self._whom_of(it): it for it in known.order_by("pk") if it.ends_on is None and it.conditions is None}
        return [self._plan(row, members, lost, by_reference, by_whom, setting) for row in rows]

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Record the assignments; the standing of all whom they reach is worked out once."""
        works = _works(plans)
        facts = [fact for _before, fact in self.would_record(plans, setting)]
        Requirement.objects.bulk_create(facts)
        _rebuild(facts, setting)
        return [
            {"key": _named(work), "fact": fact.pk, "before": fact.supersedes_id}
            for work, fact in zip(works, facts, strict=True)
        ]

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Withdraw what was added, and give what was changed its dates back; what was edited since stays."""
        left, made = self._taken_back(entries, setting)
        facts = [fact for _now, fact in made]
        Requirement.objects.bulk_create(facts)
        _rebuild(facts, setting)
        return left

    def would_take_back(
        self, entries: Sequence[Mapping[str, Any]], setting: Setting
    ) -> list[tuple[Requirement, Requirement]]:
        """Return what taking back records, each behind the assignment that it changes."""
        return self._taken_back(entries, setting)[1]

    @staticmethod
    def _taken_back(
        entries: Sequence[Mapping[str, Any]], setting: Setting
    ) -> tuple[list[dict[str, str]], list[tuple[Requirement, Requirement]]]:
        """Return what stays because somebody edited it, and what is recorded, each behind what it changes."""
        related = ("certification", "membership", "site", "role")
        pks = {pk for entry in entries for pk in (entry["fact"], entry["before"]) if pk}
        facts = {it.pk: it for it in Requirement.objects.filter(pk__in=pks).select_related(*related)}
        references = {it.reference for it in facts.values()}
        known = Requirement.objects.current_knowledge().filter(reference__in=references).select_related(*related)
        current = {it.reference: it for it in known}
        left: list[dict[str, str]] = []
        made: list[tuple[Requirement, Requirement]] = []
        for entry in entries:
            fact, before = facts[entry["fact"]], facts.get(entry["before"])
            now = current[fact.reference]
            said = _values_of(now)
            if before is None:
                kept = changed(_values_of(fact), said)
                changes = {} if kept else {"ends_on": fact.starts_on}
            else:
                values, kept = undone(_values_of(before), _values_of(fact), said)
                fields = (_FIELD_OF_COLUMN[column] for column in changed(said, values))
                changes = {field: getattr(before, field) for field in fields}
            left += [{"key": entry["key"], "column": column} for column in kept]
            if changes:
                made.append((now, successor(now, by=setting.by, at=setting.at, **changes)))
        return left, made

    def touched(self, setting: Setting) -> int:
        """Return how many people are asked otherwise than before."""
        return len(setting.kept.get("touched", ()))

    def needs_agreement(self, touched: int, setting: Setting) -> bool:
        """Return whether so many are more than one person of HR may ask otherwise than before."""
        if "at_work" not in setting.kept:
            setting.kept["at_work"] = PeopleKind().live_count(setting)
        at_work = max(setting.kept["at_work"], 1)
        limit = setting.organisation.second_person_percent
        return services.needs_second_person(
            touched=touched, share_percent=-(-100 * touched // at_work), limit_percent=limit
        )

    def would_record(self, plans: Sequence[Plan], setting: Setting) -> Iterator[tuple[Requirement | None, Requirement]]:
        """Yield what plans record, each with the assignment that it changes, if it changes one."""
        places = Workplaces.of(setting.organisation)
        trainings = dict(Certification.objects.values_list("code", "pk"))
        for work in _works(plans):
            yield work.before, self._fact(work, places, trainings, setting)

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the assignments that hold, by training; with a day those that held on it."""
        known = Requirement.objects.current_knowledge().filter(organisation=setting.organisation)
        if on is None:
            known = known.filter(ends_on__isnull=True)
        else:
            known = known.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
        rows = known.select_related("certification", "membership", "site", "role").order_by("certification__code", "pk")
        for it in rows.iterator(chunk_size=_EXPORT_PAGE):
            yield _values_of(it)

    def _plan(
        self,
        row: Given,
        members: Mapping[str, Membership],
        lost: Mapping[str, str],
        by_reference: Mapping[UUID, Requirement],
        by_whom: Mapping[str, Requirement],
        setting: Setting,
    ) -> Plan:
        plan = Plan(row)
        values = {key: value for key, value in row.values.items() if key != "assignment_ref"}
        text = row.values.get("assignment_ref", "")
        reference = _uuid(text)
        before = by_reference.get(reference) if reference else by_whom.get(self.key_of(values))
        if text and before is None:
            plan.wrong("assignment_ref", Problem.UNKNOWN_REFERENCE)
        if before is not None:
            # Whether two rows say it by reference or by whom, they are about one assignment.
            row.key = str(before.reference)
        number = values.get("employee_number", "")
        member = members.get(fold(number)) if number else None
        if number and member is None:
            if number in lost:
                plan.wrong("employee_number", Problem.LOST_ZEROS, lost[number])
            else:
                plan.wrong("employee_number", Problem.UNKNOWN_PERSON)
        if plan.problems:
            return plan.settle(is_new=False)
        if before is None:
            self._judge_new(plan, values, member, setting)
        else:
            self._judge_known(plan, values, before, setting)
        if plan.problems:
            return plan.settle(is_new=before is None)
        known = _values_of(before) if before else {}
        if before is None:
            values = {"starts_on": setting.today.isoformat(), "days_after_start": "30", **values}
        for key, value in values.items():
            plan.change(key, known.get(key, ""), value)
        plan.work = _Work(before, member, values) if plan.changes else None
        if plan.changes:
            touched = self._touched_by(before, member, values, setting)
            if len(touched) > 1 and self.needs_agreement(len(touched), setting):
                # For a whole group there is a page that shows what it does, and where a second person agrees.
                plan.wrong("certification", Problem.SECOND_PERSON, str(len(touched)))
            else:
                setting.kept.setdefault("touched", set()).update(touched)
        return plan.settle(is_new=before is None)

    @staticmethod
    def _touched_by(
        before: Requirement | None, member: Membership | None, values: Mapping[str, str], setting: Setting
    ) -> Collection[int]:
        """Return the keys of the memberships that a row is about."""
        if member is not None:
            return (member.pk,)
        if before is not None and before.membership_id is not None:
            return (before.membership_id,)
        site, role = values.get("site", ""), values.get("role", "")
        key = f"reached:{before.pk if before else ''}:{site}:{role}"
        if key not in setting.kept:
            asked = before
            if asked is None:
                ours = {"organisation": setting.organisation}
                asked = Requirement(
                    **ours,
                    site=Site.objects.filter(**ours, code=site).first() if site else None,
                    role=Role.objects.filter(**ours, code=role).first() if role else None,
                )
            setting.kept[key] = selectors.concerned(asked)
        found: list[int] = setting.kept[key]
        return found

    @staticmethod
    def _judge_new(plan: Plan, values: Mapping[str, str], member: Membership | None, setting: Setting) -> None:
        if setting.mode is Mode.UPDATE:
            plan.wrong("certification", Problem.NOT_THERE_YET)
        if values.get("certification") in _held(setting):
            plan.wrong("certification", Problem.TRAINING_HELD)
        if (member is None) == (not values.get("site") and not values.get("role")):
            plan.wrong("employee_number", Problem.WHOM)
        if not values.get("due_on"):
            plan.wrong("due_on", Problem.MISSING)
        elif values["due_on"] < values.get("starts_on", setting.today.isoformat()):
            plan.wrong("due_on", Problem.ENDS_BEFORE_START)
        if values.get("withdrawn_on"):
            plan.wrong("withdrawn_on", Problem.FIXED)

    @staticmethod
    def _judge_known(plan: Plan, values: Mapping[str, str], before: Requirement, setting: Setting) -> None:
        if setting.mode is Mode.CREATE:
            plan.wrong("certification", Problem.ALREADY_THERE)
        known = _values_of(before)
        changed = {key for key, value in values.items() if value != known.get(key, "")}
        if "employee_number" in changed and fold(values["employee_number"]) == fold(known.get("employee_number", "")):
            changed.remove("employee_number")
        for key in ("certification", *_FIXED, "starts_on"):
            if key in changed:
                plan.wrong(key, Problem.FIXED)
        if "due_on" in changed and before.due_rule is not None:
            plan.wrong("due_on", Problem.FIXED)
        if before.ends_on is not None and changed:
            plan.wrong("withdrawn_on", Problem.FIXED)
        due_on = day(values.get("due_on", ""))
        if due_on is not None and due_on < before.starts_on:
            plan.wrong("due_on", Problem.ENDS_BEFORE_START)

    @staticmethod
    def _fact(work: _Work, places: Workplaces, trainings: Mapping[str, int], setting: Setting) -> Requirement:
        values = work.values
        if work.before is not None:
            changes: dict[str, Any] = {}
            if "due_on" in values and work.before.due_rule is None:
                changes["due_on"] = day(values["due_on"])
            if "days_after_start" in values:
                changes["days_after_start"] = int(values["days_after_start"])
            if values.get("withdrawn_on"):
                changes["ends_on"] = max(date.fromisoformat(values["withdrawn_on"]), work.before.starts_on)
            fact: Requirement = successor(work.before, by=setting.by, at=setting.at, **changes)
            return fact
        return Requirement(
            organisation=setting.organisation,
            certification_id=trainings[values["certification"]],
            membership=work.member,
            site_id=places.site_keys.get(values.get("site", "")),
            role_id=places.role_keys.get(values.get("role", "")),
            starts_on=date.fromisoformat(values["starts_on"]),
            due_on=day(values["due_on"]),
            days_after_start=int(values["days_after_start"]),
            recorded_at=setting.at,
            recorded_by=setting.by,
        )

    def _whom_of(self, requirement: Requirement) -> str:
        return self.key_of({**_values_of(requirement), "assignment_ref": ""})


def _works(plans: Sequence[Plan]) -> list[_Work]:
    return [plan.work for plan in plans if plan.work is not None and plan.changes]


def _named(work: "_Work") -> str:
    """Return how somebody who reads a list knows an assignment: by number, or by site and role."""
    values = {**(_values_of(work.before) if work.before else {}), **work.values}
    return ", ".join(values[key] for key in _FIXED if values.get(key))


def _held(setting: Setting) -> set[str]:
    """Return the codes of the trainings that are out of new assignment; asked once for a file."""
    if "held" not in setting.kept:
        codes = dict(Certification.objects.values_list("pk", "code"))
        setting.kept["held"] = {codes[pk] for pk in selectors.held_trainings(codes, on=setting.today)}
    found: set[str] = setting.kept["held"]
    return found


def _values_of(it: Requirement) -> dict[str, str]:
    return {
        "assignment_ref": str(it.reference),
        "certification": it.certification.code,
        "employee_number": it.membership.employee_number if it.membership else "",
        "name": it.membership.name if it.membership else it.label,
        "site": it.site.code if it.site else "",
        "role": it.role.code if it.role else "",
        "starts_on": iso(it.starts_on),
        "due_on": iso(it.due_on),
        "days_after_start": str(it.days_after_start),
        "withdrawn_on": iso(it.ends_on),
    }


def _rebuild(facts: Sequence[Requirement], setting: Setting) -> None:
    """Work the standing out of everybody whom any of these reaches, once."""
    reached = {fact.membership_id for fact in facts if fact.membership_id is not None}
    for fact in facts:
        if fact.membership_id is None:
            reached.update(selectors.concerned(fact))
    services.rebuild_obligations(memberships=reached, at=setting.at)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
