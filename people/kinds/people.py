"""People: who they are, how they are reached, and where they work now. One row is one person."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import date
from itertools import islice
from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people import signals
from people.bulk import insert_rows
from people.exceptions import EmploymentOverlaps
from people.kinds.jobs import (
    UNSAID,
    Job,
    Step,
    iso,
    jobs_of,
    members_by_number,
    numbers_with_zeros,
    place,
    take_back_facts,
    workplace_choices,
    write_steps,
)
from people.models import AccountChange, Credential, Employment, Membership, User
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Action, Given, Kind, Mode, Plan, Setting
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.values import ChoiceSet

NUMBER = Column(
    "employee_number",
    pgettext_lazy("column of a people file", "Employee number"),
    Type.KEY,
    identifies=True,
    longest=40,
    help=_("As you write it. Leading zeros count. Each number once."),
    other_names=(
        "employee no", "employee no.", "employee #", "emp no", "emp #", "emp id", "employee id", "staff no", "staff number",
        "staff id", "personnel number", "badge", "badge number", "worker id", "id", "number", "no", "payroll number",
        "matricule", "numéro d’employé", "numéro employé", "no employé", "n° employé", "numéro", "número de empleado",
        "no. de empleado", "núm. empleado", "número de trabajador", "numero ng empleyado", "工号", "员工编号", "员工号", "員工編號",
        "工號", "رقم الموظف", "الرقم الوظيفي", "ਕਰਮਚਾਰੀ ਨੰਬਰ", "ਮੁਲਾਜ਼ਮ ਨੰਬਰ",
    ),
)  # fmt: skip
SITE = Column(
    "site",
    pgettext_lazy("column of a people file", "Site"),
    Type.CHOICE,
    choices="site",
    needed=True,
    help=_("The code or the name of one of your sites."),
    other_names=(
        "location", "work site", "worksite", "workplace", "property", "hotel", "camp", "branch", "site code", "place of work",
        "lieu", "lieu de travail", "établissement", "lugar", "sede", "centro de trabajo", "lugar de trabajo", "lokasyon",
        "地点", "工作地点", "地點", "工作地點", "الموقع", "مكان العمل", "موقع العمل", "مقر العمل", "ਥਾਂ", "ਕੰਮ ਦੀ ਥਾਂ",
    ),
)  # fmt: skip
ROLE = Column(
    "role",
    pgettext_lazy("column of a people file", "Role"),
    Type.CHOICE,
    choices="role",
    clears=True,
    help=_("May be empty. The code or the name of one of your roles."),
    other_names=(
        "job", "job title", "position", "title", "department", "job role", "occupation", "poste", "fonction", "emploi",
        "puesto", "cargo", "posisyon", "trabaho", "职位", "岗位", "職位", "الوظيفة", "المسمى الوظيفي", "ਅਹੁਦਾ",
    ),
)  # fmt: skip
STARTS_ON = Column(
    "starts_on",
    pgettext_lazy("column of a people file", "First day"),
    Type.DATE,
    needed=True,
    help=_("A date, such as 2026-05-01."),
    other_names=(
        "start date", "hire date", "date hired", "hired", "hired on", "date of hire", "start", "first day of work", "joined",
        "commencement date", "date d’embauche", "date de début", "début", "embauche", "premier jour", "fecha de inicio",
        "fecha de ingreso", "fecha de contratación", "inicio", "petsa ng simula", "入职日期", "到职日期", "入職日期", "開始日期",
        "تاريخ التعيين", "تاريخ البدء", "ਸ਼ੁਰੂ ਮਿਤੀ",
    ),
)  # fmt: skip
ENDS_ON = Column(
    "ends_on",
    pgettext_lazy("column of a people file", "Last day"),
    Type.DATE,
    clears=True,
    help=_("May be empty. The last day at work, such as 2026-09-30. An empty cell changes nothing."),
    other_names=(
        "end date", "termination date", "last day of work", "end", "left on", "leaving date", "contract end", "date de fin",
        "fin", "dernier jour", "date de départ", "fecha de fin", "fecha de baja", "fecha de término", "fin de contrato",
        "petsa ng pagtatapos", "离职日期", "結束日期", "離職日期", "تاريخ الانتهاء", "تاريخ المغادرة", "ਆਖਰੀ ਮਿਤੀ",
    ),
)  # fmt: skip
NAME = Column(
    "name",
    pgettext_lazy("column of a people file", "Name"),
    needed=True,
    help=_("As it shall stand on certificates."),
    other_names=(
        "full name", "employee name", "employee", "worker", "staff name", "person", "display name", "nom", "nom complet",
        "nom et prénom", "nombre", "nombre completo", "nombre y apellidos", "pangalan", "buong pangalan", "姓名", "名字",
        "الاسم", "الاسم الكامل", "ਨਾਮ", "ਪੂਰਾ ਨਾਮ",
    ),
)  # fmt: skip
PREFERRED_NAME = Column(
    "preferred_name",
    pgettext_lazy("column of a people file", "Preferred name"),
    clears=True,
    help=_("May be empty. What the person is called day to day. Certificates print the name."),
    other_names=(
        "known as", "called", "nickname", "goes by", "preferred first name", "nom d’usage", "prénom usuel", "nom usuel",
        "nombre preferido", "nombre de uso", "palayaw", "常用名", "昵称", "暱稱", "الاسم المفضل", "الاسم المتداول", "ਪ੍ਰਚਲਿਤ ਨਾਮ",
    ),
)  # fmt: skip
EMAIL = Column(
    "email",
    pgettext_lazy("column of a people file", "E-mail"),
    Type.EMAIL,
    clears=True,
    longest=254,
    help=_("May be empty. An empty cell changes nothing."),
    other_names=(
        "e-mail", "email", "email address", "e-mail address", "mail", "work email", "courriel", "adresse courriel",
        "adresse e-mail", "correo", "correo electrónico", "电子邮件", "邮箱", "電子郵件", "电邮", "البريد الإلكتروني", "ਈਮੇਲ",
    ),
)  # fmt: skip
MANAGER = Column(
    "manager",
    pgettext_lazy("column of a people file", "Manager’s employee number"),
    Type.KEY,
    clears=True,
    longest=40,
    help=_("May be empty. The employee number of the person’s manager, who may stand further down in the file."),
    other_names=(
        "manager", "manager number", "manager id", "supervisor", "supervisor id", "supervisor number", "reports to", "boss",
        "superviseur", "responsable", "matricule du responsable", "jefe", "supervisor asignado", "经理工号", "主管工号",
        "主管", "رقم المدير", "المدير",
    ),
)  # fmt: skip

_FIELDS = ("name", "preferred_name", "email")
_EXPORT_PAGE = 2000
_KNOWN_KEYS = 5000


@dataclass(slots=True)
class _Work:
    """What to write of one person."""

    member: Membership | None
    pk: int = 0
    """Key of the membership, once there is one."""
    name: str | None = None
    preferred_name: str | None = None
    email: str | None = None
    manager: str | None = None
    """Folded number; empty: nobody any more."""
    steps: list[Step] = field(default_factory=list)


class PeopleKind(Kind):
    """People and their present employment."""

    code: ClassVar = "people"
    label: ClassVar = pgettext_lazy("kind of workbook", "People")
    sheet: ClassVar = "People"
    counted: ClassVar = frozenset({"site", "role"})
    columns: ClassVar = (NUMBER, NAME, PREFERRED_NAME, EMAIL, SITE, ROLE, STARTS_ON, ENDS_ON, MANAGER)
    modes: ClassVar = frozenset(Mode)
    passes: ClassVar = 2
    later_passes: ClassVar = frozenset({"manager"})
    rows_stand_alone: ClassVar = True
    samples: ClassVar = (
        {"employee_number": "0042", "name": "Jo Castellan", "email": "jo@example.org", "starts_on": "2026-03-02"},
        {
            "employee_number": "0043",
            "name": "Ama Birch",
            "preferred_name": "Ami",
            "starts_on": "2026-03-02",
            "ends_on": "2026-09-30",
        },
        {"employee_number": "0044", "name": "Lin Harrow", "starts_on": "2026-03-09", "manager": "0042"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return sites and roles."""
        return workplace_choices(setting.organisation)

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return employee numbers."""
        numbers = Membership.objects.filter(organisation=setting.organisation).values_list("employee_number", flat=True)
        return {number.lower() for number in numbers.order_by("pk")[:_KNOWN_KEYS]}

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return the folded employee number."""
        return fold(values.get("employee_number", ""))

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with what is known: a handful of queries, however many rows."""
        members = members_by_number({row.key for row in rows}, setting)
        jobs = jobs_of(member.pk for member in members.values())
        unknown = [row.values["employee_number"] for row in rows if row.row is not None and row.key not in members]
        lost = numbers_with_zeros(unknown, setting)
        managers = self._managers(members.values()) if setting.locked else {}
        return [self._plan(row, members.get(row.key), jobs, lost, managers, setting) for row in rows]

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Write people and employments first; managers in a second pass, when everybody is there."""
        works = [(plan, plan.work) for plan in plans if plan.work is not None]
        if number == 1:
            return self._write_managers(works, setting)
        self._update([work for _, work in works if work.member is not None], setting)
        self._create([(plan, work) for plan, work in works if work.member is None], setting)
        undo = []
        steps = [(work.pk, step) for _, work in works for step in work.steps]
        made: dict[int, list[list[int | None]]] = {}
        for membership, fact, before in write_steps(steps, setting):
            made.setdefault(membership, []).append([fact, before])
        for plan, work in works:
            fields = {key: plan.changes[key] for key in _FIELDS if key in plan.changes}
            if work.pk in made or (fields and plan.action is Action.CHANGED):
                undo.append(
                    {
                        "key": plan.given.values.get("employee_number", plan.given.key),
                        "member": work.pk,
                        "fields": fields if plan.action is Action.CHANGED else {},
                        "jobs": made.get(work.pk, []),
                    }
                )
        return undo

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Give each field of people and employments back what it was, except where somebody edited it since.

        A manager who stands below the person by now does not come back: nobody is above themselves.
        """
        members = {
            member.pk: member
            for member in Membership.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=[entry["member"] for entry in entries], organisation=setting.organisation)
            .order_by("pk")
        }
        above = _managers_above(entry["fields"]["manager"][0] for entry in entries if "manager" in entry["fields"])
        left: list[dict[str, str]] = []
        touched: list[Membership] = []
        changes: list[AccountChange] = []
        renamed: list[Membership] = []
        for entry in entries:
            member = members.get(entry["member"])
            if member is None:
                continue
            for column, (before, after) in entry["fields"].items():
                if (now := self._field(member, column)) == before:
                    continue
                if now != after or (column == "manager" and _is_above(member.pk, before, above)):
                    left.append({"key": entry["key"], "column": column})
                    continue
                if column == "manager":
                    above[member.pk] = before
                self._set_field(member, column, before, entry)
                touched.append(member)
                if column == "name":
                    renamed.append(member)
                if column in _CHANGE_KINDS:
                    changes.append(self._change(member, column, setting))
        Membership.objects.bulk_update(touched, [*_FIELDS, "manager"])
        self._note(changes, renamed, setting)
        pairs = [(fact, before, entry) for entry in reversed(entries) for fact, before in reversed(entry["jobs"])]
        kept = take_back_facts([(fact, before) for fact, before, _ in pairs], setting)
        left += [{"key": entry["key"], "column": column} for fact, _, entry in pairs for column in kept[fact]]
        return left

    def check_whole(
        self, rows: Callable[[], Iterator[tuple[int, str, Mapping[str, str]]]], setting: Setting
    ) -> list[RowProblem]:
        """Find managers that nobody knows, and circles of managers."""
        said = {key: (row, fold(values["manager"])) for row, key, values in rows() if values.get("manager")}
        if not said:
            return []
        cleared = {key for _, key, values in rows() if values.get("manager") == ""}
        wanted = {manager for _, manager in said.values()}
        there = {key for _, key, _ in rows() if key in wanted}
        missing = sorted(wanted - there)
        for start in range(0, len(missing), 1000):
            there |= members_by_number(missing[start : start + 1000], setting).keys()
        problems = [
            RowProblem(row, "manager", Problem.UNKNOWN_PERSON) for row, manager in said.values() if manager not in there
        ]
        kept = (
            Membership.objects.filter(organisation=setting.organisation, manager__isnull=False)
            .values_list("employee_number", "manager__employee_number")
            .iterator()
        )
        above = {member.lower(): manager.lower() for member, manager in kept if member.lower() not in cleared}
        above |= {key: manager for key, (_, manager) in said.items()}
        problems += [RowProblem(said[key][0], "manager", Problem.CIRCLE) for key in _in_circles(above) if key in said]
        return problems

    def ended(self, setting: Setting, *, is_there: Any) -> Iterator[Plan]:
        """Yield everybody at work, or coming, who is not in the file."""
        live = (
            self._live(setting)
            .alias(folded=Lower("employee_number"))
            .annotate(named=Exists(is_there.filter(key=OuterRef("folded"))))
        )
        for member in live.filter(named=False).order_by("pk").iterator(chunk_size=500):
            number = member.employee_number
            # SQLite folds plain letters alone.
            if not number.isascii() and is_there.filter(key=number.lower()).exists():
                continue
            last_day = iso(setting.today)
            given = Given(None, number.lower(), {"employee_number": number, "ends_on": last_day})
            yield Plan(given, Action.ENDED, {"ends_on": ["", last_day]})

    def live_count(self, setting: Setting) -> int:
        """Return how many people work here, or will."""
        return self._live(setting).count()

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield people by number, each with the employment of that day; without a day with the present or last one."""
        people = (
            Membership.objects.filter(organisation=setting.organisation)
            .order_by("employee_number", "pk")
            .values_list("pk", "employee_number", *_FIELDS, "manager__employee_number")
        )
        if on is not None:
            working = Employment.objects.covering(on).filter(membership=OuterRef("pk"))
            people = people.filter(Exists(working))
        found = people.iterator(chunk_size=_EXPORT_PAGE)
        while page := list(islice(found, _EXPORT_PAGE)):
            jobs = jobs_of(pk for pk, *_ in page)
            for pk, number, *fields, manager in page:
                row = {"employee_number": number, **dict(zip(_FIELDS, fields, strict=True)), "manager": manager or ""}
                job = _shown(jobs.get(pk, []), on or setting.today, strictly=on is not None)
                if job is not None:
                    row |= {
                        "site": job.site,
                        "role": job.role,
                        "starts_on": iso(job.starts_on),
                        "ends_on": iso(job.ends_on),
                    }
                yield row

    @staticmethod
    def _live(setting: Setting) -> Any:
        ahead = Employment.objects.current_knowledge().filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=setting.today), membership=OuterRef("pk")
        )
        return Membership.objects.filter(Exists(ahead), organisation=setting.organisation)

    def _plan(
        self,
        given: Given,
        member: Membership | None,
        jobs: Mapping[int, list[Job]],
        lost: Mapping[str, str],
        managers: Mapping[int, str],
        setting: Setting,
    ) -> Plan:
        plan = Plan(given, work=_Work(member, member.pk if member else 0))
        values = given.values
        if given.row is None:
            return _plan_end(plan, member, jobs, setting)
        if member is None:
            number = values["employee_number"]
            if number in lost:
                plan.wrong("employee_number", Problem.LOST_ZEROS, lost[number])
            elif not setting.mode.may_create:
                plan.wrong("employee_number", Problem.NOT_THERE_YET)
            for column in self.columns:
                if column.needed and not values.get(column.key):
                    plan.wrong(column.key, Problem.MISSING)
            plan.change("employee_number", "", number)
        elif not setting.mode.may_update:
            plan.wrong("employee_number", Problem.ALREADY_THERE)
        self._plan_fields(plan, member, managers)
        self._plan_job(plan, jobs.get(member.pk, []) if member else [])
        return plan.settle(is_new=member is None)

    def _plan_fields(self, plan: Plan, member: Membership | None, managers: Mapping[int, str]) -> None:
        values, work = plan.given.values, plan.work
        for column in _FIELDS:
            if column in values:
                plan.change(column, getattr(member, column) if member else "", values[column])
                if column in plan.changes:
                    setattr(work, column, values[column])
        if "manager" in values:
            if member is None or member.manager_id is None:
                before = ""
            else:
                before = managers.get(member.manager_id) or (member.manager.employee_number if member.manager else "")
            if fold(values["manager"]) != before.lower():
                plan.change("manager", before, values["manager"])
                work.manager = fold(values["manager"])
            if values["manager"] and fold(values["manager"]) == plan.given.key:
                plan.wrong("manager", Problem.CIRCLE)

    def _plan_job(self, plan: Plan, jobs: list[Job]) -> None:
        values = plan.given.values
        if not {"site", "role", "starts_on", "ends_on"} & values.keys():
            return
        starts_on = date.fromisoformat(values["starts_on"]) if "starts_on" in values else None
        target = _meant(jobs, values.get("site"), starts_on)
        if target is None and not ("site" in values and starts_on):
            if jobs or plan.work.member is not None:
                for key in ("site", "starts_on"):
                    if key not in values:
                        plan.wrong(key, Problem.MISSING)
            return
        site = values.get("site") or (target.site if target else "")
        starts_on = starts_on or (target.starts_on if target else None)
        assert starts_on is not None
        ends_on: Any = UNSAID
        if "ends_on" in values:
            ends_on = date.fromisoformat(values["ends_on"]) if values["ends_on"] else None
        if isinstance(ends_on, date) and ends_on < starts_on:
            plan.wrong("ends_on", Problem.ENDS_BEFORE_START)
            return
        try:
            steps = place(jobs, site=site, role=values.get("role", UNSAID), starts_on=starts_on, ends_on=ends_on)
        except EmploymentOverlaps:
            plan.wrong("starts_on", Problem.OVERLAPS)
            return
        if any(step.after.is_backwards for step in steps):
            plan.wrong("starts_on", Problem.ENDS_BEFORE_START)
            return
        plan.work.steps = steps
        if steps:
            before = steps[-1].before or steps[0].before
            after = steps[-1].after
            plan.change("site", before.site if before else "", after.site)
            plan.change("role", before.role if before else "", after.role)
            plan.change("starts_on", iso(before.starts_on) if before else "", iso(after.starts_on))
            plan.change("ends_on", iso(before.ends_on) if before else "", iso(after.ends_on))

    @staticmethod
    def _managers(members: Iterable[Membership]) -> dict[int, str]:
        wanted = {member.manager_id for member in members if member.manager_id is not None}
        return dict(Membership.objects.filter(pk__in=wanted).values_list("pk", "employee_number")) if wanted else {}

    @staticmethod
    def _create(works: Sequence[tuple[Plan, _Work]], setting: Setting) -> None:
        if not works:
            return
        # As ``make_password(None)`` has it, which takes longer than all else of a row.
        passwords = [(f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_hex(20)}",) for _ in works]
        users = insert_rows(User, ("password",), passwords)
        assert setting.organisation is not None
        organisation = setting.organisation.pk
        members = insert_rows(
            Membership,
            ("organisation_id", "user_id", "employee_number", *_FIELDS),
            [
                (
                    organisation,
                    user,
                    plan.given.values["employee_number"],
                    *(getattr(work, column) or "" for column in _FIELDS),
                )
                for (plan, work), user in zip(works, users, strict=True)
            ],
        )
        insert_rows(Credential, ("membership_id",), [(member,) for member in members])
        for (_plan, work), member in zip(works, members, strict=True):
            work.pk = member

    def _update(self, works: Sequence[_Work], setting: Setting) -> None:
        changed, renamed, changes = [], [], []
        for work in works:
            member = work.member
            assert member is not None
            if work.name is not None:
                member.name = work.name
                renamed.append(member)
                changes.append(self._change(member, "name", setting))
            for column in ("preferred_name", "email"):
                if (said := getattr(work, column)) is not None:
                    setattr(member, column, said)
                    changes.append(self._change(member, column, setting))
            if any(getattr(work, column) is not None for column in _FIELDS):
                changed.append(member)
        Membership.objects.bulk_update(changed, _FIELDS)
        self._note(changes, renamed, setting)

    @staticmethod
    def _note(changes: Sequence[AccountChange], renamed: Sequence[Membership], setting: Setting) -> None:
        AccountChange.objects.bulk_create(changes)
        for member in renamed:
            signals.membership_renamed.send(sender=Membership, membership=member, at=setting.at)

    @staticmethod
    def _change(member: Membership, column: str, setting: Setting) -> AccountChange:
        return AccountChange(
            user_id=member.user_id, membership=member, kind=_CHANGE_KINDS[column], happened_at=setting.at
        )

    def _write_managers(self, works: Sequence[tuple[Plan, _Work]], setting: Setting) -> list[dict[str, Any]]:
        concerned = [
            (plan, work.member, work.manager)
            for plan, work in works
            if work.manager is not None and work.member is not None
        ]
        if not concerned:
            return []
        wanted = {number for _plan, _member, number in concerned if number}
        known = members_by_number(wanted, replaced(setting, locked=False))
        undo: list[dict[str, Any]] = []
        for plan, member, number in concerned:
            manager = known.get(number)
            if number and (manager is None or manager.pk == member.pk):
                continue
            fields = {"manager": [member.manager_id, manager.pk if manager else None]}
            member.manager = manager
            undo.append(
                {"key": plan.given.values["employee_number"], "member": member.pk, "fields": fields, "jobs": []}
            )
        Membership.objects.bulk_update([member for _plan, member, _number in concerned], ["manager"])
        return undo

    @staticmethod
    def _field(member: Membership, column: str) -> Any:
        return member.manager_id if column == "manager" else getattr(member, column)

    @staticmethod
    def _set_field(member: Membership, column: str, value: Any, entry: Mapping[str, Any]) -> None:
        setattr(member, "manager_id" if column == "manager" else column, value)


_CHANGE_KINDS = {
    "name": AccountChange.Kind.NAME_CHANGED,
    "preferred_name": AccountChange.Kind.NAME_CHANGED,
    "email": AccountChange.Kind.CONTACT_CHANGED,
}


def _plan_end(plan: Plan, member: Membership | None, jobs: Mapping[int, list[Job]], setting: Setting) -> Plan:
    """Plan the end of all that runs, for somebody who is not in a complete snapshot."""
    last_day = date.fromisoformat(plan.given.values["ends_on"])
    running = (
        [job for job in jobs.get(member.pk, []) if job.ends_on is None or job.ends_on > last_day] if member else []
    )
    plan.work.steps = [Step(job, replaced(job, ends_on=max(last_day, job.starts_on))) for job in running]
    if running:
        plan.action, plan.changes = Action.ENDED, {"ends_on": ["", iso(last_day)]}
    return plan


def _meant(jobs: Sequence[Job], site: str | None, starts_on: date | None) -> Job | None:
    """Return the employment that a row means which does not say all of site and first day."""
    if site is not None and starts_on is not None:
        return None
    fitting = [
        job for job in jobs if (site is None or job.site == site) and (starts_on is None or job.starts_on == starts_on)
    ]
    return fitting[-1] if fitting else None


def _shown(jobs: Sequence[Job], day: date, *, strictly: bool) -> Job | None:
    """Return the employment that an export shows: what covers the day and began last; else the last one of all."""
    covering = [job for job in jobs if job.overlaps(day, day)]
    if covering:
        return covering[-1]
    return jobs[-1] if jobs and not strictly else None


def _managers_above(people: Iterable[int | None]) -> dict[int, int | None]:
    """Return who is directly above each of these people, and above those in turn: a query for each level."""
    above: dict[int, int | None] = {}
    wanted = {pk for pk in people if pk is not None}
    while wanted:
        found = dict(Membership.objects.filter(pk__in=wanted).values_list("pk", "manager_id"))
        above |= found
        wanted = {pk for pk in found.values() if pk is not None} - above.keys()
    return above


def _is_above(person: int, manager: int | None, above: Mapping[int, int | None]) -> bool:
    """Return whether ``person`` is ``manager``, or above them."""
    met: set[int] = set()
    while manager is not None and manager not in met:
        if manager == person:
            return True
        met.add(manager)
        manager = above.get(manager)
    return False


def _in_circles(above: Mapping[str, str]) -> set[str]:
    """Return everybody who is, through managers, above themselves."""
    state: dict[str, int] = {}
    found: set[str] = set()
    for number, start in enumerate(above, start=1):
        path, here = [], start
        while here in above and here not in state:
            state[here] = number
            path.append(here)
            here = above[here]
        if state.get(here) == number and here in path:
            found.update(path[path.index(here) :])
    return found
