"""The ledger of paid reviews, and who reviewers are by law. Both apart from what reviewers say."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.edition import Frozen
from courses.models.review import Reviewer, ReviewRequest
from courses.review_pay import Entry


class ReviewEntry(Frozen):
    """One line of the ledger, for one review. Append-only; amounts in cents of a Canadian dollar."""

    class Kind(models.TextChoices):
        """What it notes."""

        AGREED = Entry.AGREED.value, pgettext_lazy("line of a ledger", "Agreed")
        PAID = Entry.PAID.value, pgettext_lazy("line of a ledger", "Paid")
        RECEIVED = Entry.RECEIVED.value, pgettext_lazy("line of a ledger", "Received, says the reviewer")
        MISSING = Entry.MISSING.value, pgettext_lazy("line of a ledger", "Not received, says the reviewer")

    request = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    hours = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    rate_cents = models.PositiveIntegerField(null=True)
    """For an hour."""
    amount_cents = models.PositiveIntegerField(default=0)
    on = models.DateField(null=True)
    """Of an agreement the last good day to pay, of a payment the day it was made."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("recorded_at", "pk")
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("ledger of reviews")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="agreed", hours__gt=0, rate_cents__gt=0, amount_cents__gt=0, on__isnull=False)
                | Q(kind="paid", amount_cents__gt=0, on__isnull=False)
                | Q(kind__in=["received", "missing"], amount_cents=0),
                name="review_entry_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind} {self.amount_cents}"


class ReviewerIdentity(models.Model):
    """The legal name of a reviewer, for whoever pays them; encrypted, and behind a permission of its own."""

    reviewer = models.OneToOneField(Reviewer, on_delete=models.CASCADE, related_name="identity")
    sealed_name = models.BinaryField()
    recorded_at = models.DateTimeField()

    panels: ClassVar = []

    class Meta:
        verbose_name = _("legal name of a reviewer")
        verbose_name_plural = _("legal names of reviewers")

    def __str__(self) -> str:
        return str(self.pk)
