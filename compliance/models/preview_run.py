"""Previews of changes for very many people, worked out in the background."""

import uuid

from django.db import models

from compliance.models.proposal import Proposal


class PreviewRun(models.Model):
    """The preview of one change, while it is worked out and for a day after it.

    ``kind`` and ``payload`` say what would be done, as a proposal's do; ``people`` are to be looked at, ``people_done``
    were. ``result`` holds numbers, keys and dates and no name (shape: ``compliance.preview.to_json``); null until it is
    known.
    """

    KEPT_HOURS = 24

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Proposal.Kind.choices)
    payload = models.JSONField()
    people = models.PositiveIntegerField()
    people_done = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    """What it would change is gone, or can no longer be."""
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = (models.Index(fields=("organisation", "asked_at"), name="preview_by_organisation"),)

    def __str__(self) -> str:
        return f"preview {self.public_id}"

    @property
    def is_done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.failed or self.result is not None
