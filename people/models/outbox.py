"""What must still happen because of a committed change."""

from django.db import models
from django.db.models import Q


class OutboxEntry(models.Model):
    """A piece of work written in the transaction that caused it, and done at least once.

    States: waiting (``done_at`` null, ``failed_at`` null), claimed (``claimed_until`` in the future), done, and
    failed for good (after the last attempt; staff can see and retry). Handlers are idempotent and receive ``payload``.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    """Names the effect: a second entry for the same effect is not written."""
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes = (
            models.Index(
                fields=("not_before",), condition=Q(done_at__isnull=True, failed_at__isnull=True), name="outbox_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
