"""Certificates that were dated anew under a changed policy, batch by batch (renewal, rule R16)."""

import uuid

from django.db import models


class Rebasing(models.Model):
    """One batch: the certificates of a certification that ran on ``on`` were dated by ``policy``, for a ``reason``.

    It can be taken back as a whole. While ``finished_at`` is null it was stopped in the middle and goes on where it
    stood when it is asked for again.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certification = models.ForeignKey("certificates.Certification", on_delete=models.PROTECT, related_name="rebasings")
    reason = models.CharField(max_length=200)
    policy = models.JSONField()
    on = models.DateField()
    notice_days = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-recorded_at", "-pk")

    def __str__(self) -> str:
        return f"rebasing {self.reference}"


class RebasedCertificate(models.Model):
    """One certificate of a batch: ``before`` was replaced by ``after``."""

    rebasing = models.ForeignKey(Rebasing, on_delete=models.PROTECT, related_name="certificates")
    before = models.OneToOneField("certificates.Certificate", on_delete=models.PROTECT, related_name="+")
    after = models.OneToOneField("certificates.Certificate", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"
