"""Banks of questions and the quizzes over them, one of each per course and called as it is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import models
from wagtail.models import Locale

from assessments.models import (
    BlueprintRow,
    ChoiceOption,
    CriticalRule,
    MatchingPair,
    MatchingQuestion,
    MultipleChoiceQuestion,
    Objective,
    OrderingItem,
    OrderingQuestion,
    Question,
    QuestionBank,
    Quiz,
    ReflectionQuestion,
    ScenarioQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from courses.curriculum import schema
from courses.curriculum.parts.html import as_edited, rich, rich_line
from courses.curriculum.parts.languages import Words
from courses.curriculum.parts.streams import to_form, to_raw
from courses.curriculum.registry import Form, Part
from courses.exceptions import QuestionTypeChanged

_PART_KEYS: Final = UUID("7d0ac5de-2b76-5e8c-8a57-5b60ab3d8e0f")

_TYPES: Final[dict[str, type[Question]]] = {
    kind.kind: kind
    for kind in (
        SingleChoiceQuestion,
        MultipleChoiceQuestion,
        TrueFalseQuestion,
        OrderingQuestion,
        MatchingQuestion,
        ScenarioQuestion,
        ReflectionQuestion,
    )
}


def part_key(course: str, question: str, place: str) -> str:
    """Return the key of an option, item, pair or choice: the same in every load and every language.

    ``place`` is its index; for a choice the node and the index in it.
    """
    return str(uuid5(_PART_KEYS, f"{course}/{question}/{place}"))


class BankPart(Part):
    """The bank of each course, with its objectives and critical rules."""

    name = "bank"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the banks."""
        return {
            course.code: {
                "title": course.title,
                "objectives": [{"code": each.code, "text": each.text} for each in course.objectives],
                "critical_rules": [
                    {"code": each.code, "text": each.text, "passage": each.passage} for each in course.critical_rules
                ],
            }
            for course in curriculum.courses
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the banks, without what only retired questions name: that stays for their sake alone."""
        return {
            bank.code: {
                "title": bank.title,
                "objectives": [
                    {"code": each.code, "text": each.text} for each in bank.objectives.all() if not _is_left_over(each)
                ],
                "critical_rules": [
                    {"code": each.code, "text": each.text, "passage": each.passage}
                    for each in bank.critical_rules.all()
                    if not _is_left_over(each)
                ],
            }
            for bank in QuestionBank.objects.filter(code__in=codes)
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the banks that the course asks from."""
        return banks_of(course)

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the bank; an objective or rule that is shipped no more stays while a question names it."""
        bank, _ = QuestionBank.objects.update_or_create(code=code, defaults={"title": form["title"]})
        for model, forms in ((Objective, form["objectives"]), (CriticalRule, form["critical_rules"])):
            rows = model.objects.filter(bank=bank)
            for row in _write_children(rows, model, {"bank": bank}, "code", forms):
                if not row.questions.exists():
                    row.delete()


def banks_of(course: str) -> list[str]:
    """Return the codes of the banks of a course: the one called as it is, and that of its quiz."""
    rows = QuestionBank.objects.filter(models.Q(code=course) | models.Q(quizzes__courses__code=course))
    return sorted(set(rows.values_list("code", flat=True)))


def _is_left_over(row: Objective | CriticalRule) -> bool:
    return row.questions.exists() and not row.questions.filter(retired=False).exists()


def _write_children(
    rows: Iterable[Any],
    model: type[models.Model],
    parent: Form,
    key: str,
    forms: Sequence[Form],
    joined: Mapping[str, UUID] | None = None,
) -> list[Any]:
    """Make ``forms`` the children of a row, in that order, known by ``key``; return the others that are there.

    ``joined`` are the translation keys, by ``key``, of those that are translations of others.
    """
    there = {str(getattr(row, key)): row for row in rows}
    new = []
    for order, form in enumerate(forms):
        row: Any = there.pop(form[key], None) or model(**parent)
        if joined and form[key] in joined:
            row.translation_key = joined[form[key]]
        for name, value in form.items():
            setattr(row, name, value)
        row.sort_order = order
        if row.pk is None:
            new.append(row)
        else:
            row.save()
    model._default_manager.bulk_create(new)
    return list(there.values())


@dataclass(frozen=True, slots=True)
class _Bank:
    """A bank with what its questions name.

    ``written`` holds the codes of the questions that are there in the language of the part; ``sources`` and
    ``parts`` the translation keys of the questions in the source language and, by question and key, of their options,
    items and pairs: what is written in another language joins them.
    """

    row: QuestionBank
    objectives: dict[str, Objective]
    rules: dict[str, CriticalRule]
    written: set[str]
    sources: dict[str, UUID]
    parts: Mapping[str, Mapping[str, UUID]]


class QuestionPart(Part):
    """The questions in one language; codes are ``<bank>/<question>``."""

    name = "question"
    can_withdraw = True

    def __init__(self, words: Words | None = None) -> None:
        self.banks: dict[str, _Bank] = {}
        self.words = words or Words("")
        self.locale = self.words.locale
        if self.words.language:
            self.name = f"{type(self).name}@{self.words.language}"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the questions."""
        return {
            f"{course.code}/{question.code}": _question_form(course.code, question)
            for course in self.words.courses(curriculum)
            for question in course.questions
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the questions."""
        wanted = set(codes)
        rows = (
            Question.objects.filter(bank__code__in={code.partition("/")[0] for code in wanted}, locale=self.locale)
            .select_related("bank", "objective", "critical")
            .prefetch_related("options", "items", "pairs")
        )
        return {code: _stored_form(row) for row in rows if (code := f"{row.bank.code}/{row.code}") in wanted}

    def of_course(self, course: str) -> Collection[str]:
        """Return the questions in use, in the order in which they were written."""
        rows = Question.objects.filter(bank__code__in=banks_of(course), locale=self.locale, retired=False)
        return [f"{bank}/{code}" for bank, code in rows.order_by("pk").values_list("bank__code", "code")]

    def check(self, codes: Collection[str]) -> None:
        """Look at the questions."""
        wanted = set(codes)
        rows = Question.objects.filter(
            bank__code__in={code.partition("/")[0] for code in wanted},
            code__in={code.partition("/")[2] for code in wanted},
            locale=self.locale,
        )
        for row in rows.select_related("bank"):
            if f"{row.bank.code}/{row.code}" in wanted:
                row.full_clean()
                if isinstance(row, ScenarioQuestion):
                    row.graph.stream_block.clean(row.graph)

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the question.

        Raises:
            QuestionTypeChanged: there is a question of another type under this code.
        """
        bank_code, _, question_code = code.partition("/")
        bank = self._bank(bank_code)
        model = _TYPES[form["type"]]
        is_new = question_code not in bank.written
        row: Any
        if is_new:
            row = model(bank=bank.row, code=question_code, locale=self.locale)
            if question_code in bank.sources:
                row.translation_key = bank.sources[question_code]
        else:
            row = Question.objects.get(bank=bank.row, code=question_code, locale=self.locale)
            if type(row) is not model:
                raise QuestionTypeChanged(code=code, was=row.kind, wanted=form["type"])
        for name in ("use", "innocent", "difficulty", "situation", "passage", "stem", "feedback", "retired"):
            setattr(row, name, form[name])
        row.objective = bank.objectives[form["objective"]]
        row.critical = bank.rules[form["critical"]] if form["critical"] else None
        if "answer" in form:
            row.answer = form["answer"]
        if "graph" in form:
            row.start = form["start"]
            row.graph = to_raw(row.graph.stream_block, form["graph"], find=_nothing_to_find, place=code)
        row.pre_save_polymorphic()
        # The plain save: the parts are written below, and the clustered one would look for each kind of them.
        models.Model.save(row)
        bank.written.add(question_code)
        for name, child in (("options", ChoiceOption), ("items", OrderingItem), ("pairs", MatchingPair)):
            if name in form:
                rows = () if is_new else getattr(row, name).all()
                # As the base class: that is what the parts point at.
                parent = {"question_id": row.pk, "locale": self.locale}
                for gone in _write_children(rows, child, parent, "key", form[name], bank.parts.get(question_code)):
                    gone.delete()

    def withdraw(self, code: str) -> None:
        """Retire the question: papers that have it keep it."""
        bank_code, _, question_code = code.partition("/")
        Question.objects.filter(bank__code=bank_code, code=question_code, locale=self.locale).update(retired=True)

    def _bank(self, code: str) -> _Bank:
        if code not in self.banks:
            row = QuestionBank.objects.get(code=code)
            questions = Question.objects.non_polymorphic().filter(bank=row)
            sources: dict[str, UUID] = {}
            parts: defaultdict[str, dict[str, UUID]] = defaultdict(dict)
            if self.words.language:
                default = Locale.get_default()
                sources = dict(questions.filter(locale=default).values_list("code", "translation_key"))
                for model in (ChoiceOption, OrderingItem, MatchingPair):
                    rows = model.objects.filter(question__bank=row, locale=default)
                    for question, key, joined in rows.values_list("question__code", "key", "translation_key"):
                        parts[question][str(key)] = joined
            self.banks[code] = _Bank(
                row,
                {each.code: each for each in Objective.objects.filter(bank=row)},
                {each.code: each for each in CriticalRule.objects.filter(bank=row)},
                set(questions.filter(locale=self.locale).values_list("code", flat=True)),
                sources,
                parts,
            )
        return self.banks[code]


def _nothing_to_find(block: object, name: str) -> int | None:
    raise LookupError(name)


def _question_form(course: str, question: schema.Question) -> Form:
    form: Form = {
        "type": question.type,
        "use": question.use,
        "objective": question.objective,
        "critical": question.critical,
        "innocent": question.innocent,
        "difficulty": question.difficulty,
        "situation": question.situation,
        "passage": question.passage,
        "stem": rich(question.stem),
        "feedback": rich(question.feedback),
        "retired": False,
    }
    match question.type:
        case "single" | "multiple":
            form["options"] = [
                {
                    "key": part_key(course, question.code, str(index)),
                    "text": rich_line(option.text),
                    "correct": option.correct,
                    "alarm": option.alarm,
                    "feedback": rich(option.feedback),
                }
                for index, option in enumerate(question.options)
            ]
        case "true_false":
            form["answer"] = bool(question.answer)
        case "ordering":
            form["items"] = [
                {"key": part_key(course, question.code, str(index)), "text": rich_line(item)}
                for index, item in enumerate(question.items)
            ]
        case "matching":
            form["pairs"] = [
                {
                    "key": part_key(course, question.code, str(index)),
                    "right_key": part_key(course, question.code, f"{index}/right"),
                    "left": rich_line(pair.left),
                    "right": rich_line(pair.right),
                }
                for index, pair in enumerate(question.pairs)
            ]
        case "scenario":
            form |= {"start": question.start, "graph": _graph_form(course, question)}
    return form


def _graph_form(course: str, question: schema.Question) -> list[Form]:
    return [
        {
            "type": "node",
            "value": {
                "id": node.id,
                "text": rich(node.text),
                "choices": [
                    {
                        "id": part_key(course, question.code, f"{node.id}/{index}"),
                        "text": choice.text,
                        "next": choice.next,
                        "credit": f"{choice.credit:g}",
                        "feedback": rich(choice.feedback),
                    }
                    for index, choice in enumerate(node.choices)
                ],
            },
        }
        for node in question.nodes
    ]


def _stored_form(row: Any) -> Form:
    form: Form = {
        "type": row.kind,
        "use": row.use,
        "objective": row.objective.code,
        "critical": row.critical.code if row.critical else "",
        "innocent": row.innocent,
        "difficulty": row.difficulty,
        "situation": row.situation,
        "passage": row.passage,
        "stem": as_edited(row.stem),
        "feedback": as_edited(row.feedback),
        "retired": row.retired,
    }
    match row:
        case SingleChoiceQuestion() | MultipleChoiceQuestion():
            form["options"] = _stored_parts(row.options.all(), ("text", "correct", "alarm", "feedback"))
        case TrueFalseQuestion():
            form["answer"] = row.answer
        case OrderingQuestion():
            form["items"] = _stored_parts(row.items.all(), ("text",))
        case MatchingQuestion():
            form["pairs"] = _stored_parts(row.pairs.all(), ("right_key", "left", "right"))
        case ScenarioQuestion():
            form |= {"start": row.start, "graph": to_form(row.graph.stream_block, row.graph)}
    return form


_RICH: Final = frozenset({"text", "feedback", "left", "right"})


def _stored_parts(parts: Iterable[Any], names: tuple[str, ...]) -> list[Form]:
    forms = []
    for part in parts:
        form: Form = {"key": str(part.key)}
        for name in names:
            value = getattr(part, name)
            form[name] = as_edited(value) if name in _RICH else value if isinstance(value, bool) else str(value)
        forms.append(form)
    return forms


class QuizPart(Part):
    """The final quizzes."""

    name = "quiz"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the quizzes."""
        return {
            course.quiz.code: {
                "title": course.quiz.title,
                "bank": course.code,
                "pass_percent": course.quiz.pass_percent,
                "max_false_alarms": course.quiz.max_false_alarms,
                "blueprint": [
                    {
                        "n": row.n,
                        "objective": row.objective,
                        "critical": row.critical,
                        "innocent": row.innocent,
                        "difficulty": row.difficulty,
                    }
                    for row in course.quiz.blueprint
                ],
            }
            for course in curriculum.courses
            if course.quiz
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the quizzes."""
        quizzes = Quiz.objects.filter(code__in=codes).select_related("bank")
        return {
            quiz.code: {
                "title": quiz.title,
                "bank": quiz.bank.code,
                "pass_percent": quiz.pass_percent,
                "max_false_alarms": quiz.max_false_alarms,
                "blueprint": [
                    {
                        "n": row.n,
                        "objective": row.objective.code if row.objective else "",
                        "critical": row.critical.code if row.critical else "",
                        "innocent": row.innocent,
                        "difficulty": row.difficulty,
                    }
                    for row in BlueprintRow.objects.filter(quiz=quiz).select_related("objective", "critical")
                ],
            }
            for quiz in quizzes
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the final quiz."""
        return list(Quiz.objects.filter(courses__code=course).values_list("code", flat=True))

    def check(self, codes: Collection[str]) -> None:
        """Look at the quizzes."""
        for row in Quiz.objects.filter(code__in=codes):
            row.full_clean()

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the quiz, its blueprint anew."""
        bank = QuestionBank.objects.get(code=form["bank"])
        fields = {name: form[name] for name in ("title", "pass_percent", "max_false_alarms")}
        quiz, _ = Quiz.objects.update_or_create(code=code, defaults={"bank": bank, **fields})
        BlueprintRow.objects.filter(quiz=quiz).delete()
        objectives = {each.code: each for each in Objective.objects.filter(bank=bank)}
        rules = {each.code: each for each in CriticalRule.objects.filter(bank=bank)}
        BlueprintRow.objects.bulk_create(
            BlueprintRow(
                quiz=quiz,
                sort_order=order,
                n=row["n"],
                innocent=row["innocent"],
                difficulty=row["difficulty"],
                objective=objectives.get(row["objective"]),
                critical=rules.get(row["critical"]),
            )
            for order, row in enumerate(form["blueprint"])
        )
