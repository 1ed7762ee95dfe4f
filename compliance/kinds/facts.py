"""Dated facts about persons: past completions, leave and exemptions. One row is one fact."""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import Certification, PriorLearning
from certificates.validity import PolicyError, ended_by, next_period
from compliance import services
from compliance.kinds.columns import CERTIFICATION, NAME_TO_READ, PERSON, certification_choices, day, successor
from compliance.models import Adjustment
from people.kinds.jobs import iso, members_by_number, numbers_with_zeros
from people.kinds.people import PeopleKind
from people.models import Membership
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Plan, Setting
from people.workbooks.names import labelled
from people.workbooks.problems import Problem
from people.workbooks.undoing import changed, undone
from people.workbooks.values import ChoiceSet

ONE_DAY = timedelta(days=1)
_EXPORT_PAGE = 2000


@dataclass(slots=True)
class _Known:
    """A fact that is known now, and its values as a row has them."""

    fact: Any
    values: dict[str, str]


@dataclass(slots=True)
class _Work:
    member: Membership
    before: _Known | None
    values: dict[str, str]


class FactKind(Kind):
    """A kind whose rows are facts about persons, found again by person and the columns that identify."""

    @abstractmethod
    def known(self) -> QuerySet[Any]:
        """Return the facts of this kind that are known now."""

    @abstractmethod
    def values_of(self, fact: Any) -> dict[str, str]:
        """Return a fact as a row has it, without the person."""

    @abstractmethod
    def fields_of(self, values: Mapping[str, str], setting: Setting) -> dict[str, Any]:
        """Return the fields of a fact, from the values of a row."""

    @abstractmethod
    def void(self) -> dict[str, Any]:
        """Return what a fact has that says that another never was."""

    def judge(self, plan: Plan, values: Mapping[str, str], others: Sequence[_Known], setting: Setting) -> None:
        """Note what is wrong with the whole of a row's values, beside the person's ``others``."""

    def covering(self, on: date) -> Q:
        """Return the condition of facts that an export as of a day shows."""
        return Q()

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return employee numbers."""
        return PeopleKind().known_keys(setting)

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return number and what identifies, folded."""
        parts = [fold(values.get(column.key, "")) for column in self.columns if column.identifies]
        return "|".join(parts) if all(parts) else ""

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with what is known."""
        members = members_by_number({fold(row.values["employee_number"]) for row in rows}, setting)
        unknown = [row.values["employee_number"] for row in rows if fold(row.values["employee_number"]) not in members]
        lost = numbers_with_zeros(unknown, setting)
        known: dict[int, list[_Known]] = defaultdict(list)
        facts = self.known().filter(membership__in=[member.pk for member in members.values()])
        for fact in facts.select_related("certification").order_by("pk"):
            known[fact.membership_id].append(_Known(fact, self.values_of(fact)))
        plans = []
        for row in rows:
            member = members.get(fold(row.values["employee_number"]))
            plan = self._plan(row, member, known[member.pk] if member else [], lost, setting)
            plans.append(plan)
            if plan.work is not None and member is not None:
                mine = known[member.pk]
                if plan.work.before is not None:
                    mine.remove(plan.work.before)
                mine.append(_Known(plan.work.before.fact if plan.work.before else None, plan.work.values))
        return plans

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Record the facts; the standing of all these people is worked out once."""
        works = [(plan, plan.work) for plan in plans if plan.work is not None and plan.changes]
        setting_fields = [self.fields_of(work.values, setting) for _plan, work in works]
        model = self.known().model
        facts = [
            successor(work.before.fact, by=setting.by, at=setting.at, **fields)
            if work.before is not None
            else model(membership=work.member, recorded_at=setting.at, recorded_by=setting.by, **fields)
            for (_plan, work), fields in zip(works, setting_fields, strict=True)
        ]
        model._default_manager.bulk_create(facts)
        services.rebuild_obligations(memberships={work.member.pk for _plan, work in works}, at=setting.at)
        return [
            {"key": plan.given.values["employee_number"], "fact": fact.pk, "before": fact.supersedes_id}
            for (plan, _work), fact in zip(works, facts, strict=True)
        ]

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Record what holds without what was written; what was edited since stays, and what would not fit with it."""
        model = self.known().model
        pks = {pk for entry in entries for pk in (entry["fact"], entry["before"]) if pk}
        facts = {it.pk: it for it in model._default_manager.filter(pk__in=pks).select_related("certification")}
        known: dict[int, list[Any]] = defaultdict(list)
        theirs = self.known().filter(membership__in={it.membership_id for it in facts.values()})
        for it in theirs.select_related("certification").order_by("pk"):
            known[it.membership_id].append(it)
        left, made = [], []
        for entry in reversed(entries):
            fact, before = facts[entry["fact"]], facts.get(entry["before"])
            mine = known[fact.membership_id]
            now = next((it for it in mine if it.reference == fact.reference), None)
            others = [it for it in mine if it is not now]
            row, kept = self._taken_back(entry["key"], fact, before, now, others, setting)
            left += [{"key": entry["key"], "column": column} for column in kept]
            if row is not None:
                row.certification = fact.certification
                made.append(row)
                known[fact.membership_id] = [*others, *([row] if before is not None else [])]
        model._default_manager.bulk_create(made)
        services.rebuild_obligations(memberships={fact.membership_id for fact in made}, at=setting.at)
        return left

    def _taken_back(
        self, key: str, fact: Any, before: Any, now: Any, others: Sequence[Any], setting: Setting
    ) -> tuple[Any, list[str]]:
        """Return the fact to record in place of ``now``, if any, and the columns that stay as they are."""
        wrote = self.values_of(fact)
        was = self.values_of(before) if before else wrote
        if now is None:
            return None, changed(was, wrote)
        said = self.values_of(now)
        if before is None:
            edited = changed(wrote, said)
            void = None if edited else successor(fact, of=now, by=setting.by, at=setting.at, **self.void())
            return void, edited
        values, kept = undone(was, wrote, said)
        if values == said:
            return None, kept
        plan = Plan(Given(None, key, values))
        self.judge(plan, values, [_Known(it, self.values_of(it)) for it in others], setting)
        if plan.problems:
            return None, changed(was, wrote)
        if values == was:
            # With the period that held then.
            return successor(before, of=now, by=setting.by, at=setting.at), kept
        return successor(now, by=setting.by, at=setting.at, **self.fields_of(values, setting)), kept

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the facts by employee number."""
        facts = self.known().filter(membership__organisation=setting.organisation)
        if on is not None:
            facts = facts.filter(self.covering(on))
        ordered = facts.select_related("membership", "certification").order_by("membership__employee_number", "pk")
        found = ordered.iterator(chunk_size=_EXPORT_PAGE)
        while page := list(islice(found, _EXPORT_PAGE)):
            for fact in page:
                person = {"employee_number": fact.membership.employee_number, "name": fact.membership.name}
                yield {**person, **self.values_of(fact)}

    def _plan(
        self, row: Given, member: Membership | None, known: list[_Known], lost: Mapping[str, str], setting: Setting
    ) -> Plan:
        plan = Plan(row)
        number = row.values["employee_number"]
        if member is None:
            if number in lost:
                plan.wrong("employee_number", Problem.LOST_ZEROS, lost[number])
            else:
                plan.wrong("employee_number", Problem.UNKNOWN_PERSON)
            return plan.settle(is_new=False)
        given = {key: value for key, value in row.values.items() if key != "employee_number"}
        same = [it for it in known if self.key_of({"employee_number": number, **it.values}) == row.key]
        before = same[-1] if same else None
        identifying = next(column.key for column in self.columns if column.identifies)
        plan.must_fit(setting.mode, identifying, is_new=before is None)
        values = {**(before.values if before else {}), **given}
        for column in self.columns:
            if column.needed and not values.get(column.key):
                plan.wrong(column.key, Problem.MISSING)
        if not plan.problems:
            self.judge(plan, values, [it for it in known if it is not before], setting)
        if before is None:
            plan.change("employee_number", "", number)
        for key in values:
            plan.change(key, before.values.get(key, "") if before else "", values[key])
        plan.work = _Work(member, before, values)
        plan.settle(is_new=before is None)
        if not plan.changes:
            plan.work = None
        return plan


COMPLETED_ON = Column(
    "completed_on",
    pgettext_lazy("column of a workbook", "Completed on"),
    Type.DATE,
    identifies=True,
    help=_("The day on which it was completed, such as 2026-05-01."),
    other_names=("completion date", "date completed", "completed", "date", "trained on", "date de formation", "fecha", "完成日期", "تاريخ الإكمال"),
)  # fmt: skip


class PastCompletionsKind(FactKind):
    """Trainings that people completed before or elsewhere, as evidence that stands for one of ours."""

    code: ClassVar = "past_completions"
    label: ClassVar = pgettext_lazy("kind of workbook", "Past completions")
    sheet: ClassVar = "Past completions"
    counted: ClassVar = frozenset({"certification"})
    columns: ClassVar = (
        PERSON,
        NAME_TO_READ,
        CERTIFICATION,
        COMPLETED_ON,
        Column(
            "issuer",
            pgettext_lazy("column of a workbook", "Issued by"),
            needed=True,
            help=_("Who gave the training."),
            other_names=("provider", "issued by", "trainer", "vendor", "fournisseur", "proveedor"),
        ),
        Column(
            "title",
            pgettext_lazy("column of a workbook", "Title of that training"),
            needed=True,
            help=_("What it was called there."),
            other_names=("training title", "course name", "course title"),
        ),
        Column(
            "document_number",
            pgettext_lazy("column of a workbook", "Number of the certificate"),
            Type.KEY,
            clears=True,
            longest=60,
            help=_("May be empty."),
            other_names=("certificate number", "certificate no"),
        ),
        Column(
            "ends_on",
            pgettext_lazy("column of a workbook", "Last valid day"),
            Type.DATE,
            clears=True,
            help=_("May be empty. The last valid day that its issuer printed."),
            other_names=("expiry date", "expires on", "valid until", "expiry", "date d’expiration", "fecha de vencimiento", "到期日"),
        ),
    )  # fmt: skip
    samples: ClassVar = (
        {"employee_number": "0042", "completed_on": "2025-03-02", "issuer": "North Training", "title": "Safe at work"},
        {"employee_number": "0043", "completed_on": "2025-04-11", "issuer": "North Training", "title": "Safe at work"},
        {"employee_number": "0044", "completed_on": "2024-11-30", "issuer": "Harbour School", "title": "Seeing signs"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return trainings."""
        return {"certification": certification_choices()}

    def known(self) -> QuerySet[Any]:
        """Return prior learning."""
        found: QuerySet[Any] = PriorLearning.objects.current_knowledge()
        return found

    def values_of(self, fact: PriorLearning) -> dict[str, str]:
        """Return the columns."""
        return {
            "certification": fact.certification.code,
            "completed_on": iso(fact.completed_on),
            "issuer": fact.issuer,
            "title": fact.title,
            "document_number": fact.document_number,
            "ends_on": iso(fact.ends_on),
        }

    def judge(self, plan: Plan, values: Mapping[str, str], others: Sequence[_Known], setting: Setting) -> None:
        """Refuse what is still to come, and an end before the day."""
        if values["completed_on"] > setting.today.isoformat():
            plan.wrong("completed_on", Problem.FUTURE_DATE)
        if values.get("ends_on") and values["ends_on"] < values["completed_on"]:
            plan.wrong("ends_on", Problem.ENDS_BEFORE_START)
        elif not plan.problems:
            try:
                self.fields_of(values, setting)
            except PolicyError:
                plan.wrong("ends_on", Problem.FAR_DATE, values["completed_on"], iso(setting.today))

    def fields_of(self, values: Mapping[str, str], setting: Setting) -> dict[str, Any]:
        """Return the fields, with the period that the policy gives."""
        certification, scope = _certifications(setting)[values["certification"]]
        policy = certification.validity_policy
        completed_on, ends_on = date.fromisoformat(values["completed_on"]), day(values.get("ends_on", ""))
        period = next_period(policy, completed_on)
        if ends_on is not None:
            period = ended_by(policy, period, ends_on + ONE_DAY)
        return {
            "certification": certification,
            "issuer": values["issuer"],
            "title": values["title"],
            "document_number": values.get("document_number", ""),
            "scope": scope,
            "completed_on": completed_on,
            "ends_on": ends_on,
            "valid_from": period.valid_from,
            "valid_until": period.valid_until,
            "window_opens_on": period.window_opens_on,
            "grace_until": period.grace_until,
            "anchor_day": period.anchor_day,
            "policy": policy.to_json(),
        }

    def void(self) -> dict[str, Any]:
        """Return what takes it back."""
        return {"taken_back": True}

    def covering(self, on: date) -> Q:
        """Return what was completed by then."""
        return Q(completed_on__lte=on)


def _certifications(setting: Setting) -> dict[str, tuple[Certification, list[str]]]:
    """Return the trainings by code, each with the codes of its courses; read once for a chunk."""
    kept: dict[str, tuple[Certification, list[str]]] | None = setting.kept.get("certifications")
    if kept is None:
        found = Certification.objects.prefetch_related("courses")
        kept = {it.code: (it, sorted(course.code for course in it.courses.all())) for it in found}
        setting.kept["certifications"] = kept
    return kept


FROM_ON = Column(
    "from_on",
    pgettext_lazy("column of a workbook", "From"),
    Type.DATE,
    identifies=True,
    help=_("The first day."),
    other_names=("start", "start date", "first day", "leave start", "from date", "début", "inicio", "开始日期", "من"),
)
LAST_ON = Column(
    "last_on",
    pgettext_lazy("column of a workbook", "Through"),
    Type.DATE,
    clears=True,
    help=_("The last day. Of leave it may be empty while the return is not known."),
    other_names=("end", "end date", "last day", "leave end", "to date", "through", "until", "fin", "结束日期", "إلى"),
)


class AdjustmentKind(FactKind):
    """Adjustments of one kind, from a day through another."""

    adjustment: ClassVar[str]

    def known(self) -> QuerySet[Any]:
        """Return the adjustments of this kind."""
        found: QuerySet[Any] = Adjustment.objects.current_knowledge().filter(kind=self.adjustment)
        return found

    def judge(self, plan: Plan, values: Mapping[str, str], others: Sequence[_Known], setting: Setting) -> None:
        """Refuse an end before the beginning, and days that are covered already."""
        last_on = values.get("last_on", "")
        if last_on and last_on < values["from_on"]:
            plan.wrong("last_on", Problem.ENDS_BEFORE_START)
            return
        for other in others:
            if other.values.get("certification") != values.get("certification"):
                continue
            begins_in_time = not last_on or other.values["from_on"] <= last_on
            if begins_in_time and (not other.values["last_on"] or other.values["last_on"] >= values["from_on"]):
                plan.wrong("from_on", Problem.COVERED)
                return

    def values_of(self, fact: Adjustment) -> dict[str, str]:
        """Return the dates."""
        return {"from_on": iso(fact.from_on), "last_on": iso(fact.last_on)}

    def fields_of(self, values: Mapping[str, str], setting: Setting) -> dict[str, Any]:
        """Return the dates, the end exclusive."""
        last_on = day(values.get("last_on", ""))
        return {
            "kind": self.adjustment,
            "from_on": date.fromisoformat(values["from_on"]),
            "until": last_on + ONE_DAY if last_on else None,
        }

    def void(self) -> dict[str, Any]:
        """Return what undoes it."""
        return {"undone": True}

    def covering(self, on: date) -> Q:
        """Return what covers the day."""
        return Q(Q(until__isnull=True) | Q(until__gt=on), from_on__lte=on)


class LeaveKind(AdjustmentKind):
    """Leave: dates, and nothing else."""

    code: ClassVar = "leave"
    label: ClassVar = pgettext_lazy("kind of workbook", "Leave")
    sheet: ClassVar = "Leave"
    adjustment: ClassVar = Adjustment.Kind.LEAVE
    columns: ClassVar = (PERSON, NAME_TO_READ, FROM_ON, LAST_ON)
    samples: ClassVar = (
        {"employee_number": "0042", "from_on": "2026-03-02", "last_on": "2026-05-31"},
        {"employee_number": "0043", "from_on": "2026-04-01"},
        {"employee_number": "0044", "from_on": "2026-07-01", "last_on": "2026-07-14"},
    )


class WaiversKind(AdjustmentKind):
    """Exemptions from one training, with a reason of a closed list."""

    code: ClassVar = "waivers"
    label: ClassVar = pgettext_lazy("kind of workbook", "Exemptions")
    sheet: ClassVar = "Exemptions"
    counted: ClassVar = frozenset({"certification", "reason"})
    adjustment: ClassVar = Adjustment.Kind.WAIVER
    columns: ClassVar = (
        PERSON,
        NAME_TO_READ,
        CERTIFICATION,
        FROM_ON,
        Column(
            "last_on", LAST_ON.label, Type.DATE, needed=True, help=_("The last day."), other_names=LAST_ON.other_names
        ),
        Column(
            "reason",
            pgettext_lazy("column of a workbook", "Reason"),
            Type.CHOICE,
            needed=True,
            choices="reason",
            help=_("One of the list; none of them says anything of a person’s body, mind or origin."),
        ),
        Column(
            "document",
            pgettext_lazy("column of a workbook", "Paper on file"),
            Type.CHOICE,
            choices="document",
            clears=True,
            help=_("May be empty. What kind of paper is on file."),
        ),
        Column(
            "document_number",
            pgettext_lazy("column of a workbook", "Number of the paper"),
            Type.KEY,
            clears=True,
            longest=60,
            help=_("May be empty. A number, not a sentence."),
        ),
    )
    samples: ClassVar = (
        {"employee_number": "0042", "from_on": "2026-03-02", "last_on": "2026-12-31", "reason": "other_role"},
        {"employee_number": "0043", "from_on": "2026-04-01", "last_on": "2026-09-30", "reason": "elsewhere"},
        {"employee_number": "0044", "from_on": "2026-07-01", "last_on": "2027-06-30", "reason": "covered"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return trainings, and the closed lists."""
        reasons = labelled({str(it): Adjustment.Reason(it).label for it in Adjustment.REASONS[self.adjustment]})
        papers = labelled(dict(Adjustment.Document.choices))
        return {"certification": certification_choices(), "reason": reasons, "document": papers}

    def values_of(self, fact: Adjustment) -> dict[str, str]:
        """Return the columns."""
        return {
            "certification": fact.certification.code if fact.certification else "",
            **super().values_of(fact),
            "reason": fact.reason,
            "document": fact.document,
            "document_number": fact.document_number,
        }

    def judge(self, plan: Plan, values: Mapping[str, str], others: Sequence[_Known], setting: Setting) -> None:
        """Refuse a sentence where a number belongs, and a number of no paper."""
        super().judge(plan, values, others, setting)
        number = values.get("document_number", "")
        if number and not services.is_document_number(number):
            plan.wrong("document_number", Problem.NOT_A_DOCUMENT_NUMBER)
        if number and not values.get("document"):
            plan.wrong("document", Problem.MISSING)

    def fields_of(self, values: Mapping[str, str], setting: Setting) -> dict[str, Any]:
        """Return the fields."""
        return {
            **super().fields_of(values, setting),
            "certification": _certifications(setting)[values["certification"]][0],
            "reason": values["reason"],
            "document": values.get("document", ""),
            "document_number": values.get("document_number", ""),
        }
