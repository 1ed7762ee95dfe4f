"""What somebody who leads a language is asked to look at."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from translations.changes import ChangeKind


class TranslationTask(models.Model):
    """A segment to look at in a language, for a reason that the words alone do not tell.

    What is missing, stale, in review or past its review is counted from the segments and needs no row. A task is
    open until the words were changed or signed anew, or somebody says that it is done.
    """

    class Cause(models.TextChoices):
        """Why it was opened."""

        CHANGED = "changed", pgettext_lazy("cause of a translation task", "The source changed")
        REPORTED = "reported", pgettext_lazy("cause of a translation task", "Answers differ in this language")

    segment = models.ForeignKey("translations.Segment", on_delete=models.CASCADE, related_name="tasks")
    language = models.CharField(max_length=20)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    change = models.CharField(
        max_length=10, blank=True, choices=[(each.value, each.value) for each in ChangeKind], default=""
    )
    """The kind of change; "" where nothing changed."""
    detail = models.TextField(blank=True)
    """The new words of the source, or what the answers show."""
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("language", "opened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("segment", "language", "cause"),
                condition=models.Q(done_at__isnull=True),
                name="translation_task_open_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("language", "opened_at"),
                condition=models.Q(done_at__isnull=True),
                name="translation_task_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.segment} in {self.language}: {self.cause}"
