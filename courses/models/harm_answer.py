"""What editors answer to findings of the harm check."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class HarmAnswer(models.Model):
    """Why a sentence that the harm check found may stay. Reviewers see it, and it holds for these words alone.

    Whoever changes the sentence is asked again. ``fingerprint`` is that of the finding (``courses.harm.findings``).
    """

    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="harm_answers")
    language = models.CharField(max_length=20)
    rule = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64)
    sentence = models.TextField(blank=True)
    reason = models.TextField(_("reason"), max_length=1000)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    panels: ClassVar = []

    class Meta:
        ordering = ("course", "language", "rule", "pk")
        constraints = (
            models.UniqueConstraint(fields=("course", "language", "fingerprint"), name="harm_answer_once_per_finding"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="harm_answer_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.course} {self.language}: {self.rule}"
