"""Asking for another way to learn: append-only facts, without a reason."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from certificates.validity import ONE_DAY


class AnotherWayQuerySet(models.QuerySet["AnotherWay"]):
    """Reads over what was asked and agreed."""

    def current_knowledge(self) -> "AnotherWayQuerySet":
        """Return the facts that no later fact supersedes."""
        return self.filter(superseded_by__isnull=True)

    def known_before(self, instant: datetime) -> "AnotherWayQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        return self.filter(recorded_at__lt=instant).exclude(superseded_by__recorded_at__lt=instant)


class AnotherWay(models.Model):
    """A fact: somebody asks to learn something another way than on the screen; a trainer agrees how, and by when.

    No field says why: nobody has to explain. Rows are never changed; agreement and taking back are new rows that
    ``supersede`` the old one and keep its ``reference``. An open question is between the person and the trainer: the
    employer is shown ``agreed`` ones alone, and no open one ever counts as refusal or past due.
    """

    class Step(models.TextChoices):
        """How far it came."""

        ASKED = "asked", pgettext_lazy("asking for another way", "Asked")
        AGREED = "agreed", pgettext_lazy("asking for another way", "Other way agreed")
        TAKEN_BACK = "taken_back", pgettext_lazy("asking for another way", "Taken back")

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="other_ways")
    certification = models.ForeignKey("certificates.Certification", on_delete=models.PROTECT, related_name="other_ways")
    step = models.CharField(max_length=10, choices=Step.choices)
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    """The day of the agreement, or of taking back."""
    until = models.DateField(null=True, blank=True)
    """Of ``agreed``: exclusive; the other way is to be gone by the day before."""
    trainer = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Who agreed."""
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = AnotherWayQuerySet.as_manager()

    class Meta:
        ordering = ("asked_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(step="asked", answered_on__isnull=True, until__isnull=True)
                | Q(step="taken_back", answered_on__gte=F("asked_on"), until__isnull=True)
                | Q(step="agreed", answered_on__gte=F("asked_on"), until__gt=F("answered_on")),
                name="another_way_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.reference}"

    @property
    def last_on(self) -> date | None:
        """Return the last day of what was agreed."""
        return self.until - ONE_DAY if self.until else None
