"""What the CMS says about releases on the pages that editors edit."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.scenarios import MOST_PARTS, ScenarioFault, ScenarioProblem
from cms.languages import direction
from courses.models import Course, CoursePage, LessonPage
from courses.selectors import newest_edition, withdrawals_in_force
from courses.services import is_released
from courses.story_maps import story_map, story_problems

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


@dataclass(frozen=True, slots=True)
class StoryMap:
    """A story of a lesson, drawn, and what keeps it from being released."""

    title: str
    svg: SafeString
    problems: tuple[str, ...]


@register.simple_tag
def story_maps(page: Any) -> list[StoryMap]:
    """Return the maps of the stories in a lesson page, as its editor has it."""
    found = []
    for block in page.body if isinstance(page, LessonPage) else ():
        if block.block_type == "scenario" and block.value.get("nodes"):
            problems = tuple(_problem_words(each) for each in story_problems(block.value))
            # Everything in it is escaped where it is drawn. What is too large to be told is too large to be drawn.
            is_drawn = len(block.value["nodes"]) <= MOST_PARTS
            reads = direction(page.locale.language_code)
            svg = mark_safe(story_map(block.value, title=block.value["title"], direction=reads) if is_drawn else "")
            found.append(StoryMap(block.value["title"], svg, problems))
    return found


def _problem_words(problem: ScenarioProblem) -> str:
    if problem.fault == ScenarioFault.TOO_MANY:
        number = _("There have to be %(least)d to %(most)d.") % {"least": 0, "most": problem.most}
        return " · ".join(filter(None, (problem.name, f"{_('Choices') if problem.name else _('Parts')}: {number}")))
    words = {
        ScenarioFault.REPEATED_NODE: _("Two parts are called “%(name)s”."),
        ScenarioFault.UNKNOWN_START: _("The first part “%(name)s” is not there."),
        ScenarioFault.UNKNOWN_NEXT: _("A choice leads to “%(name)s”, which is not there."),
        ScenarioFault.UNREACHABLE: _("Nothing leads from the start to “%(name)s”."),
        ScenarioFault.CYCLE: _("A choice leads back to “%(name)s”: the story would never end."),
    }
    return words[problem.fault] % {"name": problem.name}


def _course_page(page: Any) -> CoursePage | None:
    if isinstance(page, LessonPage) and page.pk:
        return CoursePage.objects.select_related("course", "locale").filter(pk=page.get_parent().pk).first()
    return page if isinstance(page, CoursePage) and page.pk else None
