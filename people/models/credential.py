"""What opens a membership: the PIN that the person set with a printed one-time code."""

from django.db import models


class Credential(models.Model):
    """The PIN of one membership and the one-time code to set it. Opens that membership and nothing else.

    Only hashes are kept. ``version`` grows with each reset: sessions carry it, so a reset ends them all.
    """

    membership = models.OneToOneField("people.Membership", on_delete=models.CASCADE, related_name="credential")
    pin_hash = models.CharField(max_length=200, blank=True)
    pin_set_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=200, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"credential of membership {self.membership_id}"


class SignInFailure(models.Model):
    """A failed sign-in, kept for a day to slow down guessing without locking the owner out.

    ``origin`` is a keyed hash of the network address, so the table holds no addresses.
    """

    subject = models.CharField(max_length=64)
    """Keyed hash of what was tried: organisation and number, or a recovery code's first part."""
    origin = models.CharField(max_length=64)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("subject", "origin", "failed_at"), name="failure_by_subject"),
            models.Index(fields=("origin", "failed_at"), name="failure_by_origin"),
            models.Index(fields=("failed_at",), name="failure_by_age"),
        )

    def __str__(self) -> str:
        return f"failure at {self.failed_at}"
