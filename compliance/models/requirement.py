"""Requirements: who must hold a certification, and by when. Append-only facts."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RequirementQuerySet(models.QuerySet["Requirement"]):
    """Reads over requirement facts."""

    def current_knowledge(self) -> "RequirementQuerySet":
        """Return the facts that no later fact supersedes."""
        return self.filter(superseded_by__isnull=True)

    def known_before(self, instant: datetime) -> "RequirementQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes."""
        return self.filter(recorded_at__lt=instant).exclude(superseded_by__recorded_at__lt=instant)

    def live(self) -> "RequirementQuerySet":
        """Return, of what is known now, those not withdrawn."""
        return self.current_knowledge().filter(ends_on__isnull=True)


class Requirement(models.Model):
    """A fact: these people must hold this certification from ``starts_on``; first time by ``due_on``.

    An assignment by HR is one of these. Whom: one membership, or everybody employed at a site (and below it), or in
    a role, or both, or whoever fulfils ``conditions`` (form: ``compliance.conditions``). By when: ``due_rule`` (form:
    ``compliance.due_dates``), or without one ``due_on``. Rows are never changed; a change or withdrawal is a new row that ``supersedes`` the old one
    and keeps its ``reference``; a withdrawn requirement has ``ends_on`` (exclusive).
    """

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="requirements")
    certification = models.ForeignKey(
        "certificates.Certification", on_delete=models.PROTECT, related_name="requirements"
    )
    membership = models.ForeignKey(
        "people.Membership", null=True, blank=True, on_delete=models.PROTECT, related_name="requirements"
    )
    site = models.ForeignKey(
        "people.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="requirements"
    )
    role = models.ForeignKey(
        "people.Role", null=True, blank=True, on_delete=models.PROTECT, related_name="requirements"
    )
    starts_on = models.DateField(_("from"))
    conditions = models.JSONField(null=True, blank=True)
    """With a site or role too, both must hold."""
    label = models.CharField(_("name"), max_length=120, blank=True)
    """What it is called where somebody asks "why me?"."""
    source = models.CharField(max_length=80, blank=True)
    """What it was made from, such as the code of an adopted rule; empty: by hand."""
    licence_kind = models.CharField(max_length=40, blank=True)
    """Whose renewal ``licence_renewal`` in ``due_rule`` means."""
    due_on = models.DateField(_("due on"), null=True, blank=True)
    """Last good day for people already employed; who starts later has ``days_after_start`` days. Null: the rule."""
    due_rule = models.JSONField(null=True, blank=True)
    default_due_on = models.DateField(_("due on where the date is missing"), null=True, blank=True)
    """Counts where a base date of the rule is not known; null: HR sets each (renewal, rule R14)."""
    recurs = models.CharField(_("again after"), max_length=8, blank=True)
    """A duration such as ``12m``: how long one completion is enough, however long the certificate says."""
    ladder = models.JSONField(null=True, blank=True)
    """On which days around the last good day who is told (form: ``compliance.ladder``); null: the usual ones."""
    days_after_start = models.PositiveIntegerField(_("days for newcomers"), default=30)
    ends_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(membership__isnull=False, site__isnull=True, role__isnull=True, conditions__isnull=True)
                | Q(membership__isnull=True),
                name="requirement_names_person_or_group",
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False)
                | Q(site__isnull=False)
                | Q(role__isnull=False)
                | Q(conditions__isnull=False),
                name="requirement_names_somebody",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, due_rule__isnull=True)
                | Q(due_on__isnull=True, due_rule__isnull=False),
                name="requirement_has_a_date_or_a_rule",
            ),
        )

    def __str__(self) -> str:
        return f"requirement {self.reference}"
