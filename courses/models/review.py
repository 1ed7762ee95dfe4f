"""Reviews that are asked of people, and what they said. Words are append-only: nobody takes away another's no."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.edition import Frozen
from courses.sign_offs import Kind, Verdict


class ReviewKind(models.TextChoices):
    """As whom somebody reads."""

    SUBJECT = Kind.SUBJECT.value, pgettext_lazy("kind of review", "Knows the subject")
    LEGAL = Kind.LEGAL.value, pgettext_lazy("kind of review", "Law")
    NATIVE = Kind.NATIVE.value, pgettext_lazy("kind of review", "Native speaker")
    SURVIVOR = Kind.SURVIVOR.value, pgettext_lazy("kind of review", "Survivor")
    NATION = Kind.NATION.value, pgettext_lazy("kind of review", "Nation")
    SECTOR = Kind.SECTOR.value, pgettext_lazy("kind of review", "Works in the sector")


class Reviewer(models.Model):
    """Somebody who reads courses before they are released, by name or pseudonym. They need no account.

    ``kinds`` and ``languages`` say as whom and in which languages they may sign; no languages: in all of them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    known_as = models.CharField(_("name or pseudonym"), max_length=80, unique=True)
    kinds = models.JSONField(_("as whom"), default=list)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    paid_elsewhere = models.BooleanField(default=False)
    """Somebody else pays them for it, such as their employer. Never of survivors."""
    nation = models.ForeignKey(
        "courses.Nation", null=True, blank=True, on_delete=models.PROTECT, related_name="signatories"
    )
    """The Nation for which they sign; it alone appoints them and ends it."""
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    panels: ClassVar = []

    class Meta:
        ordering = ("known_as",)
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        permissions = (("reset_reviewer", "Can let a reviewer choose new words"),)

    def __str__(self) -> str:
        return self.known_as

    def may_sign(self, *, kind: str, language: str) -> bool:
        """Whether this is theirs to say."""
        return kind in self.kinds and (not self.languages or language in self.languages)


class ReviewRequest(models.Model):
    """A reviewer is asked to read a course in one language, as one kind of reader."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reviewer = models.ForeignKey(Reviewer, on_delete=models.PROTECT, related_name="requests")
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="review_requests")
    language = models.CharField(_("language"), max_length=20)
    kind = models.CharField(_("as whom"), max_length=20, choices=ReviewKind.choices)
    asked_at = models.DateTimeField()
    """When it was asked last: after a text was mended it is asked again."""
    asked_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    panels: ClassVar = []

    class Meta:
        ordering = ("course", "language", "kind", "pk")
        constraints = (
            models.UniqueConstraint(fields=("reviewer", "course", "language", "kind"), name="review_asked_once"),
        )

    def __str__(self) -> str:
        return f"{self.course} {self.language} ({self.kind}): {self.reviewer}"


class SignOff(Frozen):
    """What a reviewer said to one text. The newest of a request counts."""

    class Verdict(models.TextChoices):
        """What was said."""

        YES = Verdict.YES.value, pgettext_lazy("what a reviewer says", "Yes")
        NO = Verdict.NO.value, pgettext_lazy("what a reviewer says", "No")
        DECLINED = Verdict.DECLINED.value, pgettext_lazy("what a reviewer says", "Does not review this")
        WITHDRAWN = Verdict.WITHDRAWN.value, pgettext_lazy("what a reviewer says", "Takes the yes back")

    request = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="sign_offs")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    comment = models.TextField(max_length=4000, blank=True)
    content = models.CharField(max_length=64)
    """The digest of what was read (``courses.snapshot.reviewed_digest``)."""
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("-said_at", "-pk")

    def __str__(self) -> str:
        return f"{self.request}: {self.verdict}"
