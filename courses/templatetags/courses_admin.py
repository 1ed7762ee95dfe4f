"""What the CMS says about releases on the pages that editors edit."""

from dataclasses import dataclass
from typing import Any

from django import template

from courses.models import Course, CoursePage, LessonPage
from courses.selectors import newest_edition, withdrawals_in_force
from courses.services import is_released

register = template.Library()


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """What learners see of a course. ``number`` 0: nothing yet. ``current``: it is what is published."""

    course: Course
    language: str
    number: int
    current: bool
    live: bool
    may_release: bool
    may_withdraw: bool
    withdrawn: int
    """How many parts of the course are withdrawn."""


@register.simple_tag
def release_state(page: Any, user: Any) -> ReleaseState | None:
    """Return what learners see of a course or lesson page's course, for an editor; None for a page that is new."""
    course_page = _course_page(page)
    if course_page is None:
        return None
    edition = newest_edition(course_page.course)
    return ReleaseState(
        course=course_page.course,
        language=course_page.locale.language_code,
        number=edition.number if edition else 0,
        current=bool(edition) and is_released(page=course_page),
        live=course_page.live,
        may_release=user.has_perm("courses.release_course"),
        may_withdraw=bool(edition) and user.has_perm("courses.change_course"),
        withdrawn=withdrawals_in_force(course_page.course).count(),
    )


def _course_page(page: Any) -> CoursePage | None:
    if isinstance(page, LessonPage) and page.pk:
        return CoursePage.objects.select_related("course", "locale").filter(pk=page.get_parent().pk).first()
    return page if isinstance(page, CoursePage) and page.pk else None
