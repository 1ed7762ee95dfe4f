"""Files that were uploaded: what they say, what was judged of them, what was written because of them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy


class WorkbookImport(models.Model):
    """One upload of one file, from its arrival to its end.

    Nothing but these tables is written before ``confirmed_at``. What is judged and what is written goes on from where
    it stopped: ``applied_pass`` and ``applied_row`` are the cursor, moved in the transaction of the rows before it.
    """

    class State(models.TextChoices):
        """How far it came."""

        JUDGING = "judging", pgettext_lazy("state of an upload", "Being checked")
        REFUSED = "refused", pgettext_lazy("state of an upload", "Cannot be taken as it is")
        READY = "ready", pgettext_lazy("state of an upload", "Waits for you")
        APPLYING = "applying", pgettext_lazy("state of an upload", "Being written")
        APPLIED = "applied", pgettext_lazy("state of an upload", "Written")
        UNDOING = "undoing", pgettext_lazy("state of an upload", "Being undone")
        UNDONE = "undone", pgettext_lazy("state of an upload", "Undone")

    class Mode(models.TextChoices):
        """What rows may do."""

        UPSERT = "upsert", pgettext_lazy("mode of an upload", "Add new rows and change known ones")
        CREATE = "create", pgettext_lazy("mode of an upload", "Only add new rows")
        UPDATE = "update", pgettext_lazy("mode of an upload", "Only change known rows")
        SNAPSHOT = (
            "snapshot",
            pgettext_lazy("mode of an upload", "The file is the whole list: end the jobs of people who are not in it"),
        )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "people.Organisation", null=True, on_delete=models.PROTECT, related_name="workbook_imports"
    )
    """None: of a kind that belongs to no organisation."""
    kind = models.CharField(max_length=40)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.UPSERT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.JUDGING)
    file_name = models.CharField(max_length=200)
    file_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of the file and of what was said of it."""
    options = models.JSONField(default=dict)
    """What somebody said of the file: sheet, encoding, delimiter, mapping, date order. See ``people.workbooks.options``."""
    layout = models.JSONField(default=dict)
    """Where the headings were found, and what was taken from where."""
    problems = models.JSONField(default=list)
    """What is wrong with the file as a whole."""
    counts = models.JSONField(default=dict)
    """Rows by what they would do, and mails that they would cause."""
    outcome = models.JSONField(default=dict)
    """Rows by what they did, and what an undoing had to leave."""
    judged_rows = models.PositiveIntegerField(default=0)
    judging_run = models.UUIDField(null=True, editable=False)
    """Of two runs at once only the last one to begin goes on."""
    applied_pass = models.PositiveSmallIntegerField(default=0)
    applied_row = models.BigIntegerField(default=0)
    applied_rows = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("organisation", "idempotency_key"), name="import_once_per_key"),)
        indexes = (models.Index(fields=("organisation", "-uploaded_at"), name="import_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class WorkbookPart(models.Model):
    """A piece of the file as it came, encrypted. Deleted after ``services.FILES_KEPT_DAYS``."""

    workbook_import = models.ForeignKey(WorkbookImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("workbook_import", "number"), name="workbook_part_once"),)

    def __str__(self) -> str:
        return f"part {self.number}"


class WorkbookRowQuerySet(models.QuerySet["WorkbookRow"]):
    """Reads over rows that wait."""

    def to_write(self) -> "WorkbookRowQuerySet":
        """Return those that a confirmation writes."""
        return self.filter(action__in=(WorkbookRow.Action.NEW, WorkbookRow.Action.CHANGED, WorkbookRow.Action.ENDED))


class WorkbookRow(models.Model):
    """What was judged of one row: the staging table."""

    class Action(models.TextChoices):
        """What the row would do."""

        NEW = "new", pgettext_lazy("what a row does", "New")
        CHANGED = "changed", pgettext_lazy("what a row does", "Changed")
        UNCHANGED = "unchanged", pgettext_lazy("what a row does", "Unchanged")
        ENDED = "ended", pgettext_lazy("what a row does", "Ended")
        ERROR = "error", pgettext_lazy("what a row does", "To correct")

    # ``workbook_row_by_key`` begins with it.
    workbook_import = models.ForeignKey(WorkbookImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(null=True, blank=True)
    """As the spreadsheet shows it; null: what is missing from a complete snapshot."""
    key = models.CharField(max_length=300)
    """Folded; what finds the thing again."""
    action = models.CharField(max_length=10, choices=Action.choices)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    """Column key to ``[before, after]``."""
    problems = models.JSONField(default=list)

    objects: ClassVar = WorkbookRowQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(fields=("workbook_import", "key"), name="workbook_row_by_key"),
            models.Index(fields=("workbook_import", "action", "id"), name="workbook_row_by_action"),
        )

    def __str__(self) -> str:
        return f"row {self.number}"


class WorkbookChunk(models.Model):
    """Rows that were written in one transaction, and what it takes to take them back."""

    workbook_import = models.ForeignKey(WorkbookImport, on_delete=models.CASCADE, related_name="chunks")
    undo = models.JSONField(default=list)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"chunk {self.pk}"


class ColumnMapping(models.Model):
    """What an organisation's own headings mean, as somebody has said once."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.CASCADE, related_name="column_mappings")
    kind = models.CharField(max_length=40)
    heading = models.CharField(max_length=120)
    """Folded."""
    column = models.CharField(max_length=60, blank=True)
    """The key of the column; empty: left out on purpose."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "kind", "heading"), name="heading_means_one_column"),
        )

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"
