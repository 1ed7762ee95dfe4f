"""Who was at a session in person, as rows. The employer sees date, place and presence: no time, language or result."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import Attendance, Session
from people.kinds.jobs import members_by_number, numbers_with_zeros
from people.kinds.people import NAME, NUMBER, PeopleKind
from people.models import Membership
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Plan, Setting
from people.workbooks.names import labelled
from people.workbooks.problems import Problem
from people.workbooks.values import ChoiceSet

_EXPORT_PAGE = 2000
Result = Attendance.Result
# A workbook says who was there; the result of a quiz is between the person and the facilitator.
_SHOWN: Final = {
    Result.EXPECTED: Result.EXPECTED,
    Result.ABSENT: Result.ABSENT,
    Result.ATTENDED: Result.ATTENDED,
    Result.PASSED: Result.ATTENDED,
}


@dataclass(slots=True)
class _Work:
    session: Session
    member: Membership
    before: Attendance | None
    result: str


class SessionAttendanceKind(Kind):
    """The list of a session, found again by session and employee number."""

    code: ClassVar = "session_attendance"
    label: ClassVar = pgettext_lazy("kind of workbook", "Session attendance")
    sheet: ClassVar = "Session attendance"
    counted: ClassVar = frozenset({"session", "attendance"})
    columns: ClassVar = (
        Column(
            "session",
            pgettext_lazy("column of a workbook", "Session"),
            Type.KEY,
            identifies=True,
            longest=20,
            help=_("The code on the sign-in sheet, such as 2026-03-02-1."),
            other_names=("session id", "session code", "class", "séance", "sesión", "课程场次", "جلسة"),
        ),
        replace(NUMBER, help=_("Of somebody who is here already. Leading zeros count.")),
        replace(NAME, needed=False, read_only=True, help=_("For reading only. Names are changed by a people file.")),
        Column(
            "held_on",
            pgettext_lazy("column of a workbook", "Held on"),
            Type.DATE,
            read_only=True,
            help=_("For reading only."),
        ),
        Column("place", pgettext_lazy("column of a workbook", "Place"), read_only=True, help=_("For reading only.")),
        Column(
            "attendance",
            pgettext_lazy("column of a workbook", "Attendance"),
            Type.CHOICE,
            needed=True,
            choices="attendance",
            help=_("Whether the person was there. The facilitator lets it count."),
            other_names=("attended", "present", "status", "présence", "asistencia", "出席", "الحضور"),
        ),
    )
    samples: ClassVar = (
        {"session": "2026-03-02-1", "employee_number": "0042", "attendance": "attended"},
        {"session": "2026-03-02-1", "employee_number": "0043", "attendance": "absent"},
        {"session": "2026-03-09-1", "employee_number": "0044", "attendance": "expected"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return what a workbook may say of somebody."""
        return {"attendance": labelled({str(it): Result(it).label for it in dict.fromkeys(_SHOWN.values())})}

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return employee numbers."""
        return PeopleKind().known_keys(setting)

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return session and number, folded."""
        session, number = fold(values.get("session", "")), fold(values.get("employee_number", ""))
        return f"{session}|{number}" if session and number else ""

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with the lists."""
        held = Session.objects.filter(organisation=setting.organisation, code__in={it.values["session"] for it in rows})
        sessions = {it.code: it for it in held}
        members = members_by_number({fold(it.values["employee_number"]) for it in rows}, setting)
        unknown = [it.values["employee_number"] for it in rows if fold(it.values["employee_number"]) not in members]
        lost = numbers_with_zeros(unknown, setting)
        lists = Attendance.objects.filter(
            session__in=[it.pk for it in sessions.values()], membership__in=[it.pk for it in members.values()]
        )
        if setting.locked:
            lists = lists.select_for_update().order_by("pk")
        known = {(it.session_id, it.membership_id): it for it in lists}
        plans = []
        for row in rows:
            session = sessions.get(row.values["session"])
            member = members.get(fold(row.values["employee_number"]))
            before = known.get((session.pk, member.pk)) if session and member else None
            plans.append(_plan(row, session, member, before, lost, setting))
        return plans

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Write the lists. Nothing counts before the facilitator lets it."""
        works = [(plan, plan.work) for plan in plans if plan.work is not None]
        new = [
            Attendance(
                session=work.session,
                membership=work.member,
                result=work.result,
                recorded_at=setting.at,
                recorded_by=setting.by,
            )
            for _plan_, work in works
            if work.before is None
        ]
        Attendance.objects.bulk_create(new)
        made = {(it.session_id, it.membership_id): it.pk for it in new}
        entries, changed = [], []
        for plan, work in works:
            before = work.before.result if work.before else None
            pk = work.before.pk if work.before else made[work.session.pk, work.member.pk]
            if work.before is not None:
                work.before.result = work.result
                work.before.recorded_at, work.before.recorded_by = setting.at, setting.by
                changed.append(work.before)
            key = plan.given.values["employee_number"]
            entries.append({"key": key, "attendance": pk, "before": before, "result": work.result})
        Attendance.objects.bulk_update(changed, ["result", "recorded_at", "recorded_by"])
        return entries

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Give the lists back what they were; what counts, or was changed since, stays."""
        rows = Attendance.objects.select_for_update().filter(pk__in=[it["attendance"] for it in entries])
        now = {it.pk: it for it in rows.order_by("pk")}
        left, changed, gone = [], [], []
        for entry in entries:
            attendance = now.get(entry["attendance"])
            if attendance is None or attendance.counted or attendance.result != entry["result"]:
                left.append({"key": entry["key"], "column": "attendance"})
            elif entry["before"] is None:
                gone.append(attendance.pk)
            else:
                attendance.result = entry["before"]
                attendance.recorded_at, attendance.recorded_by = setting.at, setting.by
                changed.append(attendance)
        Attendance.objects.bulk_update(changed, ["result", "recorded_at", "recorded_by"])
        Attendance.objects.filter(pk__in=gone).delete()
        return left

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the lists by session and number; ``on``: of sessions held by then."""
        lists = Attendance.objects.filter(session__organisation=setting.organisation)
        lists = lists.select_related("session", "membership")
        ordered = lists.order_by("session__starts_at", "session_id", "membership__employee_number", "pk")
        found = ordered.iterator(chunk_size=_EXPORT_PAGE)
        while page := list(islice(found, _EXPORT_PAGE)):
            for it in page:
                held_on = it.session.held_on
                if on is None or held_on <= on:
                    yield {
                        "session": it.session.code,
                        "employee_number": it.membership.employee_number,
                        "name": it.membership.name,
                        "held_on": held_on.isoformat(),
                        "place": it.session.place,
                        "attendance": str(_SHOWN[Result(it.result)]),
                    }


def _plan(
    row: Given,
    session: Session | None,
    member: Membership | None,
    before: Attendance | None,
    lost: Mapping[str, str],
    setting: Setting,
) -> Plan:
    plan = Plan(row)
    number = row.values["employee_number"]
    if session is None:
        plan.wrong("session", Problem.UNKNOWN_SESSION)
    if member is None and number in lost:
        plan.wrong("employee_number", Problem.LOST_ZEROS, lost[number])
    elif member is None:
        plan.wrong("employee_number", Problem.UNKNOWN_PERSON)
    if session is None or member is None:
        return plan.settle(is_new=False)
    plan.must_fit(setting.mode, "session", is_new=before is None)
    shown = str(_SHOWN[Result(before.result)]) if before else ""
    result = row.values.get("attendance", shown)
    if not result:
        plan.wrong("attendance", Problem.MISSING)
    if before is not None and before.counted and result != shown:
        plan.wrong("attendance", Problem.FIXED)
    if before is None:
        plan.change("session", "", session.code)
        plan.change("employee_number", "", number)
    plan.change("attendance", shown, result)
    plan.settle(is_new=before is None)
    if plan.changes:
        plan.work = _Work(session, member, before, result)
    return plan
