"""Banks of questions, what they test, and the rules that must be right."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

from cms.validators import code_validator


class QuestionBank(ClusterableModel):
    """The questions of one subject, with its objectives and critical rules."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=200)

    panels: ClassVar = [
        FieldPanel("code"),
        FieldPanel("title"),
        InlinePanel("objectives", label=_("Objective")),
        InlinePanel("critical_rules", label=_("Critical rule")),
    ]

    class Meta:
        ordering = ("title",)
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")

    def __str__(self) -> str:
        return self.title


class Objective(Orderable):
    """Something a learner can do afterwards; questions and lessons name it."""

    bank = ParentalKey(QuestionBank, on_delete=models.CASCADE, related_name="objectives")
    code = models.CharField(_("code"), max_length=60, validators=[code_validator])
    text = models.CharField(_("text"), max_length=300)

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("bank", "code"), name="objective_code_once_per_bank"),)
        verbose_name = _("objective")

    def __str__(self) -> str:
        return self.text


class CriticalRule(Orderable):
    """A rule that must be right whatever the score; ``passage`` is the lesson to read again."""

    bank = ParentalKey(QuestionBank, on_delete=models.CASCADE, related_name="critical_rules")
    code = models.CharField(_("code"), max_length=60, validators=[code_validator])
    text = models.CharField(_("text"), max_length=300)
    passage = models.CharField(_("lesson to read again"), max_length=60, validators=[code_validator])

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("bank", "code"), name="critical_code_once_per_bank"),)
        verbose_name = _("critical rule")

    def __str__(self) -> str:
        return self.text
