"""Mails that came back."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class BounceQuerySet(models.QuerySet["Bounce"]):
    """Reads over bounces."""

    def open(self) -> "BounceQuerySet":
        """Return those of addresses that still stand in the person's record and were not given another chance."""
        return self.filter(settled_at__isnull=True, membership__email__iexact=F("email"))


class Bounce(models.Model):
    """That an address did not take a message or, of a manager, a digest; written once for each report.

    While it is open no mail goes to the address, and the person gets letters. HR settles it by mending the address or
    taking it away, which needs no other act, or by trying the same one again (``settled_at``).
    """

    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="bounces")
    message = models.ForeignKey(
        "compliance.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="bounces"
    )
    digest = models.ForeignKey(
        "compliance.Digest", null=True, blank=True, on_delete=models.PROTECT, related_name="bounces"
    )
    email = models.EmailField()
    """The address that did not take it, as the mail was sent."""
    report_id = models.CharField(max_length=64, unique=True)
    """Digest of the report's own Message-ID: delivered twice, it counts once."""
    reported_on = models.DateField()
    """Local date at the organisation."""
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = BounceQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(message__isnull=False, digest__isnull=True) | Q(message__isnull=True, digest__isnull=False),
                name="bounce_is_of_one_mail",
            ),
        )
        indexes = (
            models.Index(fields=("membership",), condition=Q(settled_at__isnull=True), name="bounce_not_settled"),
        )

    def __str__(self) -> str:
        return f"bounce {self.pk}"
