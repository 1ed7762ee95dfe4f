"""The parts that courses load themselves, in the order in which they need each other."""

from courses.curriculum.parts.banks import BankPart, QuestionPart, QuizPart
from courses.curriculum.parts.courses import CoursePart, LessonPart
from courses.curriculum.parts.directory import AudiencePart, SectorPart, ServicePart, SourcePart
from courses.curriculum.parts.media import ImagePart
from courses.curriculum.parts.pages import (
    CoursePagePart,
    HomePart,
    LessonOrderPart,
    LessonPagePart,
    SectorPagePart,
)
from courses.curriculum.registry import Part, added_parts

__all__ = ["all_parts"]

_OWN: tuple[type[Part], ...] = (
    SectorPart,
    AudiencePart,
    SourcePart,
    ServicePart,
    BankPart,
    QuestionPart,
    QuizPart,
    CoursePart,
    LessonPart,
    ImagePart,
    HomePart,
    SectorPagePart,
    CoursePagePart,
    LessonPagePart,
    LessonOrderPart,
)


def all_parts() -> list[Part]:
    """Return a new instance of every part, those of apps above last."""
    return [make() for make in _OWN] + added_parts()
