"""Nations, and which parts of courses belong to them or are true stories."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Nation(models.Model):
    """A Nation that owns parts of courses: what they say, how they may be used, and whether they are shown at all.

    Its signatories (``courses.Reviewer`` with this Nation) sign for it; it appoints them itself.
    """

    name = models.CharField(_("name, as the Nation writes it"), max_length=120, unique=True)
    contact = models.CharField(_("whom to reach there: a role, no person"), max_length=200)
    licence = models.TextField(_("licence, in the Nation's own words"), max_length=2000)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")

    panels: ClassVar = []

    class Meta:
        ordering = ("name",)
        verbose_name = _("Nation")
        verbose_name_plural = _("Nations")

    def __str__(self) -> str:
        return self.name


class OwnedPartQuerySet(models.QuerySet["OwnedPart"]):
    """Reads over what is owned."""

    def in_force(self) -> "OwnedPartQuerySet":
        """Return what its owners have not given up."""
        return self.filter(given_up_at__isnull=True)


class OwnedPart(models.Model):
    """A part of a course that belongs to a Nation, or is a true story told with consent, in every language and edition.

    Only the Nation gives it up.
    """

    class Kind(models.TextChoices):
        """What it is; a situation with choices is a block or a question."""

        COURSE = "course", pgettext_lazy("part of a course", "Course")
        LESSON = "lesson", pgettext_lazy("part of a course", "Lesson")
        BLOCK = "block", pgettext_lazy("part of a course", "Block")
        QUESTION = "question", pgettext_lazy("part of a course", "Question")

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="owned_parts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    target = models.CharField(max_length=120)
    """The code of a course or lesson, the id of a block, the key of a question."""
    label = models.CharField(max_length=200)
    """How editors and the owner know it again; none of its words, since it outlives them."""
    nation = models.ForeignKey(Nation, null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    consent = models.ForeignKey(
        "courses.StoryConsent", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    """Set in place of a Nation where the part is a true story."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OwnedPartQuerySet.as_manager()
    panels: ClassVar = []

    class Meta:
        ordering = ("course", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("course", "kind", "target"),
                condition=models.Q(given_up_at__isnull=True),
                name="owned_part_has_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(nation__isnull=False, consent__isnull=True)
                | models.Q(nation__isnull=True, consent__isnull=False),
                name="owned_part_is_a_nations_or_a_story",
            ),
        )

    def __str__(self) -> str:
        return f"{self.course}: {self.label}"

    @property
    def owner(self) -> str:
        """Return whose it is: the name of the Nation, or the reference of the consent."""
        return str(self.nation or self.consent)

    @property
    def licence(self) -> str:
        """Return how it may be used, in the owner's words."""
        return str((self.nation or self.consent).licence)
