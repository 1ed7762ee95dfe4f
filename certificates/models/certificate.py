"""Certificates: issued facts with frozen data."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from certificates.state import CertificateState, certificate_state
from certificates.validity import ONE_DAY, Period, local_date


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Reads over certificates; each agrees with the rule on the stored dates."""

    def unrevoked(self) -> "CertificateQuerySet":
        """Return those neither revoked nor replaced."""
        return self.filter(revoked_on__isnull=True, replaced_by__isnull=True)

    def known_before(self, instant: datetime) -> "CertificateQuerySet":
        """Return those issued before ``instant`` and by then not replaced; a later revocation is still on the rows."""
        return self.filter(issued_at__lt=instant).exclude(replaced_by__issued_at__lt=instant)

    def valid(self, *, on: date) -> "CertificateQuerySet":
        """Return the unrevoked ones that cover ``on``."""
        return self.unrevoked().filter(valid_from__lte=on, valid_until__gt=on)

    def renewable(self, *, on: date) -> "CertificateQuerySet":
        """Return the valid ones whose window is open on ``on``."""
        return self.valid(on=on).filter(window_opens_on__lte=on)

    def expired(self, *, on: date) -> "CertificateQuerySet":
        """Return the unrevoked ones that ended on or before ``on``."""
        return self.unrevoked().filter(valid_until__lte=on)


class Certificate(models.Model):
    """One certificate. It copies what it must still say when course, organisation and person are gone.

    Dates are stored at issue (ADR 0005). ``valid_until`` is exclusive; the last good day is the day before.
    Erasing a person empties ``holder_name`` and ``learner``; the certificate still verifies, without the name.
    """

    class RevocationReason(models.TextChoices):
        """Why it was revoked; only the class is ever shown."""

        ERROR = "error", pgettext_lazy("reason of revocation", "Issued in error")
        IDENTITY = "identity", pgettext_lazy("reason of revocation", "Not the work of the person named")
        WITHDRAWN = "withdrawn", pgettext_lazy("reason of revocation", "The course was withdrawn")
        REQUEST = "request", pgettext_lazy("reason of revocation", "At the holder's request")
        UNCONFIRMED = (
            "unconfirmed",
            pgettext_lazy("reason of revocation", "The workplace took back what it had confirmed"),
        )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=32, unique=True, editable=False)
    """Printed and verified: 20 characters of Crockford base 32 in groups, 100 random bits."""
    certification = models.ForeignKey(
        "certificates.Certification", on_delete=models.PROTECT, related_name="certificates"
    )
    learner = models.ForeignKey(
        "people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    membership = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    """For which workplace it was earned; null: the learner's own."""
    completion_ids = models.JSONField(default=list)
    """Public ids of the completions it rests on."""
    completion_key = models.CharField(max_length=100, unique=True, null=True, blank=True)
    """Certification and last completion: makes issuing idempotent. Null on a replacement."""

    holder_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    full_title = models.CharField(max_length=255, blank=True)
    learner_title = models.CharField(max_length=200, blank=True)
    """The title in ``language``, for the second line of the holder's own copy; empty where it has none."""
    organisation_name = models.CharField(max_length=200, blank=True)
    issuer_name = models.CharField(max_length=200)
    edition_number = models.PositiveIntegerField()
    edition_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=20)
    """Of the text that was learnt from; never shown to an employer."""
    workplace_language = models.CharField(max_length=20, default="en")
    time_zone = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    completed_on = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    window_opens_on = models.DateField()
    grace_until = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    policy = models.JSONField()
    """The policy that gave these dates."""
    template_version = models.PositiveIntegerField(default=1)

    renews = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals")
    replaced_by = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    revoked_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=20, choices=RevocationReason.choices, blank=True)
    revoked_by = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_until"))
                & Q(window_opens_on__lt=F("valid_until"))
                & Q(grace_until__gte=F("valid_until")),
                name="certificate_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_on__isnull=False, revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="certificate_revoked_with_reason",
            ),
        )
        indexes = (
            models.Index(fields=("membership", "certification", "valid_until"), name="certificate_by_membership"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def period(self) -> Period:
        """Return the dates as the pure rules take them."""
        return Period(
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            last_valid_on=self.last_valid_on,
            window_opens_on=self.window_opens_on,
            grace_until=self.grace_until,
            anchor_day=self.anchor_day,
        )

    @property
    def last_valid_on(self) -> date:
        """Return the last good day: what is printed (renewal, rule R2)."""
        return self.valid_until - ONE_DAY

    @property
    def last_grace_on(self) -> date:
        """Return the last day of the grace; the last good day where there is none."""
        return self.grace_until - ONE_DAY

    def counts(self, *, at: datetime) -> bool:
        """Return whether the period or its grace still runs at ``at``, in the certificate's own time zone."""
        return local_date(at, self.time_zone) < self.grace_until

    def state(self, *, on: date) -> CertificateState:
        """Return what this certificate says on ``on``, a local date of its ``time_zone``."""
        return certificate_state(
            self.period, on=on, revoked=self.revoked_on is not None, replaced=self.replaced_by_id is not None
        )
