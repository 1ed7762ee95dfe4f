"""Quizzes: which questions are drawn, and what passes."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

from assessments.models.question import Question
from cms.validators import code_validator


class Quiz(ClusterableModel):
    """A blueprint over a bank, and the policy of passing.

    Shipped courses set no limit of attempts and no waiting time; an organisation's own quiz may.
    """

    code = models.CharField(_("code"), max_length=80, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=200)
    bank = models.ForeignKey(
        "assessments.QuestionBank", on_delete=models.PROTECT, related_name="quizzes", verbose_name=_("bank")
    )
    pass_percent = models.PositiveIntegerField(
        _("pass mark in percent"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    max_false_alarms = models.PositiveIntegerField(_("innocent situations that may be reported"), default=1)
    max_attempts = models.PositiveIntegerField(
        _("attempts allowed"), null=True, blank=True, help_text=_("Empty: as many as it takes.")
    )
    wait_hours = models.PositiveIntegerField(_("hours to wait after a failed attempt"), default=0)

    panels: ClassVar = [
        FieldPanel("code"),
        FieldPanel("title"),
        FieldPanel("bank"),
        FieldPanel("pass_percent"),
        FieldPanel("max_false_alarms"),
        FieldPanel("max_attempts"),
        FieldPanel("wait_hours"),
        InlinePanel("blueprint", label=_("Row"), heading=_("What is drawn")),
    ]

    class Meta:
        ordering = ("title",)
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = (
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="quiz_pass_percent_in_range"
            ),
        )

    def __str__(self) -> str:
        return self.title


class BlueprintRow(Orderable):
    """Draw ``n`` items of one kind: of a critical rule, innocent ones, or ordinary ones of an objective."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="blueprint")
    objective = models.ForeignKey(
        "assessments.Objective",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("objective"),
    )
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Question.Difficulty.choices, blank=True)
    critical = models.ForeignKey(
        "assessments.CriticalRule",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("critical rule"),
    )
    innocent = models.BooleanField(_("innocent situations"), default=False)
    n = models.PositiveIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])

    class Meta(Orderable.Meta):
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(objective__isnull=False, critical__isnull=True, innocent=False)
                    | Q(objective__isnull=True, critical__isnull=False, innocent=False)
                    | Q(objective__isnull=True, critical__isnull=True, innocent=True)
                ),
                name="blueprint_row_names_one_kind",
                violation_error_message=_(
                    "A row draws from one objective, from one critical rule, or innocent situations."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.n} of {self.objective or self.critical or 'innocent'}"
