"""Forms of the question bank: what an editor writes is held to the rules of ``assessments.items``."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from assessments.frozen import PAPER_TYPES, Json
from assessments.item_words import fault_message
from assessments.items import ItemFault, ItemProblem, item_problems
from assessments.models import BlueprintRow, CriticalRule, Objective, Question, QuestionBank
from assessments.papers import BlueprintFault, BlueprintProblem
from assessments.scenarios import ScenarioFault
from assessments.selectors import questions_in_use, sectors_of_bank
from cms.limits import WRITES_SOURCE, OutsideLimits
from cms.models import EditorLimit

_FIELD_OF_FAULT: Final[Mapping[ItemFault | ScenarioFault, str]] = {
    ItemFault.FEEDBACK_MISSING: "feedback",
    ItemFault.ALARM_NOT_INNOCENT: "alarm",
    ItemFault.ALARM_ON_RIGHT: "alarm",
    ScenarioFault.REPEATED_NODE: "id",
    ScenarioFault.UNREACHABLE: "id",
    ScenarioFault.UNKNOWN_NEXT: "next",
    ScenarioFault.CYCLE: "next",
}

_BLUEPRINT_MESSAGES: Final[Mapping[BlueprintFault, str | Promise]] = {
    BlueprintFault.EMPTY: gettext_lazy("Nothing is drawn yet: add rows."),
    BlueprintFault.BAD_ROW: gettext_lazy(
        "Row %(row)d: name one objective, or one critical rule, or innocent situations; "
        "difficulty only beside an objective."
    ),
    BlueprintFault.UNKNOWN_OBJECTIVE: gettext_lazy("Row %(row)d: the objective “%(code)s” is not one of this bank."),
    BlueprintFault.UNKNOWN_RULE: gettext_lazy("Row %(row)d: the critical rule “%(code)s” is not one of this bank."),
    BlueprintFault.RULE_NOT_DRAWN: gettext_lazy("No row draws the critical rule “%(code)s”."),
    BlueprintFault.TOO_FEW_CANDIDATES: gettext_lazy(
        "Row %(row)d finds %(found)d questions; it needs %(needed)d, so that a second chance has others."
    ),
    BlueprintFault.TOO_FEW_INNOCENT: gettext_lazy(
        "%(found)d innocent situations are drawn; at least %(needed)d have to be, a quarter of the paper."
    ),
}


_WORDS: Final = frozenset({"stem", "feedback", "text", "left", "right", "id"})
"""What is put into another language; ``id`` names the row that it belongs to."""


def blueprint_message(problem: BlueprintProblem) -> str:
    """Return the sentence for an editor; rows count from 1 there."""
    values = {
        "row": (problem.row or 0) + 1,
        "code": problem.code,
        "needed": problem.needed,
        "found": problem.found,
    }
    return str(_BLUEPRINT_MESSAGES[problem.fault]) % values


def _limit_to_bank(field: Any, bank_id: int | None) -> None:
    """Offer what belongs to the bank; while there is none, everything under its bank's name."""
    if field is None:
        return
    if bank_id is not None:
        field.queryset = field.queryset.filter(bank=bank_id)
    else:
        field.queryset = field.queryset.select_related("bank")
        field.label_from_instance = lambda each: f"{each.bank}: {each}"


class QuestionForm(WagtailAdminModelForm):
    """A question of any type; what each type needs beyond its fields stands in ``assessments.items``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Its objective, rule and the papers that draw it all belong to this bank.
            self._disable("bank")
            if questions_in_use([self.instance]):
                self._disable("code")
        for name in ("objective", "critical"):
            _limit_to_bank(self.fields.get(name), self.instance.bank_id)
        if self.instance.kind not in PAPER_TYPES and "use" in self.fields:
            self.fields["use"].choices = [(Question.Use.PRACTICE.value, Question.Use.PRACTICE.label)]
            self.initial["use"] = Question.Use.PRACTICE.value
        self._hold_what_is_no_text()
        for formset in self.formsets.values():
            # The rules say it in better words.
            formset.validate_min = formset.validate_max = False

    def _hold_what_is_no_text(self) -> None:
        """Leave the words alone to who puts questions into other languages: keys belong to who writes the source."""
        user = getattr(self, "for_user", None)
        self.words_only = user is not None and not user.has_perm(WRITES_SOURCE)
        if not self.words_only:
            return
        for form in [self, *(form for formset in self.formsets.values() for form in formset.forms)]:
            for name, field in form.fields.items():
                if name not in _WORDS:
                    field.disabled = True

    def _disable(self, name: str) -> None:
        if name in self.fields:
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Check the question as a whole."""
        cleaned: dict[str, Any] = super().clean()
        user = getattr(self, "for_user", None)
        more = any(form.has_changed() for each in self.formsets.values() for form in each.extra_forms)
        if self.words_only and more:
            raise OutsideLimits(act="question")
        if user is not None and (bank := cleaned.get("bank")):
            EditorLimit.objects.hold(user, act="question", sectors=sectors_of_bank(bank.pk), languages=[])
        self._check_code(cleaned)
        self._check_bank(cleaned)
        draft = self._draft(cleaned)
        taken = self._situations_taken(cleaned) if draft["critical"] else ()
        self._report(item_problems(draft, situations_taken=taken))
        return cleaned

    def _check_code(self, cleaned: Mapping[str, Any]) -> None:
        others = Question.objects.filter(code=cleaned.get("code", ""), locale=self.instance.locale_id)
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("Another question has this code."))

    def _check_bank(self, cleaned: Mapping[str, Any]) -> None:
        bank = cleaned.get("bank")
        for name in ("objective", "critical"):
            chosen = cleaned.get(name)
            if bank and chosen and chosen.bank_id != bank.pk:
                self.add_error(name, _("This belongs to another bank."))

    def _situations_taken(self, cleaned: Mapping[str, Any]) -> QuerySet[Any]:
        others = Question.objects.filter(critical=cleaned["critical"], locale=self.instance.locale_id, retired=False)
        return others.exclude(pk=self.instance.pk).exclude(situation="").values_list("situation", flat=True)

    def _draft(self, cleaned: Mapping[str, Any]) -> Json:
        names = ("use", "critical", "innocent", "situation", "stem", "feedback")
        return {
            "type": self.instance.kind,
            **{name: cleaned.get(name) if name in self.fields else getattr(self.instance, name) for name in names},
            **{name: [_row_values(form) for form in self._rows(name)] for name in self.formsets},
        }

    def _rows(self, name: str) -> list[Any]:
        """Return the forms of the rows that will be kept, each cleaned."""
        formset = self.formsets[name]
        formset.is_valid()
        return [
            form
            for form in formset.forms
            if not formset._should_delete_form(form) and (form.has_changed() or form.instance.pk)
        ]

    def _report(self, problems: list[ItemProblem]) -> None:
        for problem in problems:
            message = fault_message(problem)
            if problem.field in self.formsets:
                if problem.part is None:
                    self.formsets[problem.field].non_form_errors().append(ValidationError(message))
                else:
                    row = self._rows(problem.field)[problem.part]
                    row.add_error(problem.name or _FIELD_OF_FAULT[problem.fault], message)
            else:
                self.add_error(problem.field if problem.field in self.fields else None, message)


def _row_values(form: Any) -> Json:
    return {name: form.cleaned_data.get(name) for name in form.fields}


class ScenarioQuestionForm(QuestionForm):
    """A branching story; its faults stand at the part or choice that has them."""

    def _draft(self, cleaned: Mapping[str, Any]) -> Json:
        graph = cleaned.get("graph") or ()
        _make_choice_ids(graph)
        nodes = [
            {
                "id": child.value["id"],
                "choices": [
                    {"next": choice["next"], "credit": choice["credit"], "feedback": _source(choice["feedback"])}
                    for choice in child.value["choices"]
                ],
            }
            for child in graph
        ]
        return {**super()._draft(cleaned), "start": cleaned.get("start", ""), "nodes": nodes}

    def _report(self, problems: list[ItemProblem]) -> None:
        if "graph" in self.errors:
            # The story could not be read, so nothing can be said of where it leads.
            problems = [problem for problem in problems if problem.field not in ("nodes", "start")]
        super()._report([problem for problem in problems if problem.field != "nodes"])
        in_graph = [problem for problem in problems if problem.field == "nodes"]
        if in_graph:
            self.add_error("graph", _graph_error(in_graph))


def _source(value: Any) -> str:
    return str(getattr(value, "source", value) or "")


def _make_choice_ids(graph: Any) -> None:
    """Give an id to each choice that has none, and a new one to the copy of a choice."""
    seen: set[str] = set()
    for child in graph:
        for choice in child.value["choices"]:
            if not choice["id"] or choice["id"] in seen:
                choice["id"] = uuid.uuid4().hex[:12]
            seen.add(choice["id"])


def _graph_error(problems: list[ItemProblem]) -> StreamBlockValidationError:
    of_nodes: dict[int, dict[str, Any]] = {}
    of_choices: dict[int, dict[int, dict[str, Any]]] = {}
    general = []
    for problem in problems:
        error = ValidationError(fault_message(problem))
        if problem.part is None:
            general.append(error)
        elif problem.choice is None:
            field = _FIELD_OF_FAULT.get(problem.fault, "choices")
            of_nodes.setdefault(problem.part, {})[field] = (
                ListBlockValidationError(non_block_errors=[error]) if field == "choices" else error
            )
        else:
            choices = of_choices.setdefault(problem.part, {})
            choices.setdefault(problem.choice, {})[_FIELD_OF_FAULT[problem.fault]] = error
    for part, choices in of_choices.items():
        errors = {choice: StructBlockValidationError(block_errors=fields) for choice, fields in choices.items()}
        of_nodes.setdefault(part, {}).setdefault("choices", ListBlockValidationError(block_errors=errors))
    return StreamBlockValidationError(
        block_errors={part: StructBlockValidationError(block_errors=fields) for part, fields in of_nodes.items()},
        non_block_errors=general or None,
    )


class QuestionBankForm(WagtailAdminModelForm):
    """A bank; what questions and quizzes hang on is not taken away."""

    def clean(self) -> dict[str, Any]:
        """Check the rows that are to be deleted."""
        cleaned: dict[str, Any] = super().clean()
        for formset in self.formsets.values():
            formset.is_valid()
            for form in formset.deleted_forms:
                if form.instance.pk and _is_used(form.instance):
                    message = _("“%(text)s” is used by questions or quizzes: it cannot be deleted.")
                    formset.non_form_errors().append(ValidationError(message % {"text": form.instance}))
        return cleaned


def _is_used(part: Objective | CriticalRule) -> bool:
    name = "objective" if isinstance(part, Objective) else "critical"
    return any(model.objects.filter(**{name: part}).exists() for model in (Question, BlueprintRow))


class BlueprintFormSet(BaseChildFormSet):
    """The rows of a blueprint: they offer what the quiz's bank has."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Limit the choices of one row."""
        super().add_fields(form, index)
        for name in ("objective", "critical"):
            _limit_to_bank(form.fields.get(name), self.instance.bank_id if self.instance else None)


class BlueprintInlinePanel(InlinePanel):
    """The rows of a blueprint, with their own formset."""

    def get_form_options(self) -> dict[str, Any]:
        """Return the options of an inline panel, and the formset."""
        options: dict[str, Any] = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = BlueprintFormSet
        return options


class QuizForm(WagtailAdminModelForm):
    """A quiz: its rows draw from its bank. Whether the bank is large enough is said after saving, not here."""

    def clean(self) -> dict[str, Any]:
        """Check the rows against the bank."""
        cleaned: dict[str, Any] = super().clean()
        bank: QuestionBank | None = cleaned.get("bank")
        formset = self.formsets["blueprint"]
        formset.is_valid()
        for form in formset.forms:
            if formset._should_delete_form(form):
                continue
            for name in ("objective", "critical"):
                chosen = form.cleaned_data.get(name)
                if bank and chosen and chosen.bank_id != bank.pk:
                    form.add_error(name, _("This belongs to another bank."))
            if form.cleaned_data.get("difficulty") and not form.cleaned_data.get("objective"):
                form.add_error("difficulty", _("A difficulty stands beside an objective only."))
        return cleaned
