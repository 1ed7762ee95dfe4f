"""What organisations do with rule packs: adopt them, record approvals, state conditions. Append-only facts."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FactQuerySet(models.QuerySet[Any]):
    """Reads over facts that supersede one another."""

    def current_knowledge(self) -> Self:
        """Return the facts that no later fact supersedes."""
        return self.filter(superseded_by__isnull=True)

    def live(self) -> Self:
        """Return, of what is known now, those not ended."""
        return self.current_knowledge().filter(ends_on__isnull=True)


class Adoption(models.Model):
    """A fact: this organisation follows this version of a pack from ``starts_on``; ``ends_on`` is exclusive.

    Rows are never changed; another version, another choice or an end is a new row that ``supersedes`` the old one and
    keeps its ``reference``. ``due_on`` is the last good day for people who were at work when it was adopted.
    """

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="adoptions")
    pack = models.ForeignKey("compliance.RulePackVersion", on_delete=models.PROTECT, related_name="adoptions")
    starts_on = models.DateField()
    due_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = FactQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="adoption_due_after_start"),
        )

    def __str__(self) -> str:
        return f"adoption {self.reference}"


class AdoptedRule(models.Model):
    """What HR chose for one rule of an adoption: the training, and the roles that it is for (none: everybody)."""

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="chosen")
    rule_code = models.CharField(max_length=60)
    certification = models.ForeignKey("certificates.Certification", on_delete=models.PROTECT, related_name="+")
    roles = models.ManyToManyField("people.Role", related_name="+", blank=True)

    class Meta:
        ordering = ("rule_code",)
        constraints = (models.UniqueConstraint(fields=("adoption", "rule_code"), name="adopted_rule_once"),)

    def __str__(self) -> str:
        return f"{self.rule_code} of {self.adoption_id}"


class RuleAssignment(models.Model):
    """Which requirement an adoption led to: for a rule, at a site, perhaps in a role, with a training.

    ``conditions`` are those of the requirement. Open while ``ended_at`` is null, also where HR withdrew the requirement
    by hand: it is not made again.
    """

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    adoption_reference = models.UUIDField(db_index=True)
    rule_code = models.CharField(max_length=60)
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey("people.Role", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    certification = models.ForeignKey("certificates.Certification", on_delete=models.PROTECT, related_name="+")
    requirement_reference = models.UUIDField()
    conditions = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("rule_code", "site", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("adoption_reference", "rule_code", "site", "certification"),
                condition=Q(ended_at__isnull=True, role__isnull=True),
                name="rule_assignment_of_everybody_once",
            ),
            models.UniqueConstraint(
                fields=("adoption_reference", "rule_code", "site", "certification", "role"),
                condition=Q(ended_at__isnull=True, role__isnull=False),
                name="rule_assignment_of_role_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule_code} at {self.site_id}"


class CourseApproval(models.Model):
    """A fact: ``body`` approved this edition of a course for a rule, under ``reference``. Later editions are not meant.

    An approval that ended is a new row with ``ends_on`` that ``supersedes`` it.
    """

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="course_approvals")
    rule_code = models.CharField(max_length=60)
    edition = models.ForeignKey("courses.Edition", on_delete=models.PROTECT, related_name="+")
    body = models.CharField(_("approved by"), max_length=200)
    approval_reference = models.CharField(_("reference"), max_length=120)
    approved_on = models.DateField(_("approved on"))
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = FactQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        indexes = (models.Index(fields=("organisation", "rule_code"), name="approval_by_rule"),)

    def __str__(self) -> str:
        return f"approval {self.approval_reference}"


class ConditionStatement(models.Model):
    """A fact: HR says that a condition of a rule is met here, or is not; null: no longer known. The latest counts."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="condition_statements"
    )
    rule_code = models.CharField(max_length=60)
    condition = models.CharField(max_length=40)
    is_met = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("recorded_at", "pk")
        indexes = (models.Index(fields=("organisation", "rule_code"), name="statement_by_rule"),)

    def __str__(self) -> str:
        return f"{self.condition} of {self.rule_code}"
