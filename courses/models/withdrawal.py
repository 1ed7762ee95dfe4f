"""Parts of released courses that may not be shown any more, whatever edition a learner reads."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.site_day import site_day
from courses.withdrawn import BY_OWNER


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    """Reads over withdrawals."""

    def in_force(self) -> "WithdrawalQuerySet":
        """Return those that nobody has ended."""
        return self.filter(ended_at__isnull=True)


class Withdrawal(models.Model):
    """A part of a course that is unsafe, wrong, or taken back by those whose story or knowledge it is.

    It holds in every language of every edition up to ``through_edition``, for pinned learners too, from the next
    request on: readers see ``instead`` in its place. A later edition shows what its publisher released. The frozen
    text itself stays as it is: it proves what was shown.
    """

    class Kind(models.TextChoices):
        """What was taken away."""

        COURSE = "course", pgettext_lazy("part of a course", "Course")
        LESSON = "lesson", pgettext_lazy("part of a course", "Lesson")
        BLOCK = "block", pgettext_lazy("part of a course", "Block")
        QUESTION = "question", pgettext_lazy("part of a course", "Question")

    class Reason(models.TextChoices):
        """Why. Readers are told so."""

        SAFETY = "safety", pgettext_lazy("why something was withdrawn", "It may put somebody at risk")
        WRONG = "wrong", pgettext_lazy("why something was withdrawn", "It is wrong or out of date")
        NATION = "nation", pgettext_lazy("why something was withdrawn", "A Nation has taken it back")
        OWNER = "owner", pgettext_lazy("why something was withdrawn", "The owner of the story has taken it back")

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="withdrawals")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    target = models.CharField(max_length=120)
    """The code of a course or lesson, the id of a block, the key of a question: the same in every language and edition."""
    label = models.CharField(max_length=200)
    """How editors know the part again."""
    through_edition = models.PositiveIntegerField()
    reason = models.CharField(_("why"), max_length=20, choices=Reason.choices)
    nation = models.ForeignKey(
        "courses.Nation", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawals"
    )
    """Set where a Nation itself took it back: it alone puts it back."""
    consent = models.ForeignKey(
        "courses.StoryConsent", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawals"
    )
    """Set where the consent to a true story ended: it is put back under another consent alone."""
    instead = models.TextField(_("what readers see instead"), max_length=1000, blank=True)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ("-withdrawn_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("course", "kind", "target"),
                condition=models.Q(ended_at__isnull=True),
                name="withdrawal_in_force_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.course}: {self.label}"

    @property
    def is_by_owner(self) -> bool:
        """Whether those took it back whose story or knowledge it is."""
        return self.reason in BY_OWNER

    @property
    def withdrawn_on(self) -> date:
        """Return the day, by the site's calendar."""
        return site_day(self.withdrawn_at)


class WithdrawnFile(models.Model):
    """A file of a withdrawn part: it is not sent any more while the withdrawal holds, wherever else it stands.

    It is of a ``withdrawal``, or of an ``overlay``, which is withdrawn for good.
    """

    withdrawal = models.ForeignKey(Withdrawal, null=True, on_delete=models.CASCADE, related_name="files")
    overlay = models.ForeignKey("courses.Overlay", null=True, on_delete=models.CASCADE, related_name="withdrawn_files")
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("withdrawal", "sha256"), name="withdrawn_file_once"),
            models.UniqueConstraint(fields=("overlay", "sha256"), name="withdrawn_file_of_overlay_once"),
        )

    def __str__(self) -> str:
        return self.sha256
