"""Learning done before or elsewhere, accepted as evidence: append-only facts."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.validity import ONE_DAY, Period


class PriorLearningQuerySet(models.QuerySet["PriorLearning"]):
    """Reads over prior learning."""

    def current_knowledge(self) -> "PriorLearningQuerySet":
        """Return the facts that no later fact supersedes, without those that were taken back."""
        return self.filter(superseded_by__isnull=True, taken_back=False)

    def known_before(self, instant: datetime) -> "PriorLearningQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        known = self.filter(recorded_at__lt=instant, taken_back=False)
        return known.exclude(superseded_by__recorded_at__lt=instant)


class PriorLearning(models.Model):
    """A fact: a training of another issuer stands for a certification; with the period that the policy gives.

    It is evidence and no certificate: nothing is printed under our name. ``scope`` says what of the certification it
    covers. Dates are stored when it is accepted, like a certificate's (ADR 0005); an end that the issuer printed is
    never exceeded. Rows are never changed; taking it back is a new row that ``supersedes`` the old one.
    """

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="prior_learning")
    certification = models.ForeignKey(
        "certificates.Certification", on_delete=models.PROTECT, related_name="prior_learning"
    )
    issuer = models.CharField(_("issued by"), max_length=200)
    title = models.CharField(_("training"), max_length=200)
    document_number = models.CharField(_("number of the certificate"), max_length=60, blank=True)
    scope = models.JSONField(default=list)
    """Codes of the courses that it stands for; all of the certification's at the time it was accepted."""
    completed_on = models.DateField(_("completed on"))
    ends_on = models.DateField(_("last valid day, if one is printed"), null=True, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    window_opens_on = models.DateField()
    grace_until = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    policy = models.JSONField()
    """The policy that gave these dates."""
    taken_back = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = PriorLearningQuerySet.as_manager()

    class Meta:
        ordering = ("completed_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_until"))
                & Q(window_opens_on__lt=F("valid_until"))
                & Q(grace_until__gte=F("valid_until")),
                name="prior_learning_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"prior learning {self.reference}"

    @property
    def period(self) -> Period:
        """Return the dates as the pure rules take them."""
        return Period(
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            last_valid_on=self.valid_until - ONE_DAY,
            window_opens_on=self.window_opens_on,
            grace_until=self.grace_until,
            anchor_day=self.anchor_day,
        )
