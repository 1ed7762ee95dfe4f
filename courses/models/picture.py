"""Pictures that somebody has looked at and approved."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PictureApproval(models.Model):
    """Who approved a picture, and when. It holds for this very file, wherever it stands; another file needs its own."""

    sha256 = models.CharField(max_length=64, unique=True)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    panels: ClassVar = []

    class Meta:
        ordering = ("-approved_at", "-pk")
        verbose_name = _("approval of a picture")
        verbose_name_plural = _("approvals of pictures")

    def __str__(self) -> str:
        return self.sha256
