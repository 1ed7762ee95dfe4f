"""What those above a person hear: one digest a day each, of what the ladders say that day."""

import uuid

from django.db import models
from django.db.models import Q

from compliance.models.message import Message


class Digest(models.Model):
    """At most one a day for whoever hears of others in an organisation: a staff user, or a manager by their membership.

    Claimed, sent and settled like a ``Message``, whose states and instants it shares. Says names, what is asked and by
    when: what the list of the portal says, and nothing more.
    """

    State = Message.State

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="digests")
    user = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.CASCADE, related_name="digests")
    manager = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="digests"
    )
    day = models.DateField()
    """Local date at the organisation."""
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=Message.State.choices, default=Message.State.CLAIMED)
    claimed_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=True, manager__isnull=False) | Q(user__isnull=False, manager__isnull=True),
                name="digest_is_for_one",
            ),
            models.UniqueConstraint(
                fields=("organisation", "user", "day"), condition=Q(user__isnull=False), name="one_staff_digest_a_day"
            ),
            models.UniqueConstraint(
                fields=("manager", "day"), condition=Q(manager__isnull=False), name="one_manager_digest_a_day"
            ),
        )
        indexes = (models.Index(fields=("claimed_until",), condition=Q(state="claimed"), name="digest_to_send"),)

    def __str__(self) -> str:
        return self.message_id


class Escalation(models.Model):
    """That one above a person is to hear of a rung of a ladder; written with the learner's own message.

    ``key`` is the rung's, so that nobody hears of the same one twice. ``digest`` is the mail that says it; null: it waits
    for the next one.
    """

    obligation = models.ForeignKey("compliance.Obligation", on_delete=models.CASCADE, related_name="escalations")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    due_on = models.DateField(null=True, blank=True)
    user = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    manager = models.ForeignKey("people.Membership", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    digest = models.ForeignKey(Digest, null=True, blank=True, on_delete=models.SET_NULL, related_name="escalations")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=True, manager__isnull=False) | Q(user__isnull=False, manager__isnull=True),
                name="escalation_is_to_one",
            ),
            models.UniqueConstraint(
                fields=("obligation", "key", "user"), condition=Q(user__isnull=False), name="staff_hears_once"
            ),
            models.UniqueConstraint(
                fields=("obligation", "key", "manager"), condition=Q(manager__isnull=False), name="manager_hears_once"
            ),
        )
        indexes = (models.Index(fields=("recorded_at",), condition=Q(digest__isnull=True), name="escalation_waiting"),)

    def __str__(self) -> str:
        return f"{self.key} of obligation {self.obligation_id}"
