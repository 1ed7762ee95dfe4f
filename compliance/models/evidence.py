"""Evidence packs: asked for, made in the background, kept for a while."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy


class EvidencePack(models.Model):
    """A signed archive for an inspector, as of a date, for one site and what lies below it, or for all.

    States: waiting (asked for), making (``people_done`` of ``people_total``), ready (``file`` and its ``sha256``),
    forgotten. The file is forgotten after ``KEPT_DAYS``; the row stays and says
    that, when and for what a pack was made.
    """

    KEPT_DAYS = 30

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", pgettext_lazy("state of an evidence pack", "Waiting")
        MAKING = "making", pgettext_lazy("state of an evidence pack", "Being made")
        READY = "ready", pgettext_lazy("state of an evidence pack", "Ready")
        FORGOTTEN = "forgotten", pgettext_lazy("state of an evidence pack", "No longer kept")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="evidence_packs")
    site = models.ForeignKey(
        "people.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="evidence_packs"
    )
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    people_total = models.PositiveIntegerField(default=0)
    people_done = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="evidence/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-requested_at", "-pk")
        indexes = (
            models.Index(fields=("organisation", "-requested_at"), name="evidence_by_organisation"),
            models.Index(fields=("made_at",), condition=models.Q(state="ready"), name="evidence_to_forget"),
        )

    def __str__(self) -> str:
        return f"evidence pack {self.public_id}"
