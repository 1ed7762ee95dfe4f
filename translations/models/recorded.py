"""What was recorded last, so that a start that finds the same files has nothing to do."""

from django.db import models


class RecordedCatalogues(models.Model):
    """The interface's catalogues as they were when the matrix last took them in; one row."""

    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of all catalogues, names and bytes, in hex."""
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "recorded catalogues"

    def __str__(self) -> str:
        return self.digest
