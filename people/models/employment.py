"""Who works where, in which role, from when to when: append-only facts."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.validators import code_validator


class Role(models.Model):
    """A kind of work in an organisation, such as housekeeping. Data, not permission."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="roles")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    """What rules call this kind of work, such as ``front_desk``: a list of words; several roles may share one."""

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
        """Return the facts that no later fact supersedes, without those that say that there never was an employment."""
        # Not "superseded_by is null": PostgreSQL takes it that next to nothing is left of such a join, and plans badly.
        return self.filter(~Exists(Employment.objects.filter(supersedes=OuterRef("pk"))), is_void=False)

    def known_before(self, instant: datetime) -> "EmploymentQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        known = self.filter(recorded_at__lt=instant, is_void=False)
        return known.exclude(superseded_by__recorded_at__lt=instant)

    def covering(self, day: date) -> "EmploymentQuerySet":
        """Return, of what is known now, the employments that cover ``day``."""
        return self.current_knowledge().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Employment(models.Model):
    """A fact: this person works at this site in this role from ``starts_on`` through ``ends_on`` (inclusive).

    Rows are never changed; a correction or an end is a new row that ``supersedes`` the old one and keeps its
    ``reference``. ``ends_on`` null: no end known.
    """

    class Type(models.TextChoices):
        """On whose books the person is."""

        DIRECT = "direct", pgettext_lazy("type of employment", "Employed here")
        AGENCY = "agency", pgettext_lazy("type of employment", "Sent by an agency")
        CONTRACTOR = "contractor", pgettext_lazy("type of employment", "Works for a contractor")
        VOLUNTEER = "volunteer", pgettext_lazy("type of employment", "Volunteer")

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    """Names the employment through its corrections."""
    employer_ref = models.CharField(max_length=40, blank=True)
    """What the employer's own system calls it, where it calls it something."""
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="employments")
    # ``employment_by_site`` begins with it.
    site = models.ForeignKey("people.Site", on_delete=models.PROTECT, related_name="employments", db_index=False)
    role = models.ForeignKey("people.Role", on_delete=models.PROTECT, related_name="employments", null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    employment_type = models.CharField(
        _("type of employment"), max_length=12, choices=Type.choices, default=Type.DIRECT
    )
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    """Where the employer counts from another day than the first one here; null: from that one."""
    is_void = models.BooleanField(default=False)
    """This fact says that the employment, recorded by mistake, never was."""
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

    def has_begun(self, at: datetime) -> bool:
        """Return whether the first day has come, by the calendar of the site."""
        return self.starts_on <= self.site.day(at)

    def goes_on(self, at: datetime) -> bool:
        """Return whether the last day is not over, by the calendar of the site; also where the first is to come."""
        return self.ends_on is None or self.ends_on >= self.site.day(at)

    def covers(self, at: datetime) -> bool:
        """Return whether this is a day of work, by the calendar of the site."""
        return self.has_begun(at) and self.goes_on(at)

    def said(self) -> dict[str, Any]:
        """Return what this fact says of the employment, by field: all but which one it is, and who said so when."""
        names = ("employer_ref", "site_id", "role_id", "starts_on", "ends_on", "employment_type", "hired_on")
        return {name: getattr(self, name) for name in names}
