"""Who works where, in which role, from when to when: append-only facts."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.validators import code_validator


class Role(models.Model):
    """A kind of work in an organisation, such as housekeeping. Data, not permission."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="roles")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="role_code_once_per_organisation"),
        )

    def __str__(self) -> str:
        return self.name


class EmploymentQuerySet(models.QuerySet["Employment"]):
    """Reads over employment facts."""

    def current_knowledge(self) -> "EmploymentQuerySet":
        """Return the facts that no later fact supersedes."""
        return self.filter(superseded_by__isnull=True)

    def known_before(self, instant: datetime) -> "EmploymentQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        return self.filter(recorded_at__lt=instant).exclude(superseded_by__recorded_at__lt=instant)

    def covering(self, day: date) -> "EmploymentQuerySet":
        """Return, of what is known now, the employments that cover ``day``."""
        return self.current_knowledge().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Employment(models.Model):
    """A fact: this person works at this site in this role from ``starts_on`` through ``ends_on`` (inclusive).

    Rows are never changed; a correction or an end is a new row that ``supersedes`` the old one and keeps its
    ``reference``. ``ends_on`` null: no end known.
    """

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    """Names the employment through its corrections."""
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="employments")
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="employments")
    role = models.ForeignKey("people.Role", on_delete=models.PROTECT, related_name="employments", null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = EmploymentQuerySet.as_manager()

    class Meta:
        ordering = ("starts_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="employment_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=("site", "starts_on"), name="employment_by_site"),)

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.site_id} from {self.starts_on}"
