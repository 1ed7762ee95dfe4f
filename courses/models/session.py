"""Sessions in person, and who attended them."""

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_SESSION_MINUTES = 600


class Session(models.Model):
    """A course held in person for people of one organisation, by a facilitator, from one edition and in one language.

    The employer learns of date, place and who was there; never of times and language.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="sessions")
    code = models.CharField(max_length=20)
    """Date and a number, such as 2026-03-02-1: says nothing of what is taught."""
    edition = models.ForeignKey("courses.Edition", on_delete=models.PROTECT, related_name="sessions")
    language = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SESSION_MINUTES)]
    )
    time_zone = models.CharField(max_length=60)
    """Of the place, so that the date is the one that people there had."""
    place = models.CharField(_("place"), max_length=200)
    facilitator = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="sessions_held")
    created_at = models.DateTimeField()
    local_parts = models.JSONField(default=list, blank=True, editable=False)
    """Digests of the local parts on the sheets that were made for it, sorted: what was said beside the files for all."""

    class Meta:
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="session_code_once_per_organisation"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST_SESSION_MINUTES), name="session_minutes_in_bounds"
            ),
        )

    def __str__(self) -> str:
        return f"session {self.code}"

    @property
    def held_on(self) -> date:
        """Return the local date of its beginning."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def ends_at(self) -> datetime:
        """Return the instant at which it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Attendance(models.Model):
    """One person on the list of a session.

    Free to change until it is ``counted``: from then on the log of learning has it, which only grows.
    """

    class Result(models.TextChoices):
        """How it went; in this order each says more than the one before."""

        EXPECTED = "expected", pgettext_lazy("attendance", "Expected")
        ABSENT = "absent", pgettext_lazy("attendance", "Was not there")
        ATTENDED = "attended", pgettext_lazy("attendance", "Was there")
        PASSED = "passed", pgettext_lazy("attendance", "Was there and passed the quiz there")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="attendances")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.EXPECTED)
    counted = models.CharField(max_length=10, choices=Result.choices, blank=True)
    """The result that the person's record has; empty: none yet."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    WAS_THERE: ClassVar = frozenset({Result.ATTENDED, Result.PASSED})

    class Meta:
        ordering = ("membership__name", "membership__employee_number")
        constraints = (models.UniqueConstraint(fields=("session", "membership"), name="attendance_once_per_session"),)

    def __str__(self) -> str:
        return f"attendance {self.pk}"
