"""Local parts of a course: what readers of a place, sector or organisation see beside or instead of a block."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.fields import StreamField

from courses.blocks import OverlayBody
from courses.models.edition import Frozen
from courses.overlays import Act, Reach, State


class OverlayQuerySet(models.QuerySet["Overlay"]):
    """Reads over local parts."""

    def in_use(self) -> "OverlayQuerySet":
        """Return those not withdrawn."""
        return self.exclude(state=State.WITHDRAWN)


class Overlay(models.Model):
    """A local part of a course: where it stands, for whom it is, who looks after it and until when that holds.

    What is written here reaches nobody before a publisher approved it and the course was released; what an edition
    froze stays in it, until the overlay is withdrawn: then no reader of any edition sees it from the next request on.
    """

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="overlays")
    title = models.CharField(_("name among editors"), max_length=120)
    lesson = models.CharField(max_length=60)
    """The code of the lesson."""
    anchor = models.CharField(max_length=120, blank=True)
    """The id of the block, the same in every language and edition; empty: the end of the lesson."""
    label = models.CharField(max_length=200)
    """How editors know the spot again."""
    act = models.CharField(
        _("what it does there"),
        max_length=10,
        choices=[
            (Act.AFTER.value, pgettext_lazy("what a local part does", "Stands after it")),
            (Act.INSTEAD.value, pgettext_lazy("what a local part does", "Stands in its place")),
        ],
        default=Act.AFTER.value,
    )
    place = models.CharField(_("place"), max_length=20, blank=True)
    """``ca``, ``ca-bc``, ``ca-bc-north`` …; empty: everywhere."""
    sector = models.ForeignKey(
        "cms.Sector", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("sector")
    )
    organisation = models.ForeignKey(
        "people.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who looks after it"),
    )
    review_by = models.DateField(_("look again by"))
    state = models.CharField(
        max_length=10,
        choices=[
            (State.DRAFT.value, pgettext_lazy("state of a local part", "Draft")),
            (State.APPROVED.value, pgettext_lazy("state of a local part", "Approved")),
            (State.STALE.value, pgettext_lazy("state of a local part", "The course changed here")),
            (State.WITHDRAWN.value, pgettext_lazy("state of a local part", "Withdrawn")),
        ],
        default=State.DRAFT.value,
    )
    base_digest = models.CharField(max_length=64, blank=True)
    """What the block said when somebody approved it (``overlays.fingerprint``)."""
    told_on = models.DateField(null=True, editable=False)
    """The day on which its owner last heard that somebody has to look at it."""
    stated_at = models.DateTimeField(null=True)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = OverlayQuerySet.as_manager()

    class Meta:
        ordering = ("review_by", "pk")
        verbose_name = _("local part")
        verbose_name_plural = _("local parts")
        permissions = (("approve_overlay", "Can approve a local part"),)
        indexes = (models.Index(fields=("course", "state"), name="overlay_by_course"),)

    def __str__(self) -> str:
        return self.title

    @property
    def reach(self) -> Reach:
        """Return for whom it is."""
        return Reach(
            self.place,
            self.sector.code if self.sector else "",
            self.organisation.code if self.organisation else "",
        )


class OverlayText(models.Model):
    """What a local part says in one language. Readers of a language that it lacks are told which one they see."""

    overlay = models.ForeignKey(Overlay, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=20)
    body = StreamField(OverlayBody(), verbose_name=_("text"))

    class Meta:
        ordering = ("overlay", "pk")
        constraints = (models.UniqueConstraint(fields=("overlay", "language"), name="overlay_text_once"),)

    def __str__(self) -> str:
        return f"{self.overlay} in {self.language}"


class FrozenOverlay(Frozen):
    """A local part as a release froze it, in all its languages; snapshots and learning events name it by its digest.

    Those of an organisation are kept apart from the snapshot, so that whoever is handed one learns nothing of them.
    """

    overlay = models.ForeignKey(Overlay, on_delete=models.PROTECT, related_name="frozen")
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the canonical JSON (``overlays.digest_of``)."""
    content = models.JSONField()
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.digest
