"""A segment in another language, and where its words are from."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from translations.freshness import Provenance


class Translation(models.Model):
    """The words of a segment in a language: from which source, by whom, and whether somebody signed for them."""

    segment = models.ForeignKey("translations.Segment", on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20)
    text = models.TextField()
    source_digest = models.CharField(max_length=64)
    """Of the source that the words were made from; another one than the segment's: stale."""
    provenance = models.CharField(
        max_length=10,
        choices=[
            (Provenance.MACHINE.value, pgettext_lazy("where words are from", "Draft, not yet reviewed")),
            (Provenance.PERSON.value, pgettext_lazy("where words are from", "Written by a person")),
            (Provenance.REVIEWED.value, pgettext_lazy("where words are from", "Reviewed")),
        ],
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=120, blank=True)
    """The name under which a reviewer signed, where the words came with a file."""
    is_local = models.BooleanField(default=False)
    """Written or signed for here, so that no file that comes with the project may replace it."""
    changed_at = models.DateTimeField()
    review_by = models.DateField(null=True)
    """Last good day of the review."""

    class Meta:
        ordering = ("segment", "language")
        constraints = (
            models.UniqueConstraint(fields=("segment", "language"), name="translation_once_per_segment_and_language"),
        )
        indexes = (models.Index(fields=("language", "provenance"), name="translation_by_language"),)

    def __str__(self) -> str:
        return f"{self.segment} in {self.language}"
