"""What the loader of the curriculum remembers."""

from django.db import models


class LoadedItem(models.Model):
    """A shipped thing (a page, a question, a help line …) as it was when it was last loaded.

    Where the thing in the database still has this digest nobody has touched it since, so a newer shipped version
    may take its place.
    """

    key = models.CharField(max_length=200, unique=True)
    """Kind and codes, e.g. ``question:hospitality/hos-log-1``."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the canonical JSON of what was loaded."""
    form = models.JSONField(null=True)
    """What was brought in, where it came in a bundle: what tells their changes from ours when both made some."""
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
