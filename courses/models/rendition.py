"""Files made of a text: handouts, slides, books. They can all be made again, so these rows may change and go."""

from django.db import models

_MS_A_MINUTE = 60_000


class RenditionSet(models.Model):
    """What is made of an edition in one language, and whether it is still true.

    ``fingerprint`` is that of the text, the help lines, the withdrawals and the drawing code that the files were made
    of; where it is not the present one, nothing is served until they are made anew.
    """

    edition = models.ForeignKey("courses.Edition", on_delete=models.PROTECT, related_name="rendition_sets")
    language = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, blank=True)
    asked_for = models.CharField(max_length=64, blank=True)
    """The fingerprint that somebody asked to be made last."""
    asks = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """How many files there are to be; 0 until the first are made."""
    made = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edition", "language"), name="rendition_set_once"),)

    def __str__(self) -> str:
        return f"{self.edition} in {self.language}"


class Rendition(models.Model):
    """One file. ``source_hash`` is of everything it says: as long as that stays, the file is not made again."""

    rendition_set = models.ForeignKey(RenditionSet, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=20)
    lesson = models.CharField(max_length=60, blank=True)
    """The code of the lesson; empty: the whole course."""
    name = models.CharField(max_length=60)
    """Neutral: what the file is called on the learner's device."""
    content_type = models.CharField(max_length=100)
    source_hash = models.CharField(max_length=64)
    file = models.FileField(upload_to="renditions/", blank=True)
    """Empty where no font here has its letters."""
    missing_letters = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    length_ms = models.PositiveIntegerField(default=0)
    """How long a recording lasts; 0 for what is no recording."""

    class Meta:
        ordering = ("rendition_set", "pk")
        constraints = (models.UniqueConstraint(fields=("rendition_set", "name"), name="rendition_name_once_per_set"),)

    def __str__(self) -> str:
        return self.name

    @property
    def listening_minutes(self) -> int:
        """Return how long a recording lasts, in whole minutes."""
        return max(1, round(self.length_ms / _MS_A_MINUTE))
