"""Obligations: the read model of standing, and its spans."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Obligation(models.Model):
    """One person (as one organisation knows them) and one certification that concerns them.

    Holds no state: the spans do. Spans and the instants below are rewritten, in the transaction that changes a fact,
    from compliance.standing; a command rebuilds them all and must find nothing to mend.
    """

    # No indexes of their own, here and below, where that of a constraint or of a question begins with the same column:
    # an import writes one of these rows for each person, and each index is written with it.
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="obligations", db_index=False
    )
    membership = models.ForeignKey(
        "people.Membership", on_delete=models.PROTECT, related_name="obligations", db_index=False
    )
    certification = models.ForeignKey(
        "certificates.Certification", on_delete=models.PROTECT, related_name="obligations"
    )
    time_zone = models.CharField(max_length=60)
    """The calendar in which the spans' dates are meant: the site's of the employment that began last."""
    next_message_at = models.DateTimeField(null=True, blank=True)
    """UTC instant from which the sweep must look at this obligation; null: nothing is due."""
    told = models.JSONField(default=list, blank=True)
    """Keys of the steps that were told or passed over, such as ``due_soon:2026-12-01:14``; for ever."""
    rebuilt_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("membership", "certification"), name="obligation_once"),)
        indexes = (
            models.Index(
                fields=("next_message_at",), condition=Q(next_message_at__isnull=False), name="obligation_next_message"
            ),
            models.Index(fields=("organisation", "certification"), name="obligation_by_organisation"),
        )

    def __str__(self) -> str:
        return f"obligation {self.pk}"


class ObligationSpanQuerySet(models.QuerySet["ObligationSpan"]):
    """Reads over spans."""

    def covering(self, day: date) -> "ObligationSpanQuerySet":
        """Return the spans that cover ``day``: exactly one per obligation."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), from_on__lte=day)


class ObligationSpan(models.Model):
    """From ``from_on`` until ``until`` (exclusive; null: for ever) the standing of an obligation is this."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="spans", db_index=False)
    from_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20)
    """A compliance.standing.State; ``in_progress`` is for the learner only, employers read it as assigned."""
    counts_as = models.CharField(max_length=10)
    due_on = models.DateField(null=True, blank=True)
    """Last good day to act: the due date of a first completion, or the last valid day."""
    required = models.BooleanField(default=False)
    """Whether a requirement is live. Without one the employer is shown nothing, and nobody is reminded."""
    ladder = models.JSONField(null=True, blank=True)
    """Of the live requirements together, where one has its own (form: ``compliance.ladder``); null: the usual one."""
    overlays = models.JSONField(default=list, blank=True)
    reasons = models.JSONField(default=list, blank=True)

    objects: ClassVar = ObligationSpanQuerySet.as_manager()

    class Meta:
        ordering = ("obligation", "from_on")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("from_on")), name="span_is_not_empty"
            ),
            models.UniqueConstraint(fields=("obligation", "from_on"), name="span_starts_once"),
        )
        indexes = (models.Index(fields=("state", "from_on", "until"), name="span_by_state"),)

    def __str__(self) -> str:
        return f"{self.state} from {self.from_on}"
