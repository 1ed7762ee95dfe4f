"""Exports that are made again and again, and which columns may go out."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExportColumns(models.Model):
    """Which columns of a kind leave an organisation; without a row for a kind, all of them."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="export_columns")
    kind = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    """Keys. What identifies a row goes out in any case."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "kind"), name="export_columns_once_per_kind"),)

    def __str__(self) -> str:
        return self.kind


class ExportSchedule(models.Model):
    """An export that is made regularly for one person of HR."""

    class Every(models.TextChoices):
        """How often."""

        DAY = "day", pgettext_lazy("how often an export is made", "Every day")
        WEEK = "week", pgettext_lazy("how often an export is made", "Every week")
        MONTH = "month", pgettext_lazy("how often an export is made", "Every month")

    class Format(models.TextChoices):
        """As what kind of file."""

        XLSX = "xlsx", pgettext_lazy("format of an export", "Excel (.xlsx)")
        CSV = "csv", pgettext_lazy("format of an export", "Text (.csv)")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="export_schedules")
    kind = models.CharField(max_length=40)
    file_format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.XLSX)
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices, default=Every.WEEK)
    first_on = models.DateField(_("first day"))
    """The calendar is the organisation's; every month: on its day of the month, or the last one that there is."""
    kept_days = models.PositiveSmallIntegerField(
        _("days until a file is deleted"), default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    language = models.CharField(max_length=20, default="en")
    recipient = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("for whom"))
    made_count = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)
    """When it is made next; None: never again."""
    created_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} every {self.every}"


class ExportFile(models.Model):
    """One file that was made, until ``expires_at``; ``parts`` hold it encrypted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    schedule = models.ForeignKey(ExportSchedule, on_delete=models.CASCADE, related_name="files")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    rows = models.PositiveIntegerField()
    file_name = models.CharField(max_length=120)

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("schedule", "due_at"), name="export_file_once_per_due"),)

    def __str__(self) -> str:
        return self.file_name


class ExportPart(models.Model):
    """A piece of a file that was made, encrypted."""

    file = models.ForeignKey(ExportFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering: ClassVar = ("number",)
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="export_part_once"),)

    def __str__(self) -> str:
        return f"part {self.number}"
