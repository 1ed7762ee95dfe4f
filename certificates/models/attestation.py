"""What workplaces confirm of their people, where a certification asks for it: append-only facts."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttestationQuerySet(models.QuerySet["Attestation"]):
    """Reads over attestations."""

    def current_knowledge(self) -> "AttestationQuerySet":
        """Return the facts that no later fact supersedes, without those that were taken back."""
        return self.filter(superseded_by__isnull=True, taken_back=False)


class Attestation(models.Model):
    """A fact: the workplace confirmed, on a day, what a certification asks it to confirm of a person.

    ``code`` is that of the expression, so that one confirmation counts for every certification that names it; ``text``
    is what was confirmed, as it read then. Rows are never changed; taking it back is a new row that ``supersedes`` it.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="attestations")
    code = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    given_on = models.DateField(_("confirmed on"))
    taken_back = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = AttestationQuerySet.as_manager()

    class Meta:
        ordering = ("given_on", "pk")

    def __str__(self) -> str:
        return f"attestation {self.reference}"
