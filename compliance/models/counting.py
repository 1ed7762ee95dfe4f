"""What an organisation decides about counting and about leave: append-only facts."""

from datetime import datetime
from typing import ClassVar

from django.db import models


class CountingPolicyQuerySet(models.QuerySet["CountingPolicy"]):
    """Reads over what organisations decided."""

    def known_before(self, instant: datetime) -> "CountingPolicyQuerySet":
        """Return what was recorded before ``instant``."""
        return self.filter(recorded_at__lt=instant)


class CountingPolicy(models.Model):
    """A fact: from ``from_on`` on an organisation counts people like this (meaning: ``compliance.standing.StandingPolicy``).

    Rows are never changed. Of two that hold from one day the later one counts; without any the defaults of the rule do.
    """

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="counting_policies")
    from_on = models.DateField()
    assigned_counts = models.BooleanField()
    grace_counts = models.BooleanField()
    due_after_leave_days = models.PositiveSmallIntegerField()
    grace_after_leave_days = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = CountingPolicyQuerySet.as_manager()

    class Meta:
        ordering = ("from_on", "pk")
        verbose_name_plural = "counting policies"

    def __str__(self) -> str:
        return f"counting from {self.from_on:%Y-%m-%d}"
