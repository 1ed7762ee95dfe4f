"""By when courses are looked at again. Apart from the courses: looking again here touches nothing else of them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from courses.curriculum import schema
from courses.curriculum.registry import Form, Part
from courses.models import Course, ReviewDate

_DAYS: Final = ("reviewed_on", "review_by")


class ReviewDatePart(Part):
    """Review dates of courses; who was named here stays."""

    name = "review-date"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the dates of the courses that have some."""
        return {
            course.code: {
                **{name: getattr(found, name).isoformat() for name in _DAYS},
                "grace_days": found.grace_days,
                "role": found.owner,
            }
            for course in curriculum.courses
            if (found := course.review_date) is not None
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the dates that are stored."""
        return {
            row.course.code: {
                **{name: getattr(row, name).isoformat() for name in _DAYS},
                "grace_days": row.grace_days,
                "role": row.role,
            }
            for row in ReviewDate.objects.filter(course__code__in=codes).select_related("course")
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the course, where it has a date."""
        return [course] if ReviewDate.objects.filter(course__code=course).exists() else []

    def check(self, codes: Collection[str]) -> None:
        """Look at the dates."""
        for row in ReviewDate.objects.filter(course__code__in=codes):
            row.full_clean()

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the dates of the course."""
        days = {name: date.fromisoformat(form[name]) for name in _DAYS}
        values = {**days, "grace_days": form["grace_days"], "role": form["role"], "told_on": None}
        ReviewDate.objects.update_or_create(course=Course.objects.get(code=code), defaults=values)
