"""The parts that courses load themselves, in the order in which they need each other."""

from collections.abc import Iterable

from courses.curriculum.parts.banks import BankPart, QuestionPart, QuizPart
from courses.curriculum.parts.courses import CoursePart, LessonPart
from courses.curriculum.parts.directory import AudiencePart, ClaimPart, SectorPart, ServicePart, SourcePart
from courses.curriculum.parts.glossary import TermPart
from courses.curriculum.parts.languages import Words
from courses.curriculum.parts.media import ImagePart
from courses.curriculum.parts.pages import (
    CoursePagePart,
    HomePart,
    LessonOrderPart,
    LessonPagePart,
    SectorPagePart,
)
from courses.curriculum.parts.review_dates import ReviewDatePart
from courses.curriculum.registry import Part, added_parts

__all__ = ["all_parts"]

_OWN: tuple[type[Part], ...] = (
    SectorPart,
    AudiencePart,
    SourcePart,
    ClaimPart,
    ServicePart,
    TermPart,
    BankPart,
    QuestionPart,
    QuizPart,
    CoursePart,
    ReviewDatePart,
    LessonPart,
    ImagePart,
    HomePart,
    SectorPagePart,
    CoursePagePart,
    LessonPagePart,
    LessonOrderPart,
)


_TRANSLATED: tuple[
    type[QuestionPart | HomePart | SectorPagePart | CoursePagePart | LessonPagePart | LessonOrderPart], ...
] = (
    QuestionPart,
    HomePart,
    SectorPagePart,
    CoursePagePart,
    LessonPagePart,
    LessonOrderPart,
)


def all_parts(languages: Iterable[str] = ()) -> list[Part]:
    """Return a new instance of every part, those of apps above last; then those of the ``languages``, one by one."""
    own = [make() for make in _OWN] + added_parts()
    spoken = [Words(language) for language in languages]
    return own + [make(words) for words in spoken for make in _TRANSLATED]
