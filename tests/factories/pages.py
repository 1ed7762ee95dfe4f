"""A factory for each type of page; pages of courses come with a released edition."""

from typing import Any

from factory.django import DjangoModelFactory

from courses.models import CoursePage, LessonPage
from tests.factories.cms import HomePageFactory, ResourcePageFactory, SectorPageFactory
from tests.factories.courses import released_course

__all__ = ["CoursePageFactory", "HomePageFactory", "LessonPageFactory", "ResourcePageFactory", "SectorPageFactory"]


class CoursePageFactory(DjangoModelFactory[CoursePage]):
    """The page of a new released course; arguments are the course's."""

    class Meta:
        model = CoursePage

    @classmethod
    def _create(cls, model_class: type[CoursePage], *args: Any, **kwargs: Any) -> CoursePage:
        return model_class.objects.get(course=released_course(**kwargs))


class LessonPageFactory(DjangoModelFactory[LessonPage]):
    """The first lesson of a new released course; arguments are the course's."""

    class Meta:
        model = LessonPage

    @classmethod
    def _create(cls, model_class: type[LessonPage], *args: Any, **kwargs: Any) -> LessonPage:
        course = released_course(**kwargs)
        return model_class.objects.filter(lesson__course=course).order_by("path")[0]
