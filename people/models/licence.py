"""Licences that have to be renewed: append-only facts."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.validators import code_validator


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Reads over licence facts."""

    def current_knowledge(self) -> "LicenceQuerySet":
        """Return the facts that no later fact supersedes."""
        return self.filter(superseded_by__isnull=True)

    def known_before(self, instant: datetime) -> "LicenceQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        return self.filter(recorded_at__lt=instant).exclude(superseded_by__recorded_at__lt=instant)


class Licence(models.Model):
    """A fact: a licence of this kind, such as ``driver-class-1``, is to be renewed on ``renews_on``.

    The day is all that is kept; no number, no category that would say anything else of the person. Each renewal is a
    fact of its own; a correction ``supersedes`` the wrong one and keeps its ``reference``.
    """

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(_("kind"), max_length=40, validators=[code_validator])
    renews_on = models.DateField(_("to be renewed on"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ("renews_on", "pk")

    def __str__(self) -> str:
        return f"licence {self.reference}"
