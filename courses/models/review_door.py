"""The way of a reviewer to what they are asked to read, and their comments on single passages."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.review import Reviewer, ReviewRequest


class ReviewDoor(models.Model):
    """The link that lets one reviewer in. Only its digest is kept, and the words that they chose as a hash.

    A new link takes the place of the old one. Whoever has the link still needs the reviewer's name and words.
    """

    reviewer = models.OneToOneField(Reviewer, on_delete=models.CASCADE, related_name="door")
    token_digest = models.CharField(max_length=64, unique=True)
    """SHA-256, in hex."""
    opens_until = models.DateTimeField()
    """It opens before this instant; what was said holds on."""
    words = models.CharField(max_length=256, blank=True)
    """The hash of what the reviewer types to come in; empty: nobody has come in yet."""
    failures = models.PositiveSmallIntegerField(default=0)

    panels: ClassVar = []

    def __str__(self) -> str:
        return str(self.reviewer)

    def is_open(self, at: datetime) -> bool:
        """Whether the link still leads in."""
        return at < self.opens_until


class ReviewerKey(models.Model):
    """A key of a reviewer's own programme. Only its hash is kept; it opens as long as their link, and ends with it."""

    door = models.ForeignKey(ReviewDoor, on_delete=models.CASCADE, related_name="keys")
    secret_digest = models.CharField(max_length=64, unique=True)
    """SHA-256, in hex."""
    made_at = models.DateTimeField()

    panels: ClassVar = []

    def __str__(self) -> str:
        return str(self.door)


class ReviewComment(models.Model):
    """What a reviewer wrote beside one passage, and that an editor has settled it."""

    request = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="comments")
    part_kind = models.CharField(max_length=20)
    """``lesson``, ``block`` or ``question``, as in ``courses.withdrawn.Part``."""
    part_target = models.CharField(max_length=120)
    label = models.CharField(max_length=200)
    """How editors know the passage again when it has changed."""
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    reply = models.TextField(_("what was done"), max_length=1000, blank=True)

    panels: ClassVar = []

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return f"{self.request}: {self.label}"
