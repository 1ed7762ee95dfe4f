"""Questions: one concrete type per way of answering, each with its own form."""

import uuid
from typing import ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from polymorphic.managers import PolymorphicManager
from polymorphic.models import PolymorphicModel
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, RevisionMixin, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms.blocks.keys import KeyBlock
from cms.blocks.text import TEXT_FEATURES
from cms.validators import code_validator

INLINE_FEATURES = ["bold", "italic"]


class Question(TranslatableMixin, RevisionMixin, index.Indexed, PolymorphicModel, ClusterableModel):
    """What all questions share. Only the concrete types are ever made.

    ``version`` of a question is not stored: a released edition and a drawn paper freeze the whole question.
    """

    class Use(models.TextChoices):
        """Where it may be asked."""

        PAPER = "paper", pgettext_lazy("use of a question", "In papers")
        PRACTICE = "practice", pgettext_lazy("use of a question", "In practice only")

    class Difficulty(models.TextChoices):
        """How hard, by the author's judgement."""

        EASY = "easy", pgettext_lazy("difficulty", "Easy")
        MEDIUM = "medium", pgettext_lazy("difficulty", "Medium")
        HARD = "hard", pgettext_lazy("difficulty", "Hard")

    kind = ""
    """The name of the type in frozen questions, e.g. ``single``; set by each concrete type."""

    bank = models.ForeignKey(
        "assessments.QuestionBank", on_delete=models.PROTECT, related_name="questions", verbose_name=_("bank")
    )
    code = models.CharField(_("code"), max_length=80, validators=[code_validator])
    use = models.CharField(_("use"), max_length=10, choices=Use.choices, default=Use.PAPER)
    objective = models.ForeignKey(
        "assessments.Objective", on_delete=models.PROTECT, related_name="questions", verbose_name=_("objective")
    )
    critical = models.ForeignKey(
        "assessments.CriticalRule",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        verbose_name=_("critical rule"),
    )
    innocent = models.BooleanField(
        _("innocent situation"),
        default=False,
        help_text=_("Nothing in it is trafficking; reporting counts against passing."),
    )
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty.choices, default=Difficulty.MEDIUM)
    situation = models.CharField(
        _("situation"),
        max_length=80,
        blank=True,
        help_text=_("A word for the situation; the items of one critical rule must differ in it."),
    )
    passage = models.CharField(_("lesson that teaches it"), max_length=60, blank=True)
    stem = RichTextField(_("question"), features=TEXT_FEATURES, blank=True)
    feedback = RichTextField(
        _("why"), features=INLINE_FEATURES, blank=True, help_text=_("Shown after the answer: why, in two sentences.")
    )
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Not drawn any more; papers that have it keep it.")
    )

    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    search_fields: ClassVar = [
        index.SearchField("code"),
        index.AutocompleteField("code"),
        index.SearchField("stem"),
        # The list of questions searches as one types.
        index.AutocompleteField("stem"),
        # A list that is searched can be narrowed by these alone.
        *map(
            index.FilterField,
            (
                "bank",
                "locale",
                "use",
                "objective",
                "critical",
                "innocent",
                "difficulty",
                "retired",
                "polymorphic_ctype",
            ),
        ),
    ]
    override_translatable_fields: ClassVar = [
        SynchronizedField("code"),
        SynchronizedField("situation"),
        SynchronizedField("passage"),
        TranslatableField("stem"),
        TranslatableField("feedback"),
    ]

    class Meta(TranslatableMixin.Meta):
        ordering = ("code",)
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = (
            # Papers, practice and statistics name a question by its code alone.
            models.UniqueConstraint(fields=("code", "locale"), name="question_code_once_per_language"),
            models.CheckConstraint(
                condition=models.Q(critical__isnull=True) | models.Q(innocent=False),
                name="question_critical_or_innocent",
            ),
        )

    def __str__(self) -> str:
        return self.code


class SingleChoiceQuestion(Question):
    """One option of several is right."""

    kind = "single"
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("single choice question")
        verbose_name_plural = _("single choice questions")


class MultipleChoiceQuestion(Question):
    """Several options are right; only exactly the right ones score."""

    kind = "multiple"
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("multiple choice question")
        verbose_name_plural = _("multiple choice questions")


class TrueFalseQuestion(Question):
    """A statement that holds or not. Never critical."""

    kind = "true_false"
    answer = models.BooleanField(_("the statement is true"), default=False)
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("true or false question")
        verbose_name_plural = _("true or false questions")


class OrderingQuestion(Question):
    """Items to bring into order. Practice only: on a phone it tests reading."""

    kind = "ordering"
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("ordering question")
        verbose_name_plural = _("ordering questions")


class MatchingQuestion(Question):
    """Pairs to find. Practice only: on a phone it tests reading."""

    kind = "matching"
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("matching question")
        verbose_name_plural = _("matching questions")


class GradedChoiceBlock(blocks.StructBlock):
    """A choice at a point of a graded story."""

    id = KeyBlock(max_length=40, required=False, label=_("Id"), help_text=_("Leave empty: it is made once and kept."))
    text = blocks.CharBlock(max_length=300, label=_("Choice"))
    next = KeyBlock(max_length=40, label=_("Leads to part"))
    credit = blocks.ChoiceBlock(
        choices=[("0", _("none")), ("0.5", _("half")), ("1", _("full"))], default="0", label=_("Credit")
    )
    feedback = blocks.RichTextBlock(features=INLINE_FEATURES, required=False, label=_("Why"))

    class Meta:
        label_format = "{text}"


class GradedNodeBlock(blocks.StructBlock):
    """A point of a graded story."""

    id = KeyBlock(max_length=40, label=_("Part"), help_text=_("A short name such as a."))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("What happens"))
    choices = blocks.ListBlock(GradedChoiceBlock(), min_num=0, default=[], label=_("Choices"))

    class Meta:
        label_format = "{id}: {text}"


class GraphBlock(blocks.StreamBlock):
    """The parts of a graded story."""

    node = GradedNodeBlock(icon="arrow-right", label=_("Part"))


class ScenarioQuestion(Question):
    """A branching story, scored on the responses chosen along the path."""

    kind = "scenario"
    start = models.CharField(_("first part"), max_length=40, default="a")
    graph = StreamField(GraphBlock(), verbose_name=_("parts"))
    objects: ClassVar = PolymorphicManager()

    override_translatable_fields: ClassVar = [*Question.override_translatable_fields, SynchronizedField("start")]

    class Meta:
        verbose_name = _("scenario question")
        verbose_name_plural = _("scenario questions")


class ReflectionQuestion(Question):
    """A question to think about: never scored, never sent to the server."""

    kind = "reflection"
    objects: ClassVar = PolymorphicManager()

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")


class ChoiceOption(TranslatableMixin, Orderable):
    """An option of a choice question. ``key`` is the same in every language, so scoring never depends on text."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    text = RichTextField(_("text"), features=INLINE_FEATURES)
    correct = models.BooleanField(_("right"), default=False)
    alarm = models.BooleanField(_("reports somebody innocent"), default=False)
    feedback = RichTextField(_("feedback"), features=INLINE_FEATURES, blank=True)

    override_translatable_fields: ClassVar = [SynchronizedField("key")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("option")

    def __str__(self) -> str:
        return str(self.key)


class OrderingItem(TranslatableMixin, Orderable):
    """An item of an ordering question, in the right order."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="items")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    text = RichTextField(_("text"), features=INLINE_FEATURES)

    override_translatable_fields: ClassVar = [SynchronizedField("key")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("item")

    def __str__(self) -> str:
        return str(self.key)


class MatchingPair(TranslatableMixin, Orderable):
    """A pair of a matching question. The two sides have keys of their own."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="pairs")
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    right_key = models.UUIDField(default=uuid.uuid4, editable=False)
    left = RichTextField(_("left"), features=INLINE_FEATURES)
    right = RichTextField(_("right"), features=INLINE_FEATURES)

    override_translatable_fields: ClassVar = [SynchronizedField("key"), SynchronizedField("right_key")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("pair")

    def __str__(self) -> str:
        return str(self.key)
