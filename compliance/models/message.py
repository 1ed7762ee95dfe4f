"""Reminders: what was claimed, sent or printed."""

import uuid

from django.db import models
from django.utils.translation import pgettext_lazy


class Message(models.Model):
    """At most one a day for a membership. Claimed in one transaction, sent outside any, the result in another.

    ``message_id`` is made from membership and day, so a resend after a crash carries the same one. States: claimed
    (to be sent, or tried again, from ``claimed_until`` on), sent, failed (for good; HR sees it), letter (waits to be
    printed), printed, dropped (what it said is no longer so, or a later message says it).
    """

    class State(models.TextChoices):
        """How far it came."""

        CLAIMED = "claimed", pgettext_lazy("state of a message", "To be sent")
        SENT = "sent", pgettext_lazy("state of a message", "Sent")
        FAILED = "failed", pgettext_lazy("state of a message", "Could not be delivered")
        LETTER = "letter", pgettext_lazy("state of a message", "On the letter list")
        PRINTED = "printed", pgettext_lazy("state of a message", "Letter printed")
        DROPPED = "dropped", pgettext_lazy("state of a message", "No longer needed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="messages")
    day = models.DateField()
    """Local date at the membership's site."""
    message_id = models.CharField(max_length=200, unique=True)
    items = models.JSONField(default=list)
    """What it says: a list of ``{"obligation": key, "kind": …, "due_on": ISO date or null}``; the mail words it."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLAIMED)
    claimed_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    """While ``claimed``: until then a sender has it, or it waits for another try."""
    sent_at = models.DateTimeField(null=True, blank=True)
    """When it was sent or printed; letters printed together share the instant."""
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "-pk")
        constraints = (models.UniqueConstraint(fields=("membership", "day"), name="one_message_a_day"),)
        indexes = (
            models.Index(fields=("claimed_until",), condition=models.Q(state="claimed"), name="message_to_send"),
        )

    def __str__(self) -> str:
        return self.message_id
