"""Completions whose certificate is still owed."""

from django.db import models


class UnissuedCompletion(models.Model):
    """A completion of which nobody has said yet what it earns. The sweep tries it until somebody has.

    Written in the transaction of the completion where issuing failed, so neither can be lost; deleted in the one
    that issues, or that finds nothing due. The table holds what is open and nothing else, however long the history.
    """

    completion = models.OneToOneField("courses.Completion", on_delete=models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField(default=0)
    """How often it failed."""
    tried_at = models.DateTimeField()
    failure = models.CharField(max_length=80, blank=True)
    """The kind of the last error, never its text: texts of errors quote what people typed."""

    class Meta:
        ordering = ("tried_at", "pk")
        indexes = (models.Index(fields=("tried_at",), name="unissued_by_try"),)

    def __str__(self) -> str:
        return f"unissued after {self.attempts} attempts: {self.failure}"
