"""Which trainings are out of new assignment, which nobody has looked at again in time, and which nobody can do any more."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import Certification
from certificates.selectors import certifications_naming
from compliance.models import AdoptedRule, Adoption, Requirement
from courses.models import Course, Edition, Withdrawal
from courses.review_dates import Overdue
from courses.selectors import held_back, overdue_reviews
from courses.sign_offs import Said

_T = TypeVar("_T")


def held_trainings(certification_ids: Collection[int], *, on: date) -> dict[int, tuple[Said | Overdue, ...]]:
    """Return what stands against each training that cannot be assigned anew on a day, by its key.

    A training is held as soon as one of its courses is.
    """
    pairs = _courses_of(certification_ids)
    held = held_back(course_ids={course for _, course in pairs}, on=on)
    return {key: tuple(why for each in found for why in each) for key, found in _by_training(pairs, held).items()}


def held_courses(
    certification: Certification, course_ids: Collection[int], *, on: date
) -> dict[Course, tuple[Said | Overdue, ...]]:
    """Return what stands against each of the courses, where people are asked for ``certification`` already.

    They also are where it is a part of another that they are asked for, and where a rule is followed that no site
    meets yet. One query where nobody is asked and nothing names it.
    """
    if not _is_asked(certification):
        return {}
    held = held_back(course_ids=course_ids, on=on)
    return {course: held[course.pk] for course in Course.objects.filter(pk__in=held).order_by("code")}


def _is_asked(certification: Certification) -> bool:
    """Whether anybody is asked for ``certification``, or for what it is a part of."""
    met, waiting = {certification.pk}, [certification]
    while waiting:
        naming = [it for it in certifications_naming(waiting.pop()) if it.pk not in met]
        met |= {it.pk for it in naming}
        waiting += naming
    return (
        Requirement.objects.live().filter(certification__in=met).exists()
        or AdoptedRule.objects.filter(certification__in=met, adoption__in=Adoption.objects.live()).exists()
    )


def late_trainings(certification_ids: Collection[int], *, on: date) -> dict[int, Overdue]:
    """Return the trainings with a course that should have been looked at again by ``on``: what ends first, by key."""
    pairs = _courses_of(certification_ids)
    late = overdue_reviews(course_ids={course for _, course in pairs}, on=on)
    return {key: min(found, key=lambda each: each.refused_from) for key, found in _by_training(pairs, late).items()}


def withdrawn_trainings() -> QuerySet[Certification]:
    """Return the trainings that nobody can do, since what they ask for was withdrawn as a whole; part of other queries.

    A later edition of the course ends that. Where a training asks for some of its courses, others may still do.
    """
    later = Edition.objects.filter(course=OuterRef("course"), number__gt=OuterRef("through_edition"))
    whole = Withdrawal.objects.in_force().filter(~Exists(later), kind=Withdrawal.Kind.COURSE)
    others = Course.objects.filter(certifications=OuterRef("pk")).exclude(pk__in=whole.values("course"))
    asks_for_all = Q(expression__isnull=True)
    return Certification.objects.filter(asks_for_all | ~Exists(others), courses__in=whole.values("course"))


def _courses_of(certification_ids: Collection[int]) -> list[tuple[int, int]]:
    links = Certification.courses.through.objects.filter(certification__in=certification_ids)
    return list(links.order_by("pk").values_list("certification_id", "course_id"))


def _by_training(pairs: Collection[tuple[int, int]], by_course: Mapping[int, _T]) -> dict[int, list[_T]]:
    found: dict[int, list[_T]] = {}
    for certification, course in pairs:
        if course in by_course:
            found.setdefault(certification, []).append(by_course[course])
    return found
