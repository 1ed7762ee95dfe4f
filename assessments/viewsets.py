"""The question bank in the Wagtail admin: one form per type of question, banks, quizzes."""

from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Select
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import RedirectView, TemplateView
from django_filters import ModelChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import ContentTypeFilter, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, LocaleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets.button import BaseButton, Button, ButtonWithDropdown
from wagtail.models import Locale
from wagtail.permissions import ModelPermissionPolicy
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet, SnippetViewSetGroup

from assessments.exceptions import BadResponse
from assessments.forms import (
    BlueprintInlinePanel,
    QuestionBankForm,
    QuestionForm,
    QuizForm,
    ScenarioQuestionForm,
    blueprint_message,
)
from assessments.freezing import freeze_question, freeze_quiz
from assessments.frozen import Json
from assessments.grading import grade_question
from assessments.items import MIN_MAX_ITEMS, MIN_MAX_OPTIONS, MIN_MAX_PAIRS, plain_text
from assessments.models import (
    CriticalRule,
    MatchingQuestion,
    MultipleChoiceQuestion,
    Objective,
    OrderingQuestion,
    Question,
    QuestionBank,
    Quiz,
    ReflectionQuestion,
    ScenarioQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from assessments.papers import check_blueprint, order_question, public_question
from assessments.responses import field_name, read_response
from assessments.scenarios import walk
from assessments.selectors import questions_in_use
from cms.deletions import is_protected
from cms.lists import listed

ANY_PERMISSION = ("add", "change", "delete", "view")
QUESTIONS_PER_PAGE = 30


def _url(name: str, question: Question) -> str:
    """Return an address of the viewset of the question's own type."""
    return reverse(type(question).snippet_viewset.get_url_name(name), args=[quote(question.pk)])


def _may(request: HttpRequest, action: str, model: type[Model]) -> bool:
    return bool(ModelPermissionPolicy(model).user_has_permission(request.user, action))


def _excerpt(question: Question) -> str:
    return Truncator(plain_text(question.stem)).chars(90)


def _marks(question: Question) -> str:
    """Return what sets the question apart, in words."""
    marks = [question.critical.code] if question.critical else []
    marks += [_("innocent")] if question.innocent else []
    return listed([*marks, _("retired")] if question.retired else marks)


# Lists and choosers


class QuestionFilterSet(WagtailFilterSet):
    """What a list of questions can be narrowed to."""

    polymorphic_ctype = ContentTypeFilter(
        label=gettext_lazy("Type"),
        queryset=lambda request: ContentType.objects.filter(pk__in=[each.pk for each in _concrete_content_types()]),
    )
    bank = ModelChoiceFilter(label=gettext_lazy("Bank"), queryset=QuestionBank.objects.all())
    objective = ModelChoiceFilter(label=gettext_lazy("Objective"), queryset=Objective.objects.select_related("bank"))
    critical = ModelChoiceFilter(
        label=gettext_lazy("Critical rule"), queryset=CriticalRule.objects.select_related("bank")
    )

    class Meta:
        model = Question
        fields = ("polymorphic_ctype", "bank", "objective", "use", "critical", "innocent", "difficulty", "retired")


def _concrete_content_types() -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*CONCRETE_MODELS, for_concrete_models=False).values())


class QuestionIndexView(IndexView):
    """All questions, whatever their type; each leads to the form of its own type."""

    def get_edit_url(self, instance: Question) -> str | None:
        """Return the address of the form of the question's own type."""
        return _url("edit", instance) if _may(self.request, "change", type(instance)) else None

    def get_delete_url(self, instance: Question) -> str | None:
        """Return the address of the deletion of the question's own type."""
        return _url("delete", instance) if _may(self.request, "delete", type(instance)) else None

    def get_list_buttons(self, instance: Question) -> list[BaseButton]:
        """Return the buttons of a row; those of wagtail-localize would cost several queries a row."""
        buttons = [Button(_("Try"), url=try_url(instance), icon_name="view", priority=5)]
        if edit_url := self.get_edit_url(instance):
            buttons.append(Button(_("Edit"), url=edit_url, icon_name="edit", priority=10))
        if self.request.user.has_perm("wagtail_localize.submit_translation"):
            options = type(instance)._meta
            arguments = [options.app_label, options.model_name, quote(instance.pk)]
            url = reverse("wagtail_localize:submit_snippet_translation", args=arguments)
            buttons.append(Button(_("Translate"), url=url, icon_name="wagtail-localize-language", priority=20))
        if delete_url := self.get_delete_url(instance):
            buttons.append(Button(_("Delete"), url=delete_url, icon_name="bin", priority=30))
        label = _("More options for “%(title)s”") % {"title": instance}
        return [ButtonWithDropdown(buttons=buttons, icon_name="dots-horizontal", attrs={"aria-label": label})]


class ChooseQuestionMixin:
    """Questions to choose from: those not retired, with what they ask."""

    def get_object_list(self) -> QuerySet[Question]:
        """Return the questions on offer."""
        return Question.objects.filter(retired=False).select_related("bank", "locale")

    @property
    def columns(self) -> list[Any]:
        """Return the columns of the list."""
        first, *others = super().columns  # type: ignore[misc]
        return [
            first,
            Column("stem", label=gettext_lazy("Question"), accessor=_excerpt),
            Column("kind", label=gettext_lazy("Type"), accessor=lambda each: each._meta.verbose_name),
            Column("bank", label=gettext_lazy("Bank"), accessor="bank"),
            *others,
        ]


class ChooseQuestionView(ChooseQuestionMixin, ChooseView):
    """The chooser."""


class ChooseQuestionResultsView(ChooseQuestionMixin, ChooseResultsView):
    """The chooser's list alone."""


class QuestionChooserViewSet(SnippetChooserViewSet):
    """Chooses a question of any type."""

    choose_view_class = ChooseQuestionView
    choose_results_view_class = ChooseQuestionResultsView


# Adding, editing, trying


class AddQuestionView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Asks which type of question to add: a question without a type is never made."""

    model: type[Model] | None = None
    permission_policy: Any = None
    header_icon = "help"
    page_title = gettext_lazy("Which type of question?")
    template_name = "assessments/admin/add_question.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way here from the list of all questions."""
        questions = {"url": reverse(Question.snippet_viewset.get_url_name("list")), "label": _("Questions")}
        return [*self.breadcrumbs_items, questions, {"url": "", "label": _("Add a question")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the types that this person may add."""
        locale = self.request.GET.get("locale", "")
        kwargs["types"] = [
            {
                "title": capfirst(model._meta.verbose_name),
                "text": _WHEN_TO_USE[model.kind],
                "url": reverse(model.snippet_viewset.get_url_name("add"), query={"locale": locale} if locale else None),
            }
            for model in CONCRETE_MODELS
            if _may(self.request, "add", model)
        ]
        return super().get_context_data(**kwargs)


class RedirectToTypeView(EditView):
    """Leads from the list of all questions to the form of the question's own type."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect; a question always has a type of its own."""
        return redirect(_url("edit", self.object))


class TypedQuestionEditView(EditView):
    """The form of one type."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Return the buttons in the header, with one to try the question."""
        try_button = Button(_("Try this question"), url=try_url(self.object), icon_name="view", priority=5)
        return [try_button, *super().header_more_buttons]


def try_url(question: Question) -> str:
    """Return the address where a trainer tries the question."""
    return reverse(Question.snippet_viewset.get_url_name("try"), args=[quote(question.pk)])


class TryQuestionView(TemplateView):
    """A question as a learner sees it, and what a practice answer would get. Nothing is recorded."""

    template_name = "assessments/try_question.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the question, and let in whoever may do anything with its type."""
        super().setup(request, *args, **kwargs)
        self.question = get_object_or_404(Question, pk=kwargs["pk"])
        policy = ModelPermissionPolicy(type(self.question))
        if not policy.user_has_any_permission(request.user, ANY_PERMISSION):
            raise PermissionDenied

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Grade the answer and show what a learner would be shown."""
        frozen = freeze_question(self.question)
        response = read_response(frozen, request.POST)
        return self.render_to_response(self.get_context_data(frozen=frozen, response=response, answered=True, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what is shown: the question, and after an answer the grade and the feedback."""
        frozen = order_question(kwargs.pop("frozen", None) or freeze_question(self.question), seed="try")
        response = kwargs.pop("response", None)
        context = super().get_context_data(**kwargs)
        return {
            **context,
            **_tried(frozen, response, answered=kwargs.get("answered", False)),
            "question": self.question,
            "field": field_name(frozen["key"]),
            "edit_url": _url("edit", self.question),
            "again_url": try_url(self.question),
        }


def _tried(frozen: Json, response: Any, *, answered: bool) -> dict[str, Any]:
    """Return what the page shows after ``response``; an unfinished story goes on instead of being graded."""
    is_story = frozen["type"] == "scenario"
    try:
        shown = public_question(frozen, path=response or () if is_story else ())
        unfinished = is_story and not walk(frozen, response or ()).ended
    except BadResponse:
        return {"shown": public_question(frozen), "response": None, "path": (), "refused": True}
    graded = grade_question(frozen, response) if answered and not unfinished else None
    return {
        "shown": shown,
        "response": response,
        "path": response or () if is_story else (),
        "unfinished": unfinished,
        "graded": graded,
        "refused": graded is not None and not graded.answered,
        "feedback": frozen["feedback"],
        "chosen": _chosen(frozen, response) if graded and graded.answered else (),
    }


def _chosen(frozen: Json, response: Any) -> list[Json]:
    """Return the parts that were chosen and say why, in the order of the question."""
    ids = response if isinstance(response, list) else [response]
    choices = [choice for node in frozen.get("nodes") or () for choice in node["choices"]]
    parts = [*(frozen.get("options") or ()), *choices]
    return [part for part in parts if part["id"] in ids and part["feedback"]]


# Forms: panels shared by all types


def _how_to(kind: str) -> HelpPanel:
    return HelpPanel(template=f"assessments/admin/how_to/{kind}.html")


def _question_handler(
    kind: str, *parts: Panel, form: type[QuestionForm] = QuestionForm, judged: bool = True, critical: bool = True
) -> ObjectList:
    """Return the form of a type: how to write it, what it asks, its parts, where it belongs.

    ``judged`` is false for types that are for practice only, ``critical`` for types that are never critical.
    """
    weight = [FieldPanel("innocent")] if judged else []
    if judged and critical:
        weight = [FieldPanel("critical"), *weight]
    return ObjectList(
        [
            _how_to(kind),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("bank", widget=Select), FieldPanel("code")]),
                    FieldRowPanel([FieldPanel("objective"), FieldPanel("passage")]),
                ],
                heading=gettext_lazy("Where it belongs"),
            ),
            FieldPanel("stem"),
            *parts,
            FieldPanel("feedback"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("use"), FieldPanel("difficulty")]),
                    *weight,
                    FieldPanel("situation"),
                    FieldPanel("retired"),
                ],
                heading=gettext_lazy("How it is used"),
            ),
        ],
        base_form_class=form,
    )


def _options(kind: str) -> InlinePanel:
    least, most = MIN_MAX_OPTIONS[kind]
    return InlinePanel(
        "options",
        panels=[
            FieldPanel("text"),
            FieldRowPanel([FieldPanel("correct"), FieldPanel("alarm")]),
            FieldPanel("feedback"),
        ],
        heading=gettext_lazy("Options"),
        label=gettext_lazy("Option"),
        min_num=least,
        max_num=most,
        help_text=gettext_lazy(
            "Learners see them shuffled. Make them alike in length; each wrong one a mistake that sensible people make."
        ),
    )


_ITEMS = InlinePanel(
    "items",
    panels=[FieldPanel("text")],
    heading=gettext_lazy("Items in the right order"),
    label=gettext_lazy("Item"),
    min_num=MIN_MAX_ITEMS[0],
    max_num=MIN_MAX_ITEMS[1],
)
_PAIRS = InlinePanel(
    "pairs",
    panels=[FieldPanel("left"), FieldPanel("right")],
    heading=gettext_lazy("Pairs"),
    label=gettext_lazy("Pair"),
    min_num=MIN_MAX_PAIRS[0],
    max_num=MIN_MAX_PAIRS[1],
)

_WHEN_TO_USE: dict[str, Any] = {
    "single": gettext_lazy("A situation and three or four things to do; one is right. The type to reach for first."),
    "multiple": gettext_lazy("Several things are right together, and all of them have to be found."),
    "true_false": gettext_lazy("A statement that many people believe wrongly. Never for a critical rule."),
    "ordering": gettext_lazy("Steps in their order. For practice only."),
    "matching": gettext_lazy("Things that belong together. For practice only."),
    "scenario": gettext_lazy("A story that goes on as the learner decides; the decisions score."),
    "reflection": gettext_lazy("Something to think about. It is never scored and never leaves the learner's device."),
}


# Viewsets


class QuestionViewSet(SnippetViewSet):
    """All questions: one list and one chooser, whatever their type."""

    model = Question
    icon = "help"
    menu_label = gettext_lazy("Questions")
    index_view_class = QuestionIndexView
    add_view_class = AddQuestionView
    create_template_name = AddQuestionView.template_name
    edit_view_class = RedirectToTypeView
    chooser_viewset_class: ClassVar[type[ChooserViewSet]] = QuestionChooserViewSet
    filterset_class = QuestionFilterSet
    list_per_page = QUESTIONS_PER_PAGE
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel("code")])
    list_display: ClassVar[list[Any]] = [
        "code",
        Column("stem", label=gettext_lazy("Question"), accessor=_excerpt),
        Column("kind", label=gettext_lazy("Type"), accessor=lambda each: capfirst(each._meta.verbose_name)),
        Column("bank", label=gettext_lazy("Bank"), accessor="bank", sort_key="bank__title"),
        Column("objective", label=gettext_lazy("Objective"), accessor="objective.code"),
        Column("use", label=gettext_lazy("Use"), accessor="get_use_display", sort_key="use"),
        Column("marks", label=gettext_lazy("Marks"), accessor=_marks),
        LocaleColumn(),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Return all questions with what the list shows of them."""
        return Question.objects.select_related("bank", "objective", "critical", "locale")

    def get_urlpatterns(self) -> list[Any]:
        """Return the addresses, with one to try a question."""
        return [*super().get_urlpatterns(), path("try/<int:pk>/", TryQuestionView.as_view(), name="try")]


class TypedQuestionViewSet(SnippetViewSet):
    """One type of question: its form. Its list is the list of all questions, narrowed to it."""

    edit_view_class = TypedQuestionEditView
    copy_view_enabled = False
    # The menu has the list of all questions; "Snippets" must not list the types again.
    menu_item_is_registered = True

    @property
    def index_view(self) -> Any:
        """Return the way to the list of all questions, narrowed to this type."""
        model = self.model

        class ListOfType(RedirectView):
            def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
                content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
                narrowed = {"polymorphic_ctype": content_type.pk}
                return reverse(Question.snippet_viewset.get_url_name("list"), query=narrowed)

        return ListOfType.as_view()


class SingleChoiceViewSet(TypedQuestionViewSet):
    """Single choice."""

    model = SingleChoiceQuestion
    icon = "radio-empty"
    edit_handler = _question_handler("single", _options("single"))


class MultipleChoiceViewSet(TypedQuestionViewSet):
    """Multiple choice."""

    model = MultipleChoiceQuestion
    icon = "tasks"
    edit_handler = _question_handler("multiple", _options("multiple"))


class TrueFalseViewSet(TypedQuestionViewSet):
    """True or false."""

    model = TrueFalseQuestion
    icon = "tick-inverse"
    edit_handler = _question_handler("true_false", FieldPanel("answer"), critical=False)


class OrderingViewSet(TypedQuestionViewSet):
    """Ordering."""

    model = OrderingQuestion
    icon = "list-ol"
    edit_handler = _question_handler("ordering", _ITEMS, judged=False)


class MatchingViewSet(TypedQuestionViewSet):
    """Matching."""

    model = MatchingQuestion
    icon = "link"
    edit_handler = _question_handler("matching", _PAIRS, judged=False)


class ScenarioViewSet(TypedQuestionViewSet):
    """Branching stories."""

    model = ScenarioQuestion
    icon = "redirect"
    edit_handler = _question_handler("scenario", FieldPanel("start"), FieldPanel("graph"), form=ScenarioQuestionForm)


class ReflectionViewSet(TypedQuestionViewSet):
    """Reflections."""

    model = ReflectionQuestion
    icon = "comment"
    edit_handler = _question_handler("reflection", judged=False)


TYPED_VIEWSETS: tuple[type[TypedQuestionViewSet], ...] = (
    SingleChoiceViewSet,
    MultipleChoiceViewSet,
    TrueFalseViewSet,
    ScenarioViewSet,
    OrderingViewSet,
    MatchingViewSet,
    ReflectionViewSet,
)
CONCRETE_MODELS: tuple[type[Question], ...] = tuple(viewset.model for viewset in TYPED_VIEWSETS)


class QuestionBankViewSet(SnippetViewSet):
    """Banks, with their objectives and critical rules."""

    model = QuestionBank
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Banks")
    list_display: ClassVar[list[str]] = ["title", "code"]
    search_fields: ClassVar[list[str]] = ["title", "code"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            _how_to("bank"),
            FieldPanel("title"),
            FieldPanel("code"),
            InlinePanel("objectives", label=gettext_lazy("Objective"), heading=gettext_lazy("Objectives")),
            InlinePanel("critical_rules", label=gettext_lazy("Critical rule"), heading=gettext_lazy("Critical rules")),
        ],
        base_form_class=QuestionBankForm,
    )


def blueprint_warnings(quiz: Quiz) -> list[str]:
    """Return what keeps a saved quiz from being drawn twice with different questions, as sentences."""
    return [blueprint_message(problem) for problem in check_blueprint(freeze_quiz(quiz, locale=Locale.get_default()))]


class BlueprintWarningsPanel(Panel):
    """Says on the form of a saved quiz what its blueprint still lacks."""

    class BoundPanel(Panel.BoundPanel):
        """The panel on one quiz."""

        template_name = "assessments/admin/blueprint_warnings.html"

        def is_shown(self) -> bool:
            """Whether there is anything to say."""
            return bool(self.warnings)

        @cached_property
        def warnings(self) -> list[str]:
            """Return the sentences."""
            return blueprint_warnings(self.instance) if self.instance.pk else []


class WarnAboutBlueprintMixin:
    """After saving, says what the blueprint still lacks: a bank grows, so this is no reason not to save."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, and warn."""
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        for warning in blueprint_warnings(self.object):  # type: ignore[attr-defined]
            messages.warning(self.request, warning)  # type: ignore[attr-defined]
        return response


class QuizCreateView(WarnAboutBlueprintMixin, CreateView):
    """A new quiz."""


class QuizEditView(WarnAboutBlueprintMixin, EditView):
    """A quiz."""


class QuizViewSet(SnippetViewSet):
    """Quizzes: what is drawn, and what passes."""

    model = Quiz
    icon = "form"
    menu_label = gettext_lazy("Quizzes")
    add_view_class = QuizCreateView
    edit_view_class = QuizEditView
    list_display: ClassVar[list[str]] = ["title", "code", "bank", "pass_percent"]
    search_fields: ClassVar[list[str]] = ["title", "code"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            BlueprintWarningsPanel(heading=gettext_lazy("Not ready yet")),
            _how_to("quiz"),
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("code"), FieldPanel("bank", widget=Select)]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("max_false_alarms")]),
                    FieldRowPanel([FieldPanel("max_attempts"), FieldPanel("wait_hours")]),
                ],
                heading=gettext_lazy("What passes"),
            ),
            BlueprintInlinePanel(
                "blueprint",
                panels=[
                    FieldRowPanel([FieldPanel("n"), FieldPanel("innocent")]),
                    FieldRowPanel([FieldPanel("objective"), FieldPanel("difficulty")]),
                    FieldPanel("critical"),
                ],
                heading=gettext_lazy("What is drawn"),
                label=gettext_lazy("Row"),
                help_text=gettext_lazy(
                    "Each row draws from one objective, from one critical rule, or innocent situations. "
                    "A quarter of the paper has to be innocent situations."
                ),
            ),
        ],
        base_form_class=QuizForm,
    )


class QuestionGroup(SnippetViewSetGroup):
    """The menu of the question bank."""

    items = (QuestionViewSet, QuestionBankViewSet, QuizViewSet)
    menu_icon = "help"
    menu_label = gettext_lazy("Questions")
    menu_name = "questions"
    menu_order = 250


def refuse_deletion(request: HttpRequest, instances: list[Model]) -> HttpResponseRedirect | None:
    """Keep what is used: questions are retired instead, banks and quizzes stay while anything hangs on them."""
    ours = [each for each in instances if isinstance(each, Question | QuestionBank | Quiz)]
    used = questions_in_use(each for each in ours if isinstance(each, Question))
    if used:
        message = _("In use: %(names)s. Tick “Retired” on the form instead: it will not be drawn any more.")
        messages.error(request, message % {"names": listed(used)})
        return redirect(_url("edit", used[0]))
    held = [each for each in ours if is_protected(each)]
    if held:
        message = _("Something still hangs on %(names)s: it cannot be deleted.")
        messages.error(request, message % {"names": listed(held)})
        return redirect(type(held[0]).snippet_viewset.get_url_name("list"))
    return None
