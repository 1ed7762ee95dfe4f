"""Courses and their lessons, apart from pages."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError

from assessments.models import Quiz
from cms.models import Audience, Sector
from courses.curriculum import schema
from courses.curriculum.registry import Form, Part
from courses.models import Course, Lesson

_LISTS: Final[dict[str, Collection[str] | None]] = {
    "exploitation": schema.EXPLOITATION_KINDS,
    "reviews_missing": None,
    "reviews_required": schema.REVIEW_KINDS,
}
"""What a database takes any JSON for, and what each may hold; None: any words."""
_FIELDS = ("slug", "tier", "minutes", "minimum_minutes", "exploitation", "reviews_missing")


class CoursePart(Part):
    """Courses: access, minutes, quiz."""

    name = "course"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the courses."""
        return {
            course.code: {
                "slug": course.slug,
                "sector": course.sector,
                "audiences": sorted(course.audiences),
                "tier": course.tier,
                "minutes": course.minutes,
                "minimum_minutes": course.minimum_minutes,
                "exploitation": list(course.exploitation),
                "reviews_missing": list(course.missing_reviews),
                "final_quiz": course.quiz.code if course.quiz else "",
                **_required(sorted(course.required_reviews)),
            }
            for course in curriculum.courses
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the courses."""
        rows = Course.objects.filter(code__in=codes).select_related("sector", "final_quiz")
        return {
            row.code: {
                **{name: getattr(row, name) for name in _FIELDS},
                "sector": row.sector.code,
                "audiences": sorted(each.code for each in row.audiences.all()),
                "final_quiz": row.final_quiz.code if row.final_quiz else "",
                **_required(sorted(row.reviews_required)),
            }
            for row in rows.prefetch_related("audiences")
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the course itself."""
        return [course]

    def check(self, codes: Collection[str]) -> None:
        """Look at the courses."""
        for row in Course.objects.filter(code__in=codes):
            row.full_clean()
            for name, known in _LISTS.items():
                _check_list(name, getattr(row, name), known)

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the course."""
        fields = {name: form[name] for name in _FIELDS} | {"reviews_required": form.get("reviews_required", [])}
        quiz = Quiz.objects.get(code=form["final_quiz"]) if form["final_quiz"] else None
        sector = Sector.objects.get(code=form["sector"])
        course, _ = Course.objects.update_or_create(
            code=code, defaults={**fields, "sector": sector, "final_quiz": quiz}
        )
        course.audiences.set(Audience.objects.filter(code__in=form["audiences"]))


def _check_list(name: str, value: Any, known: Collection[str] | None) -> None:
    if not isinstance(value, list) or any(
        not isinstance(each, str) or (known is not None and each not in known) for each in value
    ):
        raise ValidationError({name: f"{str(value)[:80]} is no list of what there is"})


def _required(kinds: list[str]) -> Form:
    """Return the reviews that a release needs; left out where there are none, as in forms that were loaded before."""
    return {"reviews_required": kinds} if kinds else {}


class LessonPart(Part):
    """Lessons, apart from their text: a code below a course. One that was shipped once stays: progress hangs on it."""

    name = "lesson"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the lessons; there is nothing to tell of them but their codes."""
        return {f"{course.code}/{lesson.code}": {} for course in curriculum.courses for lesson in course.lessons}

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the lessons."""
        courses = {code.partition("/")[0] for code in codes}
        rows = Lesson.objects.filter(course__code__in=courses).values_list("course__code", "code")
        return {code: {} for course, lesson in rows if (code := f"{course}/{lesson}") in codes}

    def of_course(self, course: str) -> Collection[str]:
        """Return the lessons that have a page: the others are of the past."""
        rows = Lesson.objects.filter(course__code=course, pages__isnull=False).distinct()
        return [f"{course}/{code}" for code in rows.order_by("pk").values_list("code", flat=True)]

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make the lesson."""
        course, _, lesson = code.partition("/")
        Lesson.objects.get_or_create(course=Course.objects.get(code=course), code=lesson)
