"""Adjustments: dated, append-only facts that move what is asked of one person, and never what they hold."""

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.validity import ONE_DAY

NUMBER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$"


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    """Reads over adjustments."""

    def current_knowledge(self) -> "AdjustmentQuerySet":
        """Return the facts that no later fact supersedes, without those that were undone."""
        return self.filter(superseded_by__isnull=True, undone=False)

    def known_before(self, instant: datetime) -> "AdjustmentQuerySet":
        """Return the facts recorded before ``instant`` that no fact recorded by then supersedes or undoes."""
        known = self.filter(recorded_at__lt=instant, undone=False)
        return known.exclude(superseded_by__recorded_at__lt=instant)


class Adjustment(models.Model):
    """A fact about one person, from ``from_on`` until ``until`` (exclusive).

    Rows are never changed. Another end, and an undoing, are new rows that ``supersede`` the old one and keep its
    ``reference``; an undoing has ``undone``. Leave is dates and nothing else: no reason, no paper, so that there is no
    place for a word about anybody's health. Every other kind is about one certification and has a reason from
    ``REASONS``. Revocation is the certificate's own (``certificates.services.revoke_certificate``).
    """

    class Kind(models.TextChoices):
        """What it does (renewal, rules R9 to R13)."""

        LEAVE = "leave", pgettext_lazy("kind of adjustment", "Leave")
        EXTENSION = "extension", pgettext_lazy("kind of adjustment", "More time")
        WAIVER = "waiver", pgettext_lazy("kind of adjustment", "Exempt")
        OVERRIDE = "override", pgettext_lazy("kind of adjustment", "Due date set")
        EARLIER = "earlier", pgettext_lazy("kind of adjustment", "Earlier due date")

    class Reason(models.TextChoices):
        """Why. The list is closed; none of them says anything of a person's body, mind or origin."""

        NO_SESSION = "no_session", pgettext_lazy("reason of an adjustment", "No session was offered in time")
        NO_ACCESS = "no_access", pgettext_lazy("reason of an adjustment", "The training could not be opened")
        SEASON = "season", pgettext_lazy("reason of an adjustment", "Busy season")
        OTHER_ROLE = "other_role", pgettext_lazy("reason of an adjustment", "The rule does not cover this work")
        ELSEWHERE = "elsewhere", pgettext_lazy("reason of an adjustment", "Works elsewhere for this time")
        COVERED = "covered", pgettext_lazy("reason of an adjustment", "Covered by another training")
        RECORDS = "records", pgettext_lazy("reason of an adjustment", "The records were wrong or incomplete")
        CONTRACT = "contract", pgettext_lazy("reason of an adjustment", "A contract asks for it")
        AUTHORITY = "authority", pgettext_lazy("reason of an adjustment", "An authority asks for it")

    class Document(models.TextChoices):
        """What paper is on file. The paper itself is not kept here."""

        DECISION = "decision", pgettext_lazy("kind of paper", "Decision of the organisation")
        LETTER = "letter", pgettext_lazy("kind of paper", "Letter of an authority")
        CONTRACT = "contract", pgettext_lazy("kind of paper", "Contract")
        RECORD = "record", pgettext_lazy("kind of paper", "Record of training")

    REASONS: ClassVar[dict[str, tuple[str, ...]]] = {
        Kind.LEAVE: (),
        Kind.EXTENSION: (Reason.NO_SESSION, Reason.NO_ACCESS, Reason.SEASON),
        Kind.WAIVER: (Reason.OTHER_ROLE, Reason.ELSEWHERE, Reason.COVERED),
        Kind.OVERRIDE: (Reason.RECORDS, Reason.CONTRACT, Reason.AUTHORITY),
        Kind.EARLIER: (Reason.CONTRACT, Reason.AUTHORITY),
    }
    """Which reasons a kind may have."""
    WITH_DOCUMENT: ClassVar[frozenset[str]] = frozenset({Kind.WAIVER, Kind.OVERRIDE, Kind.EARLIER})
    """Which kinds may name a paper."""

    reference = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    membership = models.ForeignKey("people.Membership", on_delete=models.PROTECT, related_name="adjustments")
    certification = models.ForeignKey(
        "certificates.Certification", null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments"
    )
    """Null for leave alone, which concerns all of them."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_on = models.DateField(_("from"))
    until = models.DateField(null=True, blank=True)
    """Exclusive; the day of the return from leave, null while it is not known. Due dates that were set have none."""
    due_on = models.DateField(_("last good day"), null=True, blank=True)
    """Of ``override`` and ``earlier``: the last good day that counts from ``from_on`` on."""
    notice_days = models.PositiveIntegerField(null=True, blank=True)
    """Of ``earlier``: the least that was between recording it and ``due_on``."""
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    document = models.CharField(max_length=10, choices=Document.choices, blank=True)
    document_number = models.CharField(max_length=60, blank=True, validators=[RegexValidator(NUMBER_PATTERN)])
    """How the paper is found on file: a number, no sentence."""
    undone = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects: ClassVar = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ("from_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("from_on")), name="adjustment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="leave",
                    certification__isnull=True,
                    due_on__isnull=True,
                    reason="",
                    document="",
                    document_number="",
                )
                | (Q(certification__isnull=False) & ~Q(kind="leave") & ~Q(reason="")),
                name="adjustment_leave_is_dates_only",
            ),
            models.CheckConstraint(
                condition=Q(kind="leave", due_on__isnull=True)
                | Q(kind__in=["extension", "waiver"], until__isnull=False, due_on__isnull=True)
                | Q(kind__in=["override", "earlier"], until__isnull=True, due_on__isnull=False),
                name="adjustment_has_the_dates_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(document="", document_number="") | Q(kind__in=["waiver", "override", "earlier"]),
                name="adjustment_has_paper_where_allowed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def last_on(self) -> date | None:
        """Return the last day that it covers; None where no end is known or there is none."""
        return self.until - ONE_DAY if self.until else None
