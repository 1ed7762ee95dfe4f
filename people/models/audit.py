"""Who of the staff did what."""

from django.db import models


class AuditEntry(models.Model):
    """An act of staff on records of an organisation: verb, kind and key of the object, counts. No personal data.

    ``data`` holds small plain values (counts, dates, codes), never names, answers or addresses.
    """

    organisation = models.ForeignKey(
        "people.Organisation", null=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    actor = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ("-happened_at", "-pk")
        indexes = (models.Index(fields=("organisation", "-happened_at"), name="audit_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id}"
