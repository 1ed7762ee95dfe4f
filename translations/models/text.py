"""What there is to translate: texts and the segments they are made of, in the source language."""

from django.db import models
from django.utils.translation import pgettext_lazy

from translations.given import Kind
from translations.segments import Markup

KINDS = (
    (Kind.PAGE.value, pgettext_lazy("kind of text", "Page")),
    (Kind.QUESTION.value, pgettext_lazy("kind of text", "Question")),
    (Kind.MAIL.value, pgettext_lazy("kind of text", "Mail")),
    (Kind.CERTIFICATE.value, pgettext_lazy("kind of text", "Certificate text")),
    (Kind.CATALOGUE.value, pgettext_lazy("kind of text", "Interface")),
)


class Text(models.Model):
    """A page, a question, a mail …: what stands as one row in the matrix of languages."""

    code = models.CharField(max_length=200, unique=True)
    """Kind and codes, e.g. ``lesson:hospitality/signs``."""
    kind = models.CharField(max_length=12, choices=KINDS)
    title = models.CharField(max_length=255)
    group = models.CharField(max_length=80, db_index=True)
    """What is released together, e.g. ``course:hospitality``."""
    sector = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Segment(models.Model):
    """A piece of a text, known within it by a key that stays when its neighbours come and go."""

    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="segments")
    key = models.CharField(max_length=200)
    source = models.TextField()
    shown = models.TextField(blank=True)
    """What learners read since editors changed it here, "" where nobody did."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the source, in hex."""
    markup = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Markup])
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("text", "position")
        constraints = (models.UniqueConstraint(fields=("text", "key"), name="segment_key_once_per_text"),)

    def __str__(self) -> str:
        return f"{self.text} {self.key}"
