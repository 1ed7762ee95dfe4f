"""The stable identity of courses and lessons; pages come and go."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.validators import code_validator
from courses.addresses import OF_COURSES, OF_SITE

ADDRESS_TAKEN = _("Another page has this address. Choose another word.")


class Course(models.Model):
    """A course, apart from its pages: learner state and evidence point here."""

    class Tier(models.TextChoices):
        """Who may take it and what the server keeps (docs/concepts/privacy.md)."""

        OPEN = "open", pgettext_lazy("access tier", "Open: no account, nothing kept")
        RECORDED = "recorded", pgettext_lazy("access tier", "Recorded: sign-in, completions kept")
        VETTED = "vetted", pgettext_lazy("access tier", "Vetted: recorded, with an approval")

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    slug = models.SlugField(
        _("address"), max_length=80, unique=True, help_text=_("Neutral: it stands in the address bar.")
    )
    sector = models.ForeignKey("cms.Sector", on_delete=models.PROTECT, related_name="courses", verbose_name=_("sector"))
    audiences = models.ManyToManyField("cms.Audience", related_name="courses", verbose_name=_("audiences"), blank=True)
    tier = models.CharField(_("access"), max_length=10, choices=Tier.choices)
    minutes = models.PositiveIntegerField(_("minutes"))
    minimum_minutes = models.PositiveIntegerField(_("minimum minutes"), default=0)
    """Minutes of learning required before the quiz; 0: none."""
    exploitation = models.JSONField(_("kinds of exploitation covered"), default=list, blank=True)
    reviews_missing = models.JSONField(_("reviews still missing"), default=list, blank=True)
    """Codes ``survivors``, ``first-nation``, ``lawyer`` …: the course page names them until they are done."""
    reviews_required = models.JSONField(_("reviews that a release needs"), default=list, blank=True)
    """Kinds (``courses.sign_offs.Kind``) of which each language needs a yes to the very text that is released."""
    final_quiz = models.ForeignKey(
        "assessments.Quiz",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="courses",
        verbose_name=_("final quiz"),
    )

    panels: ClassVar = []

    class Meta:
        ordering = ("sector__position", "code")
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        permissions = (("release_course", "Can release a course"),)

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Refuse an address that a page of the site has.

        Raises:
            ValidationError: it is one of those.
        """
        super().clean()
        if self.slug in OF_SITE:
            raise ValidationError({"slug": ADDRESS_TAKEN})


class Lesson(models.Model):
    """A lesson, apart from its pages."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    code = models.CharField(_("code"), max_length=60, validators=[code_validator])

    class Meta:
        ordering = ("course", "pk")
        constraints = (models.UniqueConstraint(fields=("course", "code"), name="lesson_code_once_per_course"),)
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def __str__(self) -> str:
        return f"{self.course.code}/{self.code}"

    def clean(self) -> None:
        """Refuse a code that another page of each course has as its address.

        Raises:
            ValidationError: it is one of those.
        """
        super().clean()
        if self.code in OF_COURSES:
            raise ValidationError({"code": ADDRESS_TAKEN})
