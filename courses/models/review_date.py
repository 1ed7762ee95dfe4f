"""By when somebody looks at a course again, and who."""

from datetime import date
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from courses.review_dates import LookAgain, Overdue, look_again, refused_from

GRACE_DAYS: Final = 90


class ReviewDate(models.Model):
    """When a course, with its lessons and questions, was looked at, and the last day on which nobody has to again.

    Apart from the course: looking again changes nothing of what the course is.
    """

    class Role(models.TextChoices):
        """Which group of editors looks after it, where nobody is named."""

        AUTHOR = "author", pgettext_lazy("group of editors", "Authors")
        PUBLISHER = "publisher", pgettext_lazy("group of editors", "Publishers")

    course = models.OneToOneField("courses.Course", on_delete=models.CASCADE, related_name="review_date")
    reviewed_on = models.DateField()
    review_by = models.DateField()
    grace_days = models.PositiveSmallIntegerField(default=GRACE_DAYS)
    """For so many days after ``review_by`` it is still assigned anew."""
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.PUBLISHER)
    owner = models.ForeignKey("people.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    told_on = models.DateField(null=True, blank=True)
    """When who looks after it was last reminded."""

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ("review_by", "course")
        constraints = (
            models.CheckConstraint(condition=Q(review_by__gt=F("reviewed_on")), name="course_looked_at_before_again"),
        )

    def __str__(self) -> str:
        return f"{self.course} by {self.review_by.isoformat()}"

    def standing(self, on: date) -> LookAgain:
        """Return where the course stands."""
        return look_again(review_by=self.review_by, grace_days=self.grace_days, on=on)

    @property
    def refused_from(self) -> date:
        """Return the first day on which the course is not assigned anew."""
        return refused_from(review_by=self.review_by, grace_days=self.grace_days)

    def overdue(self) -> Overdue:
        """Return what HR is told."""
        return Overdue(self.review_by, self.refused_from)
