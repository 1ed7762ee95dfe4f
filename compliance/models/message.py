"""Reminders: what was claimed, sent or printed."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy


class Message(models.Model):
    """At most one a day for a membership. Claimed in one transaction, sent outside any, the result in another.

    ``message_id`` is made from membership and day, so a resend after a crash carries the same one.
    """

    class State(models.TextChoices):
        """How far it came."""

        CLAIMED = "claimed", pgettext_lazy("state of a message", "To be sent")
        SENT = "sent", pgettext_lazy("state of a message", "Sent")
        FAILED = "failed", pgettext_lazy("state of a message", "Could not be delivered")
        LETTER = "letter", pgettext_lazy("state of a message", "On the letter list")
        PRINTED = "printed", pgettext_lazy("state of a message", "Letter printed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="messages")
    day = models.DateField()
    """Local date at the membership's site."""
    message_id = models.CharField(max_length=200, unique=True)
    items = models.JSONField(default=list)
    """What it says: a list of {obligation, kind, due_on}; texts are rendered when sent."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLAIMED)
    claimed_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "-pk")
        constraints = (models.UniqueConstraint(fields=("membership", "day"), name="one_message_a_day"),)
        indexes = (
            models.Index(fields=("claimed_until",), condition=models.Q(state="claimed"), name="message_to_send"),
        )

    def __str__(self) -> str:
        return self.message_id
