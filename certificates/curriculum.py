"""The certifications of the shipped curriculum."""

from collections.abc import Collection
from datetime import datetime

from certificates.models import Certification
from certificates.validity import Duration, ValidityPolicy
from courses.curriculum.registry import Form, Part
from courses.curriculum.schema import Certification as ShippedCertification
from courses.curriculum.schema import Curriculum
from courses.models import Course


class CertificationPart(Part):
    """What completing each recorded course earns; a changed policy holds from the next certificate."""

    name = "certification"

    def shipped(self, curriculum: Curriculum) -> dict[str, Form]:
        """Return the certifications."""
        return {
            course.certification.code: {
                "title": course.certification.title,
                "full_title": course.full_title,
                "courses": [course.code],
                "policy": _policy(course.certification).to_json(),
            }
            for course in curriculum.courses
            if course.certification
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the certifications."""
        rows = Certification.objects.filter(code__in=codes).prefetch_related("courses")
        return {
            row.code: {
                "title": row.title,
                "full_title": row.full_title,
                "courses": sorted(course.code for course in row.courses.all()),
                "policy": row.policy,
            }
            for row in rows
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return what this course alone earns: what it earns together with others belongs to all of them."""
        rows = Certification.objects.filter(courses__code=course).prefetch_related("courses")
        return [row.code for row in rows.order_by("code") if len(row.courses.all()) == 1]

    def check(self, codes: Collection[str]) -> None:
        """Look at the certifications."""
        for row in Certification.objects.filter(code__in=codes):
            row.full_clean()

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the certification."""
        fields = {name: form[name] for name in ("title", "full_title", "policy")}
        certification, _ = Certification.objects.update_or_create(code=code, defaults=fields)
        certification.courses.set(Course.objects.filter(code__in=form["courses"]))


def _policy(shipped: ShippedCertification) -> ValidityPolicy:
    return ValidityPolicy(
        anchor="renewal",
        validity=Duration(shipped.validity_months, "m"),
        window=Duration(shipped.window_months, "m"),
    )
