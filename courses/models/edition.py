"""Editions: what was released, frozen."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from translations.changes import ChangeKind

CHANGES: Final = (
    (ChangeKind.MINOR.value, pgettext_lazy("kind of change", "Wording alone: signatures of translations hold")),
    (
        ChangeKind.MEANING.value,
        pgettext_lazy("kind of change", "It says something else: translations are reviewed anew"),
    ),
    (
        ChangeKind.LEGAL.value,
        pgettext_lazy("kind of change", "A law or a protocol: reviewed anew, and people may have to learn it"),
    ),
)
"""The kinds of change of the source, in an author's words."""


class Frozen(models.Model):
    """A row that may be made and never changed or deleted."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new row; refuse to change one."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is frozen")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: evidence points here."""
        raise TypeError(f"{type(self).__name__} is frozen")


class Edition(Frozen):
    """One release of a course. Learners who started on it stay on it."""

    class Severity(models.TextChoices):
        """What the change means for people in progress and for certificates (renewal, rule R15)."""

        NONE = "none", pgettext_lazy("severity of a change", "No effect on anybody")
        FINISH_ON_OLD = (
            "finish_on_old",
            pgettext_lazy("severity of a change", "Who has started finishes on the old edition"),
        )
        DELTA = "delta", pgettext_lazy("severity of a change", "A short addition for everybody")
        RETRAIN_BY = "retrain_by", pgettext_lazy("severity of a change", "Everybody takes it again by a date")

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    severity = models.CharField(max_length=20, choices=Severity.choices, default=Severity.FINISH_ON_OLD)
    change = models.CharField(
        max_length=10,
        choices=CHANGES,
        default=ChangeKind.MEANING.value,
    )
    """What the author says that the change of the source means for its translations."""
    retrain_by = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("course", "-number")
        constraints = (models.UniqueConstraint(fields=("course", "number"), name="edition_number_once_per_course"),)

    def __str__(self) -> str:
        return f"{self.course} edition {self.number}"


class EditionText(Frozen):
    """An edition in one language: self-contained JSON (shape: courses.snapshot). Events carry its digest.

    A later text of the same edition and language (a typo mended, a language added) has a higher ``revision``.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=20)
    revision = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the canonical JSON, with course, edition, language and revision in it."""
    snapshot = models.JSONField()
    is_draft = models.BooleanField(default=False)
    """A translation that nobody had reviewed; the snapshot says the same. Workplaces are given it only if they wish."""
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("edition", "language", "-revision")
        constraints = (
            models.UniqueConstraint(fields=("edition", "language", "revision"), name="edition_text_revision_once"),
        )

    def __str__(self) -> str:
        return f"{self.edition} in {self.language}"


class FrozenMedia(Frozen):
    """A file that a snapshot names by its hash; kept when the editor deletes the original."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(upload_to="frozen/")
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "frozen media"

    def __str__(self) -> str:
        return self.sha256
