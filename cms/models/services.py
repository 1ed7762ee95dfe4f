"""The directory of services that a person can turn to. Always served current, never from a frozen snapshot."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.validators import code_validator


class SupportServiceQuerySet(models.QuerySet["SupportService"]):
    """Reads over the directory."""

    def offered(self) -> "SupportServiceQuerySet":
        """Return those not withdrawn."""
        return self.filter(withdrawn=False)

    def for_place(self, place: str) -> "SupportServiceQuerySet":
        """Return the offered services that cover ``place`` such as ``ca-bc``: as ``places.covers`` has it."""
        parts = place.split("-")
        around = {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return self.offered().filter(coverage__in={"", *around})


class SupportService(models.Model):
    """One help line or service: a dated record, in one place.

    A change shows on every page at once, for learners pinned to an old edition too. ``withdrawn`` takes it away
    everywhere at once; one person can do that.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        EMERGENCY = "emergency", pgettext_lazy("kind of service", "Emergency")
        CONFIDENTIAL_LINE = "confidential-line", pgettext_lazy("kind of service", "Confidential line")
        CRISIS = "crisis", pgettext_lazy("kind of service", "Crisis support")
        CHILD_PROTECTION = "child-protection", pgettext_lazy("kind of service", "Child protection")
        CHILD_LINE = "child-line", pgettext_lazy("kind of service", "Line for children and youth")
        ONLINE_REPORT = "online-report", pgettext_lazy("kind of service", "Online report")
        RIGHTS = "rights", pgettext_lazy("kind of service", "Rights at work")
        ANONYMOUS_TIPS = "anonymous-tips", pgettext_lazy("kind of service", "Anonymous tips")

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    text = models.CharField(_("by text message"), max_length=120, blank=True)
    website = models.CharField(_("web address"), max_length=200, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    languages = models.CharField(_("languages"), max_length=300, blank=True)
    coverage = models.CharField(_("place"), max_length=20, blank=True)
    """``ca``, ``ca-bc`` …; empty: everywhere."""
    audiences = models.JSONField(_("for whom"), default=list, blank=True)
    is_police = models.BooleanField(_("is police"), default=False)
    is_government = models.BooleanField(_("is part of government"), default=False)
    what_happens = models.TextField(_("what happens when you call"), blank=True)
    source = models.ForeignKey(
        "cms.Source", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("source")
    )
    verified_on = models.DateField(_("verified on"))
    review_by = models.DateField(_("review by"))
    position = models.PositiveIntegerField(_("position"), default=100)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects: ClassVar = SupportServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("support service")
        verbose_name_plural = _("support services")

    def __str__(self) -> str:
        return self.name

    @property
    def dial(self) -> str:
        """Return what a ``tel:`` link dials: digits and a leading plus only."""
        return "".join(c for c in self.phone if c.isdigit() or c == "+")

    def is_stale(self, on: date) -> bool:
        """Return whether the record is past its review date on ``on``."""
        return on > self.review_by
