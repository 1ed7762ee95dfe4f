"""No course and no lesson takes the address of another page."""

import re

import pytest
from django.core.exceptions import ValidationError

from courses import urls
from courses.addresses import OF_COURSES, OF_SITE
from courses.models import Course, Lesson


def test_the_words_are_those_of_the_pages() -> None:
    routes = [str(each.pattern) for each in urls.urlpatterns]
    beside_courses = {found[1] for it in routes if (found := re.match(r"learn/([a-z-]+)/", it))}
    beside_lessons = {found[1] for it in routes if (found := re.match(r"learn/<slug:slug>/([a-z-]+)/", it))}
    assert beside_courses == OF_SITE
    assert beside_lessons == OF_COURSES


@pytest.mark.parametrize("word", sorted(OF_COURSES))
def test_a_lesson_is_refused_there(word: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Lesson(code=word).clean()
    assert refused.value.message_dict == {"code": ["Another page has this address. Choose another word."]}
    Lesson(code=f"{word}-first").clean()


def test_a_course_is_refused_there() -> None:
    with pytest.raises(ValidationError) as refused:
        Course(slug="events").clean()
    assert list(refused.value.message_dict) == ["slug"]
