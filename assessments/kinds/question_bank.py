"""Questions of all banks: one row is one question in the language that it is written in.

What comes in changes the question as its form does: papers that were drawn and editions that were released keep theirs.
Orders, pairs and stories stand in one cell, as lines (``assessments.part_lines``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, ClassVar, Final, TypeAlias
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Locale

from assessments.item_words import fault_message
from assessments.items import ItemFault, ItemProblem, item_problems
from assessments.kinds.fields import columns_of, flat, taken_back
from assessments.kinds.parts import NO_PARTS, parts_of, parts_said, parts_shown, put_parts, save_rows
from assessments.models import (
    ChoiceOption,
    CriticalRule,
    MatchingQuestion,
    MultipleChoiceQuestion,
    Objective,
    OrderingQuestion,
    Question,
    QuestionBank,
    ReflectionQuestion,
    ScenarioQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from assessments.part_lines import LineFault
from assessments.scenarios import ScenarioFault
from assessments.selectors import questions_in_use, sectors_of_bank
from assessments.texts import html_of, text_of
from cms.models import EditorLimit
from cms.validators import code_validator
from cms.withheld import Withheld, withheld_questions
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Plan, Setting
from people.workbooks.names import labelled, yes_or_no
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.undoing import changed
from people.workbooks.values import ChoiceSet

State: TypeAlias = dict[str, Any]
"""A question as plain values: what its row holds, with texts as they are stored."""

_TYPES: Final[dict[str, Any]] = {
    model.kind: model
    for model in (
        SingleChoiceQuestion,
        MultipleChoiceQuestion,
        TrueFalseQuestion,
        OrderingQuestion,
        MatchingQuestion,
        ScenarioQuestion,
        ReflectionQuestion,
    )
}
_WITH_OPTIONS: Final = ("single", "multiple")
_IN_LINES: Final = ("ordering", "matching", "scenario")
_PARTS: Final = ("items", "pairs", "nodes", "start")
_NOT_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "ordering": frozenset({"right"}),
    "matching": frozenset({"right"}),
    "scenario": frozenset({"right", "stem", "feedback"}),
    "reflection": frozenset({"right", "feedback"}),
}
"""What a new question of a type can do without, of what is needed else."""
_LETTERS: Final = "abcdef"
_NEW: Final = "new"
"""In place of the key of an option that gets one when it is written."""
_NAMED_LETTERS: Final = re.compile(r"[a-f](?:[\s,;/&+]+[a-f])*")
_EXPORT_PAGE: Final = 200
_TEXTS: Final = ("stem", "feedback")
_PLAIN: Final = ("use", "difficulty", "situation", "passage")
_WHETHER: Final = ("innocent", "retired")
_BAD_CODE, _BAD_LETTERS, _NO_OPTION, _NOT_A_STATEMENT, _BAD_LINE = (
    "bad_code", "bad_letters", "no_option", "not_a_statement", "bad_line",
)  # fmt: skip
_COLUMN_OF_FAULT: Final[Mapping[ItemFault | ScenarioFault, str]] = {
    ItemFault.NOT_ONE_RIGHT: "right",
    ItemFault.TOO_FEW_RIGHT: "right",
    ItemFault.NONE_WRONG: "right",
    ItemFault.ALARM_NOT_INNOCENT: "alarm",
    ItemFault.ALARM_ON_RIGHT: "alarm",
    ItemFault.ALARM_MISSING: "alarm",
}


def _option_columns() -> tuple[Column, ...]:
    columns: list[Column] = []
    for letter in _LETTERS:
        columns += [
            Column(
                f"option_{letter}",
                format_lazy(_("Option {letter}"), letter=letter.upper()),
                Type.LONG_TEXT,
                clears=True,
                longest=1000,
                help=_("May be empty."),
                other_names=(f"answer {letter}", f"choice {letter}", letter),
            ),
            Column(
                f"feedback_{letter}",
                format_lazy(_("Feedback to option {letter}"), letter=letter.upper()),
                Type.LONG_TEXT,
                clears=True,
                longest=2000,
                help=_("Why somebody would think so, and what is better. A wrong option needs it."),
            ),
            Column(
                f"key_{letter}",
                format_lazy(_("Key of option {letter}"), letter=letter.upper()),
                Type.KEY,
                longest=36,
                help=_("Leave it as it is: answers and translations find the option by it. Empty for a new option."),
            ),
        ]
    return tuple(columns)


@dataclass(slots=True)
class _Bank:
    """A bank with what its questions name."""

    row: QuestionBank
    objectives: dict[str, Objective]
    rules: dict[str, CriticalRule]


@dataclass(slots=True)
class _Work:
    question: Question | None
    bank: _Bank
    before: State | None
    after: State


class QuestionBankKind(Kind):
    """Questions, found again by their code."""

    code: ClassVar = "question_bank"
    label: ClassVar = pgettext_lazy("kind of workbook", "Question bank")
    sheet: ClassVar = "Questions"
    counted: ClassVar = frozenset({"bank", "type", "difficulty", "critical", "use"})
    is_shared: ClassVar = True
    has_dates: ClassVar = False
    permissions: ClassVar = ("assessments.add_question", "assessments.change_question")
    columns: ClassVar = (
        Column(
            "question",
            pgettext_lazy("column of a question file", "Code of the question"),
            Type.KEY,
            identifies=True,
            longest=80,
            help=_("Lower-case letters, digits and hyphens. Each code once. It never changes."),
            other_names=("question code", "item", "item code", "question id", "id"),
        ),
        Column("bank", _("Bank"), Type.CHOICE, choices="bank", needed=True, help=_("It never changes.")),
        Column(
            "type",
            _("Type"),
            Type.CHOICE,
            choices="type",
            needed=True,
            help=_("How it is answered. It never changes."),
        ),
        Column(
            "stem",
            _("Text of the question"),
            Type.LONG_TEXT,
            needed=True,
            longest=4000,
            help=_("**bold**, *italic*, lines that begin with • or 1. for lists, an empty line between paragraphs."),
            other_names=("text", "question text", "prompt"),
        ),
        Column(
            "right",
            pgettext_lazy("column of a question file", "Right"),
            needed=True,
            longest=40,
            help=_("The letter of the right option, or letters, such as a, c. For a statement: yes or no."),
            other_names=("correct", "correct answer", "key", "answer key", "right answer"),
        ),
        Column(
            "feedback",
            pgettext_lazy("column of a question file", "Why"),
            Type.LONG_TEXT,
            needed=True,
            longest=4000,
            help=_("Shown after the answer: why, in two sentences."),
            other_names=("explanation", "rationale"),
        ),
        Column(
            "parts",
            pgettext_lazy("column of a question file", "Parts"),
            Type.LONG_TEXT,
            longest=20_000,
            help=_(
                "Of an order: its items, one a line, from first to last. Of pairs: left | right. Of a story: [name] begins a part, "
                "> words -> name (1) is a choice with where it leads and its credit, and why stands below it."
            ),
        ),
        *_option_columns(),
        Column("objective", _("Objective"), Type.KEY, needed=True, longest=60, help=_("A code of the bank.")),
        Column(
            "critical",
            _("Critical rule"),
            Type.KEY,
            clears=True,
            longest=60,
            help=_("May be empty. The code of a rule of the bank that must be right whatever the score."),
        ),
        Column(
            "innocent",
            _("Innocent situation"),
            Type.CHOICE,
            choices="whether",
            help=_("Yes where nothing in it is trafficking. Empty: no."),
        ),
        Column(
            "alarm",
            _("Reports somebody innocent"),
            clears=True,
            longest=40,
            help=_("Of an innocent situation: the letters of the options that report somebody, or act against them."),
        ),
        Column("difficulty", _("Difficulty"), Type.CHOICE, choices="difficulty", help=_("Empty: medium.")),
        Column("use", _("Use"), Type.CHOICE, choices="use", help=_("Empty: in papers.")),
        Column(
            "situation",
            _("Situation"),
            clears=True,
            longest=80,
            help=_("A word for the situation; the questions of one critical rule must differ in it."),
        ),
        Column("passage", _("Lesson that teaches it"), Type.KEY, clears=True, longest=60, help=_("May be empty.")),
        Column("retired", _("Retired"), Type.CHOICE, choices="whether", help=_("Yes: not drawn any more. Empty: no.")),
    )
    samples: ClassVar = (
        {
            "question": "who-to-tell-1",
            "type": "single",
            "stem": "A guest asks you not to clean the room for a week. What do you do first?",
            "right": "b",
            "feedback": "You note what you saw, and tell whom your workplace names.",
            "option_a": "Ask the guest why.",
            "feedback_a": "It may put somebody at risk.",
            "option_b": "Note it and tell the contact person.",
            "option_c": "Wait and see.",
            "feedback_c": "Alone it means little; together with other signs it may help.",
        },
        {
            "question": "who-to-tell-2",
            "type": "true_false",
            "stem": "You have to be sure before you tell.",
            "right": "no",
        },
        {"question": "what-to-note-1", "type": "multiple", "stem": "What helps later?", "right": "a, c"},
        {
            "question": "in-the-hall-1",
            "type": "scenario",
            "parts": "[a]\nA guest has no key of her own.\n> Ask her whether she is all right -> b (1)\nHer answer is hers to give.\n"
            "> Call her boss -> b\nIt may harm her.\n[b]\nShe goes on her way.",
        },
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return banks, and the closed lists."""
        return {
            "bank": ChoiceSet(dict(QuestionBank.objects.order_by("code").values_list("code", "title"))),
            "type": labelled({kind: model._meta.verbose_name for kind, model in _TYPES.items()}),
            "difficulty": labelled(dict(Question.Difficulty.choices)),
            "use": labelled(dict(Question.Use.choices)),
            "whether": yes_or_no(),
        }

    def known_keys(self, setting: Setting) -> Iterable[str]:
        """Return codes."""
        return set(Question.objects.non_polymorphic().values_list("code", flat=True))

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return the code."""
        return fold(values.get("question", ""))

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with the questions. What was taken back stays as it is: its row holds a marker, or nobody's words."""
        gone = {fold(code) for code in withheld_questions()}
        banks = _banks()
        known = _known([row.key for row in rows], locked=setting.locked)
        taken = _situations()
        return [
            Plan(row).settle(is_new=False) if row.key in gone else _plan(row, known.get(row.key), banks, taken, setting)
            for row in rows
        ]

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Change the questions, one by one: each keeps what it was as a revision. A bank has hundreds, not thousands."""
        entries = []
        for plan in plans:
            work = plan.work
            if work is None or not plan.changes:
                continue
            question = _save(work.question, work.after, work.bank, setting)
            entries.append({"key": question.code, "question": question.pk, "before": work.before, "after": work.after})
        return entries

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Give questions back what they were, but for what was edited since, and for what would not fit with it.

        A new one goes, unless somebody edited it, a page shows it or somebody answered it.
        """
        banks, taken = _banks(), _situations()
        known = {it.pk: it for it in _known([it["key"] for it in entries], locked=True).values()}
        left = []
        for entry in reversed(entries):
            question = known.get(entry["question"])
            if question is None:
                continue
            now = _state(question)
            if entry["before"] is None:
                kept = columns_of(changed(flat(entry["after"]), flat(now)), now)
                if not kept and questions_in_use([question]):
                    kept = ["question"]
                if not kept:
                    question.delete()
            else:
                state, kept = taken_back(entry["before"], entry["after"], now)
                bank = banks[now["bank"]]
                rule = (now["bank"], state["critical"])
                others = {it for code, it in taken.get(rule, {}).items() if code != question.code and it}
                if state != now and _may_be(state, entry["before"], bank, others if rule[1] else set()):
                    _save(question, state, bank, setting)
                elif state != now:
                    kept = columns_of(changed(flat(entry["before"]), flat(entry["after"])), now)
            left += [{"key": entry["key"], "column": column} for column in kept]
        return left

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the questions by bank and code; of one that was taken back a marker."""
        gone = withheld_questions()
        ours = Question.objects.instance_of(*_TYPES.values()).filter(locale=Locale.get_default())
        keys = iter(ours.order_by("bank__code", "code").non_polymorphic().values_list("code", flat=True))
        while page := list(islice(keys, _EXPORT_PAGE)):
            known = _known(page, locked=False)
            for code in page:
                shown = _shown(_state(known[fold(code)]))
                yield {"question": code, **(_without_words(shown, gone[code]) if code in gone else shown)}

    def words(self, problem: RowProblem) -> tuple[str, str]:
        """Return what an editor is told, as on the form of the question."""
        fault, *rest = problem.hints or ("",)
        match fault:
            case "bad_code":
                return _now("This is not a code."), _now("Use lower-case letters, digits and hyphens.")
            case "bad_letters":
                return _now("This names no options."), _now("Write letters such as a, or a, c.")
            case "no_option":
                return _now("There is no such option in this row."), _now("Write the option, or leave its letter out.")
            case "not_a_statement":
                return _now("A statement is true or not."), _now("Write yes or no.")
            case "bad_line":
                return (
                    _now("Line %(number)s of this cell cannot be read.") % {"number": rest[0]},
                    _now("Write it as the page “Read me” of the template shows."),
                )
        names = {str(it): it for it in [*ItemFault, *ScenarioFault]}
        if fault not in names:
            return super().words(problem)
        least, most = (int(it) if it.isdecimal() else 0 for it in [*rest, "0", "0"][:2])
        said = ItemProblem(names[fault], problem.column, least=least, most=most, name="".join(rest[2:3]))
        return fault_message(said), _now("Change it here, and upload the file again.")


def _banks() -> dict[str, _Bank]:
    banks = QuestionBank.objects.prefetch_related("objectives", "critical_rules")
    return {
        it.code: _Bank(
            it, {each.code: each for each in it.objectives.all()}, {each.code: each for each in it.critical_rules.all()}
        )
        for it in banks
    }


def _known(codes: Iterable[str], *, locked: bool) -> dict[str, Any]:
    """Return questions in the language they are written in, by code; codes are in lower case."""
    rows = Question.objects.filter(code__in=set(codes), locale=Locale.get_default())
    if locked:
        list(rows.non_polymorphic().select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    found = rows.select_related("bank", "objective", "critical").prefetch_related("options", "items", "pairs")
    return {fold(it.code): it for it in found}


def _situations() -> dict[tuple[str, str], dict[str, str]]:
    """Return, by bank and critical rule, the situations of its questions that are drawn: code to situation."""
    rows = Question.objects.non_polymorphic().filter(critical__isnull=False, locale=Locale.get_default(), retired=False)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for bank, rule, code, situation in rows.values_list("bank__code", "critical__code", "code", "situation"):
        found.setdefault((bank, rule), {})[code] = situation
    return found


def _state(question: Any) -> State:
    return {
        "code": question.code,
        "bank": question.bank.code,
        "type": question.kind,
        "objective": question.objective.code,
        "critical": question.critical.code if question.critical else "",
        **{name: getattr(question, name) for name in (*_PLAIN, *_TEXTS, *_WHETHER)},
        "answer": question.answer if question.kind == "true_false" else None,
        "options": [
            {
                "key": str(it.key),
                "text": it.text,
                "correct": it.correct,
                "alarm": it.alarm,
                "feedback": it.feedback,
            }
            for it in (question.options.all() if question.kind in _WITH_OPTIONS else ())
        ],
        **(parts_of(question) if question.kind in _IN_LINES else {}),
    }


def _shown(state: State) -> dict[str, str]:
    """Return what the columns of a question say."""
    shown = {name: str(state[name]) for name in ("bank", "type", "objective", "critical", *_PLAIN)}
    shown |= {name: "yes" if state[name] else "no" for name in _WHETHER}
    shown |= {name: text_of(state[name]) for name in _TEXTS}
    if state["type"] == "true_false":
        shown["right"] = "yes" if state["answer"] else "no"
    elif state["type"] in _WITH_OPTIONS:
        shown["right"] = _letters(state, "correct")
        shown["alarm"] = _letters(state, "alarm")
    elif state["type"] in _IN_LINES:
        shown["parts"] = parts_shown(state)
    for letter, option in zip(_LETTERS, state["options"], strict=False):
        shown[f"option_{letter}"] = text_of(option["text"])
        shown[f"feedback_{letter}"] = text_of(option["feedback"])
        shown[f"key_{letter}"] = option["key"] if option["key"] != _NEW else ""
    return shown


def _without_words(shown: dict[str, str], gone: Withheld) -> dict[str, str]:
    """Return a row with a marker as its text, and nothing else that the question said."""
    kept = {name: shown[name] for name in ("bank", "type", "objective", "critical", *_WHETHER)}
    return {**kept, "stem": gone.marker(settings.LANGUAGE_CODE)}


def _letters(state: State, name: str) -> str:
    return ", ".join(letter for letter, it in zip(_LETTERS, state["options"], strict=False) if it[name])


def _may_write(bank: _Bank, setting: Setting) -> bool:
    """Return whether who uploads writes questions of the bank, in the source; a command does. Asked once for a bank."""
    if setting.by is None:
        return True
    key = f"may_write:{bank.row.pk}"
    if key not in setting.kept:
        setting.kept[key] = EditorLimit.objects.may_change_text(
            setting.by, sectors=sectors_of_bank(bank.row.pk), language=settings.LANGUAGE_CODE
        )
    return bool(setting.kept[key])


def _plan(
    row: Given,
    question: Any,
    banks: Mapping[str, _Bank],
    taken: dict[tuple[str, str], dict[str, str]],
    setting: Setting,
) -> Plan:
    plan = Plan(row)
    values = row.values
    plan.must_fit(setting.mode, "question", is_new=question is None)
    if question is None and not plan.problems:
        _check_new(plan, values)
    if plan.problems:
        return plan.settle(is_new=False)
    before = _state(question) if question is not None else None
    bank = banks[before["bank"] if before else values["bank"]]
    if not _may_write(bank, setting):
        plan.wrong("bank", Problem.OUTSIDE_LIMITS)
        return plan.settle(is_new=False)
    for name in ("bank", "type"):
        if before and values.get(name, before[name]) != before[name]:
            plan.wrong(name, Problem.FIXED)
    after = _wanted(plan, before, bank)
    if any(not it.is_warning for it in plan.problems):
        return plan.settle(is_new=False)
    if before is None:
        plan.change("question", "", row.key)
    was, will = _shown(before) if before else {}, _shown(after)
    for column in QuestionBankKind.columns:
        plan.change(column.key, was.get(column.key, ""), will.get(column.key, ""))
    if plan.changes:
        rule = (after["bank"], after["critical"])
        others = {it for code, it in taken.get(rule, {}).items() if code != row.key and it} if rule[1] else set()
        _check(plan, after, others)
        if rule[1] and not after["retired"]:
            taken.setdefault(rule, {})[row.key] = after["situation"]
        plan.work = _Work(question, bank, before, after)
    return plan.settle(is_new=before is None)


def _check_new(plan: Plan, values: Mapping[str, str]) -> None:
    try:
        code_validator(plan.given.key)
    except ValidationError:
        plan.wrong("question", Problem.OF_KIND, _BAD_CODE)
    needless = _NOT_NEEDED.get(values.get("type", ""), frozenset())
    if values.get("type") in _IN_LINES and not values.get("parts"):
        plan.wrong("parts", Problem.MISSING)
    for column in QuestionBankKind.columns:
        if column.needed and column.key not in needless and not values.get(column.key):
            plan.wrong(column.key, Problem.MISSING)


def _wanted(plan: Plan, before: State | None, bank: _Bank) -> State:
    """Return the question as a row has it; what is blank stays."""
    values = plan.given.values
    known: State = before or {
        "code": plan.given.key,
        "bank": values["bank"],
        "type": values["type"],
        "objective": "",
        "critical": "",
        "use": str(Question.Use.PAPER),
        "difficulty": str(Question.Difficulty.MEDIUM),
        "situation": "",
        "passage": "",
        "stem": "",
        "feedback": "",
        "innocent": False,
        "retired": False,
        "answer": None,
        "options": [],
        **(dict(NO_PARTS[values["type"]]) if values["type"] in _IN_LINES else {}),
    }
    after = {**known, "options": [dict(it) for it in known["options"]]}
    for name, codes in (("objective", bank.objectives), ("critical", bank.rules)):
        code = values.get(name, known[name])
        if code and code not in codes:
            plan.wrong(name, Problem.NOT_A_CHOICE, *list(codes)[:12])
        after[name] = code
    after |= {name: values[name] for name in _PLAIN if name in values}
    after |= {name: values[name] == "yes" for name in _WHETHER if name in values}
    for name in _TEXTS:
        after[name] = _text(plan, name, known[name])
    if known["type"] == "true_false":
        said = values.get("right", "").casefold()
        if said and said not in ("yes", "no", "true", "false"):
            plan.wrong("right", Problem.OF_KIND, _NOT_A_STATEMENT)
        elif said:
            after["answer"] = said in ("yes", "true")
    elif known["type"] in _WITH_OPTIONS:
        after["options"] = _options(plan, after["options"])
    elif known["type"] in _IN_LINES and values.get("parts", parts_shown(known)) != parts_shown(known):
        try:
            after |= parts_said(known, values["parts"])
        except LineFault as fault:
            plan.wrong("parts", Problem.OF_KIND, _BAD_LINE, str(fault.line))
    return after


def _text(plan: Plan, column: str, known: str) -> str:
    """Return a text as the row has it; what says the same as before stays as it is stored."""
    said = plan.given.values.get(column)
    if said is None or said == text_of(known):
        return known
    if known and text_of(html_of(text_of(known))) != text_of(known):
        plan.problems.append(RowProblem(plan.given.row, column, Problem.FORMAT_LOST))
    return html_of(said)


def _options(plan: Plan, known: list[State]) -> list[State]:
    """Return the options as the row has them: found by key, without one by text, then by place."""
    values = plan.given.values
    keys = {letter: fold(values.get(f"key_{letter}", "")) for letter in _LETTERS}
    for letter, key in keys.items():
        if key and (not _is_uuid(key) or list(keys.values()).count(key) > 1):
            plan.wrong(f"key_{letter}", Problem.UNKNOWN_REFERENCE)
    free = {it["key"]: it for it in known if it["key"] not in keys.values()}
    by_key = {it["key"]: it for it in known}
    bases: dict[str, State] = {letter: by_key[key] for letter, key in keys.items() if key in by_key}
    unclaimed = [letter for letter in _LETTERS if not keys[letter] and values.get(f"option_{letter}")]
    for letter in unclaimed:
        same = next((it for it in free.values() if text_of(it["text"]) == values[f"option_{letter}"]), None)
        if same is not None:
            bases[letter] = free.pop(same["key"])
    for place, letter in enumerate(_LETTERS):
        if letter not in bases and not keys[letter] and place < len(known) and known[place]["key"] in free:
            bases[letter] = free.pop(known[place]["key"])
    slots: dict[str, State] = {}
    for letter in _LETTERS:
        base, said = bases.get(letter), values.get(f"option_{letter}")
        if said == "" or (base is None and said is None):
            continue
        made = base or {"key": keys[letter] or _NEW, "text": "", "correct": False, "alarm": False, "feedback": ""}
        made = {
            **made,
            "text": _text(plan, f"option_{letter}", made["text"]),
            "feedback": _text(plan, f"feedback_{letter}", made["feedback"]),
        }
        slots[letter] = made
    for column, name in (("right", "correct"), ("alarm", "alarm")):
        if column not in values:
            continue
        chosen = _chosen(plan, column, values[column], slots)
        for letter, option in slots.items():
            option[name] = letter in chosen
    return [*slots.values(), *free.values()]


def _chosen(plan: Plan, column: str, said: str, slots: Mapping[str, State]) -> set[str]:
    folded = said.casefold().strip()
    if folded and not _NAMED_LETTERS.fullmatch(folded):
        plan.wrong(column, Problem.OF_KIND, _BAD_LETTERS)
        return set()
    chosen = set(re.findall("[a-f]", folded))
    if not chosen <= slots.keys():
        plan.wrong(column, Problem.OF_KIND, _NO_OPTION)
    return chosen


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _check(plan: Plan, after: State, situations_taken: Iterable[str]) -> None:
    """Hold the question to the rules of its form."""
    for problem in item_problems(after, situations_taken=situations_taken):
        column = _COLUMN_OF_FAULT.get(problem.fault, problem.field)
        if column == "options":
            letter = _LETTERS[problem.part] if problem.part is not None and problem.part < len(_LETTERS) else "a"
            column = f"{'feedback' if problem.fault is ItemFault.FEEDBACK_MISSING else 'option'}_{letter}"
        elif column in _PARTS:
            column = "parts"
        hints = (str(problem.fault), str(problem.least), str(problem.most), problem.name)
        plan.wrong(column, Problem.OF_KIND, *hints)


def _may_be(state: State, before: State, bank: _Bank, situations_taken: Iterable[str]) -> bool:
    """Return whether a question may be as an undo would leave it: it was so before, or its form would take it."""
    if state["objective"] not in bank.objectives or (state["critical"] and state["critical"] not in bank.rules):
        return False
    return state == before or not item_problems(state, situations_taken=situations_taken)


def _save(question: Any, state: State, bank: _Bank, setting: Setting) -> Any:
    """Write a question as ``state`` says, and keep it as a revision; give new options their keys, in ``state``, too."""
    if question is None:
        question = _TYPES[state["type"]](bank=bank.row, code=state["code"], locale=Locale.get_default())
    for name in (*_PLAIN, *_TEXTS, *_WHETHER):
        setattr(question, name, state[name])
    question.objective = bank.objectives[state["objective"]]
    question.critical = bank.rules.get(state["critical"])
    if state["answer"] is not None:
        question.answer = state["answer"]
    if state["type"] in _IN_LINES:
        put_parts(question, state)
    question.save()
    if state["type"] in _IN_LINES:
        save_rows(question, state)
    kept = {str(it.key): it for it in ChoiceOption.objects.filter(question=question.pk)}
    for place, option in enumerate(state["options"]):
        if option["key"] == _NEW:
            option["key"] = str(uuid4())
        row = kept.pop(option["key"], None)
        if row is None:
            row = ChoiceOption(question_id=question.pk, key=UUID(option["key"]), locale=question.locale)
        row.text, row.feedback = option["text"], option["feedback"]
        row.correct, row.alarm, row.sort_order = option["correct"], option["alarm"], place
        row.save()
    for gone in kept.values():
        gone.delete()
    saved = Question.objects.get(pk=question.pk)
    saved.save_revision(user=setting.by)
    return saved
